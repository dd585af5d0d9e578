/** Decodes base64 in pieces, as some mailers pad in the middle, and keeps what a mailing list wrote below it. */
export const decodeBase64 = (bytes: Uint8Array): Uint8Array => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const strange = /^.*[^A-Za-z0-9+/=\s\-_].*$/m.exec(text);
  const [code, rest] =
    strange === null || strange.index === 0 ? [text, ""] : [text.slice(0, strange.index), text.slice(strange.index)];
  const pieces = code.split(/=+/).map((piece) => Buffer.from(piece, "base64"));
  if (rest !== "") pieces.push(Buffer.from(`\n${rest}`, "latin1"));
  return pieces.length === 1 ? (pieces[0] ?? new Uint8Array()) : Buffer.concat(pieces);
};

const hex = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** Where the line ends whose last characters are blanks, or -1 where something else follows. */
const endOfBlankLine = (bytes: Uint8Array, from: number): number => {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
  return at >= bytes.length || bytes[at] === 0x0a ? Math.min(at + 1, bytes.length) : -1;
};

/** Decodes quoted-printable; what is none stays as it is. */
export const decodeQuotedPrintable = (bytes: Uint8Array, softBreaks = true): Uint8Array => {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x3d) {
      const [high, low] = [hex(bytes[at + 1]), hex(bytes[at + 2])];
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        at += 2;
        continue;
      }
      const next = softBreaks ? endOfBlankLine(bytes, at + 1) : -1;
      if (next >= 0) {
        at = next - 1;
        continue;
      }
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
};

/** Decodes what stands between `begin` and `end` in the way of Unix-to-Unix copy. */
const decodeUu = (bytes: Uint8Array): Uint8Array => {
  const lines = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
  const begin = lines.findIndex((line) => /^begin [0-7]{3,4} /.test(line));
  if (begin < 0) return bytes;
  const out: Array<number> = [];
  for (const line of lines.slice(begin + 1)) {
    const size = (line.charCodeAt(0) - 32) & 63;
    if (line === "" || line === "end" || size === 0) break;
    const six = [...line.slice(1)].map((char) => (char.charCodeAt(0) - 32) & 63);
    for (let at = 0, left = size; left > 0; at += 4, left -= 3) {
      const [a = 0, b = 0, c = 0, d = 0] = six.slice(at, at + 4);
      out.push(...[(a << 2) | (b >> 4), ((b << 4) | (c >> 2)) & 255, ((c << 6) | d) & 255].slice(0, left));
    }
  }
  return Uint8Array.from(out);
};

/** The bytes of a part as they were before they were encoded for the way. */
export const decodeTransfer = (bytes: Uint8Array, encoding: string): Uint8Array => {
  if (encoding.includes("base64")) return decodeBase64(bytes);
  if (encoding.includes("quoted-printable")) return decodeQuotedPrintable(bytes);
  if (/uuencode|^x-uue?$/.test(encoding)) return decodeUu(bytes);
  return bytes;
};
