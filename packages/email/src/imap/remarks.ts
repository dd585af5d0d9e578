const isNamed = <Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> =>
  typeof value === "object" && value !== null && name in value;

/** What an agent should know of a mail over which the connection broke each time, by what was noted about it. */
export const unreadableRemarks = (about: unknown): ReadonlyArray<string> => {
  if (!isNamed(about, "unreadable")) return [];
  const names = isNamed(about, "leftOut") && Array.isArray(about.leftOut) ? about.leftOut.map(String) : [];
  const leftOut = names.length === 0 ? "only its text was read" : `these were left out: ${names.join(", ")}`;
  return [`The mail server could not hand over the whole mail; ${leftOut}.`];
};
