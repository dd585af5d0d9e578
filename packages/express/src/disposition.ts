/** Percent-encodes all but the characters that RFC 8187 leaves as they are. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * A `Content-Disposition` that saves a file under its name in any script (RFC 6266): for old clients in ASCII, for all
 * others in full.
 */
export const attachment = (name: string): string => {
  // A percent sign would be decoded by some of the old ones.
  const ascii = name.replace(/[^ -~]|["\\%]/gu, "_");
  const full = ascii === name ? "" : `; filename*=UTF-8''${encoded(name.toWellFormed())}`;
  return `attachment; filename="${ascii}"${full}`;
};
