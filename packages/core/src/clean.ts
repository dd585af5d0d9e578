const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** How deep input may be nested: what is deeper no schema could check without running out of stack. */
const deepest = 100;

/**
 * Input as any store can keep it: NUL and lone surrogates become U+FFFD in every string, keys whose value is
 * undefined are left out, objects become plain ones. Dates, maps, bytes and the like stay as they are.
 */
export const clean = (input: unknown): unknown => {
  if (typeof input === "string") return input.replace(unstorable, "\uFFFD");
  if (Array.isArray(input)) return input.map(clean);
  if (!isFields(input)) return input;
  return Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [clean(key), clean(value)]),
  );
};

/** Whether input is nested too deep, in itself included. */
export const isTooDeep = (input: unknown, depth = 0): boolean => {
  if (!Array.isArray(input) && !isFields(input)) return false;
  return depth === deepest || Object.values(input).some((value) => isTooDeep(value, depth + 1));
};

/** A value as JSON keeps it; throws where it can't, as with itself inside or a number too big. */
export const asJson = (value: unknown): unknown => {
  const text = JSON.stringify(value ?? null);
  if (text === undefined) throw new TypeError(`Expected JSON, got a ${typeof value}`);
  return clean(JSON.parse(text));
};

/** Whether it is an object with fields, of whatever class or realm, or of none. */
const isFields = (input: unknown): input is object => Object.prototype.toString.call(input) === "[object Object]";
