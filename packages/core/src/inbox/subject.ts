/** A subject for a message that came without one: the beginning of its first line, at most 80 characters. */
export const subjectFrom = (text: string): string => {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? "";
  const letters = [...line.slice(0, 200)];
  return letters.length <= 80 ? line : `${letters.slice(0, 79).join("")}…`;
};
