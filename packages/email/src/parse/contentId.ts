/** What would end the address of a picture where it stands in html, or be escaped there. */
const strange = /[\s\p{Cc}"'<>&%]/gu;

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};

/**
 * The address by which html shows a file that came with it, such as `cid:logo`: the same one for every way in which the
 * html and the file may write it.
 */
export const contentUrl = (id: string): string =>
  `cid:${decoded(id.trim()).replace(strange, (char) => (char === "'" ? "%27" : encodeURIComponent(char)))}`;

/** The addresses of the files that safe html shows. */
export const contentUrlsIn = (safe: string): ReadonlySet<string> =>
  new Set([...safe.matchAll(/\ssrc="(cid:[^"'\s>]+)"/g)].map(([, url = ""]) => url));
