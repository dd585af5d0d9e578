/**
 * A deep copy of plain data: JSON and dates. Texts are shared, which makes it many times faster than
 * `structuredClone` where a body is long.
 */
export const copy = <A>(value: A): A => copyOf(value) as A;

const copyOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(copyOf);
  // `fromEntries` makes even `__proto__` a field like any other; an assignment would not.
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyOf(field)]));
};
