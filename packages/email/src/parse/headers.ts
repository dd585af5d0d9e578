import { decodeText } from "./charset.ts";
import { decodeWords } from "./words.ts";

export interface Header {
  /** In lower case. */
  readonly name: string;
  /** Unfolded; encoded words are still encoded. */
  readonly value: string;
}

/** Everything that says how an entity is to be read. */
export type Headers = ReadonlyArray<Header>;

/** A header block, and where what it heads begins. */
export interface HeaderBlock {
  readonly headers: Headers;
  readonly bodyAt: number;
}

const field = /^([!-9;-~]{1,100})[ \t]*:(.*)$/s;
/** More than any honest mail has; what is beyond it is body. */
const longest = 500_000;

/** The value of the first header of a name, still encoded; null where there is none. */
export const rawHeader = (headers: Headers, name: string): string | null =>
  headers.find((header) => header.name === name)?.value ?? null;

/** The values of all headers of a name, decoded. */
export const allHeaders = (headers: Headers, name: string): ReadonlyArray<string> =>
  headers.filter((header) => header.name === name).map(({ value }) => decodeWords(value).trim());

/** The value of the first header of a name, decoded; null where there is none. */
export const headerOf = (headers: Headers, name: string): string | null => allHeaders(headers, name)[0] ?? null;

const endOfLine = (bytes: Buffer, from: number): number => {
  const at = bytes.indexOf(0x0a, from);
  return at < 0 ? bytes.length : at + 1;
};

/** Whether any header follows before the first empty line, so that a line which is none is only damage. */
const goesOn = (bytes: Buffer, from: number): boolean => {
  for (let at = from, lines = 0; at < bytes.length && lines < 20; lines++) {
    const end = endOfLine(bytes, at);
    const line = bytes.toString("latin1", at, end).trimEnd();
    if (line === "") return lines > 0;
    if (field.test(line)) return true;
    at = end;
  }
  return false;
};

/** Reads the headers at the start of bytes; `hint` is the charset of those that are not declared. */
export const readHeaders = (bytes: Buffer, hint?: string): HeaderBlock => {
  let at = 0;
  // A mailbox file's own first line, and empty ones that some gateways put first.
  for (let end = endOfLine(bytes, at); at < bytes.length; end = endOfLine(bytes, at)) {
    const line = bytes.toString("latin1", at, end).trim();
    if (line !== "" && line !== "\xef\xbb\xbf" && !/^>?From \S+/.test(line)) break;
    at = end;
  }
  if (bytes.subarray(at, at + 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) at += 3;
  const lines: Array<{ readonly from: number; to: number }> = [];
  const start = at;
  while (at < bytes.length && at - start < longest) {
    const end = endOfLine(bytes, at);
    const text = bytes.toString("latin1", at, end);
    // What some gateways leave of an empty line is one with blanks, and no header follows it.
    if (/^\r?\n?$/.test(text) || (text.trim() === "" && !goesOn(bytes, end))) {
      at = end;
      break;
    }
    const previous = lines.at(-1);
    if (field.test(text)) lines.push({ from: at, to: end });
    else if (previous !== undefined && (/^[ \t]/.test(text) || goesOn(bytes, end))) previous.to = end;
    else break;
    at = end;
  }
  return { headers: lines.map(({ from, to }) => headerFrom(bytes.subarray(from, to), hint)), bodyAt: at };
};

const headerFrom = (line: Buffer, hint: string | undefined): Header => {
  const text = decodeText(line, hint);
  const [, name = "", value = ""] = text.match(field) ?? [];
  return {
    name: name.toLowerCase(),
    value: value
      .replace(/\r?\n(?=[ \t])/g, "")
      .replace(/[\r\n]+/g, " ")
      .trim(),
  };
};
