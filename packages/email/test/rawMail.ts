/** The bytes of a mail; what is a string is one byte for every character up to U+00FF, and UTF-8 beyond. */
export const rawMail = (headers: ReadonlyArray<string>, body: string | Uint8Array = "Hello"): Uint8Array =>
  Buffer.concat([bytesOf(`${headers.join("\r\n")}\r\n\r\n`), typeof body === "string" ? bytesOf(body) : body]);

/** Text as UTF-8. */
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** Parts between boundaries, each with its headers and its content. */
export const multipart = (
  type: string,
  ...parts: ReadonlyArray<readonly [headers: ReadonlyArray<string>, content: string]>
): readonly [headers: ReadonlyArray<string>, content: string] => {
  const boundary = `b-${type.replace(/\W/g, "-")}-${parts.length}-${JSON.stringify(parts).length}`;
  const all = parts.map(([headers, content]) => `--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n${content}\r\n`);
  return [[`Content-Type: multipart/${type}; boundary="${boundary}"`], `${all.join("")}--${boundary}--\r\n`];
};
