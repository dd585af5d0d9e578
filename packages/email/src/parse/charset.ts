import iconv from "iconv-lite";
import { guessCharset } from "./guessCharset.ts";

// Senders declare charsets wrongly and not at all, so bytes that are valid UTF-8 are UTF-8, whatever is declared.

const synonyms: Readonly<Record<string, string>> = {
  // What senders name the smaller charset and use the larger one for.
  "iso-8859-1": "windows-1252",
  latin1: "windows-1252",
  "iso-8859-9": "windows-1254",
  "iso-8859-11": "windows-874",
  "tis-620": "windows-874",
  gb2312: "gb18030",
  gbk: "gb18030",
  "gb_2312-80": "gb18030",
  "ks_c_5601-1987": "cp949",
  ks_c_5601: "cp949",
  "euc-kr": "cp949",
  "big5-hkscs": "big5hkscs",
  "shift-jis": "shift_jis",
  "x-sjis": "shift_jis",
  "cp-850": "cp850",
  "unicode-1-1-utf-7": "utf-7",
  "iso-8859-8-i": "iso-8859-8",
};

/** Charsets whose bytes are all ASCII, and so look like valid UTF-8. */
const sevenBit = /^(?:iso-2022-|utf-7|hz-gb)/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

const named = (declared: string): string => {
  const name = declared
    .trim()
    .toLowerCase()
    .slice(0, 100)
    .replace(/^["'=]+|["';]+$/g, "");
  return synonyms[name] ?? name;
};

/** Joined pieces of Japanese switch to Latin and back at once, which the decoder takes for damage. */
const withoutIdleEscapes = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\x1b(B\x1b", "\x1b"), "latin1");

/** Decodes what iconv-lite does not know, with the decoder that browsers have too. */
const decodeElsewhere = (bytes: Uint8Array, charset: string): string | null => {
  try {
    return new TextDecoder(charset).decode(charset === "iso-2022-jp" ? withoutIdleEscapes(bytes) : bytes);
  } catch {
    return null;
  }
};

const decodeAs = (bytes: Uint8Array, charset: string): string | null =>
  iconv.encodingExists(charset) ? iconv.decode(Buffer.from(bytes), charset) : decodeElsewhere(bytes, charset);

const asUtf8 = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
};

/** A last character that was cut in half is no reason to distrust the rest. */
const asCutUtf8 = (bytes: Uint8Array): string | null => {
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut++) {
    if ((bytes[bytes.length - cut] ?? 0) < 0x80) return null;
    const text = asUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== null && /[^\0-\x7f]/.test(text)) return `${text}\ufffd`;
  }
  return null;
};

const utf16 = (bytes: Uint8Array): string | null => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes, "utf-16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes, "utf-16be");
  return null;
};

/** The characters of bytes, by what they are, then by what is declared, then by a guess. */
export const decodeText = (bytes: Uint8Array, declared?: string): string => {
  const charset = declared === undefined ? "" : named(declared);
  const marked = utf16(bytes);
  if (marked !== null) return marked;
  if ((sevenBit.test(charset) && !bytes.some((byte) => byte > 0x7f)) || /^utf-?(?:16|32)/.test(charset)) {
    const text = charset.startsWith("hz-gb") ? decodeElsewhere(bytes, "gb18030") : decodeSevenBit(bytes, charset);
    if (text !== null) return text;
  }
  const plain = asUtf8(bytes) ?? asCutUtf8(bytes);
  if (plain !== null) return plain.includes("\x1b$") ? (decodeElsewhere(bytes, "iso-2022-jp") ?? plain) : plain;
  const trusted =
    charset !== "" &&
    !sevenBit.test(charset) &&
    !/^(?:utf-?8|us-ascii|ascii|unknown-8bit|x-unknown|binary)$/.test(charset);
  const text = trusted ? decodeAs(bytes, charset) : null;
  if (text !== null && !text.includes("\ufffd")) return text;
  const guessed = decodeAs(bytes, guessCharset(bytes)) ?? "";
  const mostly = asUtf8Loosely(bytes);
  if (mostly !== null) return mostly;
  return text === null || !guessed.includes("\ufffd") ? guessed : text;
};

const decodeSevenBit = (bytes: Uint8Array, charset: string): string | null =>
  charset.startsWith("iso-2022-") ? decodeElsewhere(bytes, charset) : decodeAs(bytes, charset);

/** UTF-8 with a few damaged characters: still UTF-8, not something in which every byte is a letter. */
const asUtf8Loosely = (bytes: Uint8Array): string | null => {
  const text = new TextDecoder("utf-8").decode(bytes);
  const damaged = text.split("\ufffd").length - 1;
  const fine = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0;
  return fine > damaged * 4 ? text : null;
};
