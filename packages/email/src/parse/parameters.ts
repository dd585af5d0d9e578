import { decodeText } from "./charset.ts";
import { decodeWords } from "./words.ts";

/** A header with parameters, such as `Content-Type`. */
export interface Parameters {
  /** In lower case, such as `text/plain`. */
  readonly value: string;
  /** By names in lower case. */
  readonly named: ReadonlyMap<string, string>;
}

const percentDecoded = (text: string): Uint8Array =>
  Buffer.from(
    Buffer.from(text)
      .toString("latin1")
      .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    "latin1",
  );

/** The pieces of a value that was too long for a line, or not ASCII (RFC 2231). */
interface Piece {
  readonly index: number;
  readonly isEncoded: boolean;
  readonly text: string;
}

const joined = (pieces: ReadonlyArray<Piece>): string => {
  const inOrder = pieces.toSorted((one, other) => one.index - other.index);
  if (!inOrder.some(({ isEncoded }) => isEncoded)) return inOrder.map(({ text }) => text).join("");
  let charset = "utf-8";
  const bytes = inOrder.map(({ text, isEncoded }, at) => {
    if (!isEncoded) return Buffer.from(text);
    const declared = at === 0 ? text.match(/^([\w-]*)'[^']*'(.*)$/s) : null;
    if (declared?.[1]) charset = declared[1];
    return percentDecoded(declared?.[2] ?? text);
  });
  return decodeText(Buffer.concat(bytes), charset);
};

/** Splits at semicolons that stand outside quotes; a comment is left out where a value is not in quotes. */
const split = (header: string): ReadonlyArray<string> =>
  header.match(/(?:"(?:\\.?|[^"\\])*(?:"|$)|[^;"])+/gs)?.map((piece) => piece.trim()) ?? [];

const unquoted = (text: string): string => {
  const quoted = text.match(/^"((?:\\.|[^"\\])*)"?/s);
  // Windows mailers quote a path and do not double its backslashes.
  if (quoted) return (quoted[1] ?? "").replace(/\\(["\\])/g, "$1");
  return text.replace(/\s\([^()]*\)\s*$/, "").trim();
};

/** Reads a header such as `Content-Type: text/plain; charset=utf-8`. */
export const readParameters = (header: string): Parameters => {
  const [first = "", ...rest] = split(header.slice(0, 50_000));
  const pieces = new Map<string, Array<Piece>>();
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    const key = parameter.slice(0, equals).trim().toLowerCase();
    const [, name = key, index, star] = key.match(/^([^*]+)(?:\*(\d{1,4}))?(\*)?$/) ?? [];
    // `filename*` says it better than `filename`, so it goes by a name of its own until all are read.
    const slot = index === undefined && star === undefined ? name : `${name}*`;
    const known = pieces.get(slot) ?? [];
    const piece = {
      index: Number(index ?? 0),
      isEncoded: star !== undefined,
      text: unquoted(parameter.slice(equals + 1).trim()),
    };
    if (slot === name && known.length > 0) continue;
    known.push(piece);
    pieces.set(slot, known);
  }
  const named = new Map<string, string>();
  for (const [slot, found] of pieces) {
    if (!slot.endsWith("*")) named.set(slot, decodeWords(joined(found)));
  }
  for (const [slot, found] of pieces) {
    if (slot.endsWith("*")) named.set(slot.slice(0, -1), decodeWords(joined(found)));
  }
  return {
    value: first
      .replace(/\([^()]*\)/g, "")
      .trim()
      .toLowerCase(),
    named,
  };
};
