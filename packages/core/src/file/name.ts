/**
 * A file name as it may be shown and offered for saving: the last part of a path, without control characters and
 * marks that turn the direction of writing, at most 255 characters, in any script.
 */
export const safeName = (name: string): string => {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "").trim();
  // By code points, so that no letter outside the basic plane is cut in two; what says of which kind it is stays.
  const [letters, ending] = [[...plain], [...(plain.match(/.\.[^.\s]{1,16}$/u)?.[0].slice(1) ?? "")]];
  const cut = letters.length > 255 ? [...letters.slice(0, 255 - ending.length), ...ending] : letters;
  const short = cut.join("").trim();
  return /^\.*$/.test(short) ? "file" : short;
};
