/** A key made from a name in any script: lower case, words joined by `-`. */
export const keyFrom = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "") || "entry";
