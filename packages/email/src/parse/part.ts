import { type Headers, rawHeader, readHeaders } from "./headers.ts";
import { type Parameters, readParameters } from "./parameters.ts";
import { decodeTransfer } from "./transfer.ts";

/** A mail or a part of one: what is in it, or the parts that it has. */
export interface Part {
  readonly headers: Headers;
  /** Such as `text/plain`. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly disposition: Parameters;
  /** As it was before it was encoded for the way; empty where there are parts. */
  readonly content: Buffer;
  readonly parts: ReadonlyArray<Part>;
}

/** More than any mail has that a person wrote. */
const [deepest, most] = [30, 1000];
/** Standards allow 70. */
const longestBoundary = 500;

/** Cuts a body at its boundary; null where the boundary is nowhere. */
const cut = (body: Buffer, boundary: string): ReadonlyArray<Buffer> | null => {
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  const pieces: Array<Buffer> = [];
  let from: number | null = null;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== 0x0a) continue;
    const after = at + delimiter.length;
    const isLast = body[after] === 0x2d && body[after + 1] === 0x2d;
    const endOfLine = body.indexOf(0x0a, after);
    const rest = body.toString("latin1", after + (isLast ? 2 : 0), endOfLine < 0 ? body.length : endOfLine);
    if (rest.trim() !== "") continue;
    if (from !== null) pieces.push(body.subarray(from, withoutBreak(body, at)));
    from = isLast ? null : endOfLine < 0 ? body.length : endOfLine + 1;
    if (isLast && pieces.length > 0) break;
    if (pieces.length >= most) break;
  }
  if (from !== null) pieces.push(body.subarray(from));
  return pieces.length === 0 ? null : pieces;
};

/** The line break before a boundary belongs to the boundary. */
const withoutBreak = (body: Buffer, at: number): number => {
  if (body[at - 1] !== 0x0a) return at;
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
};

/** A boundary that is not declared, or wrongly: a line of its own with a part's header below it. */
const boundaryIn = (body: Buffer): string | null =>
  body.toString("latin1", 0, 10_000).match(/^--([^\s].{0,98}?)[ \t]*\r?\nContent-[\w-]+[ \t]*:/m)?.[1] ?? null;

const typeOf = (headers: Headers, fallback: string): Parameters => {
  const type = readParameters(rawHeader(headers, "content-type") ?? "");
  if (/^[\w.+-]+\/[\w.+-]+$/.test(type.value)) return type;
  const value = { text: "text/plain", html: "text/html", multipart: "multipart/mixed" }[type.value] ?? fallback;
  return { ...type, value };
};

const read = (bytes: Buffer, hint: string | undefined, fallback: string, depth: number): Part => {
  const { headers, bodyAt } = readHeaders(bytes, hint);
  const body = bytes.subarray(bodyAt);
  const type = typeOf(headers, fallback);
  const disposition = readParameters(rawHeader(headers, "content-disposition") ?? "");
  const encoding = (rawHeader(headers, "content-transfer-encoding") ?? "").toLowerCase();
  const entity = { headers, type: type.value, parameters: type.named, disposition };
  if (!type.value.startsWith("multipart/") || depth >= deepest)
    return { ...entity, content: Buffer.from(decodeTransfer(body, encoding)), parts: [] };
  const inner = encoding.includes("base64") ? Buffer.from(decodeTransfer(body, encoding)) : body;
  const boundary = type.named.get("boundary") ?? "";
  const declared = boundary.length <= longestBoundary ? boundary : "";
  const pieces = (declared ? cut(inner, declared) : null) ?? cut(inner, boundaryIn(inner) ?? "\0");
  // Without parts it is a text like any other, whatever it says.
  if (pieces === null)
    return { ...entity, type: "text/plain", content: Buffer.from(decodeTransfer(body, encoding)), parts: [] };
  const usual = type.value === "multipart/digest" ? "message/rfc822" : "text/plain";
  const parts = pieces.map((piece) => read(piece, hint, usual, depth + 1));
  return { ...entity, content: Buffer.alloc(0), parts };
};

/** Some mailers of old ended lines with a carriage return alone. */
const withLineFeeds = (bytes: Buffer): Buffer =>
  bytes.includes(0x0a) || !bytes.includes(0x0d)
    ? bytes
    : Buffer.from(bytes.toString("latin1").replaceAll("\r", "\n"), "latin1");

/** Reads the bytes of a mail into its parts. */
export const readPart = (raw: Uint8Array): Part => {
  const bytes = withLineFeeds(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
  // Headers that are neither ASCII nor UTF-8 are in the charset of the text.
  const hint = bytes.toString("latin1", 0, 100_000).match(/charset\s*=\s*"?(?!us-ascii|utf-?8)([\w.:-]+)/i)?.[1];
  return read(bytes, hint, "text/plain", 0);
};

/** Every part of a mail without parts of its own, in the order in which they are read. */
export const leavesOf = (part: Part): ReadonlyArray<Part> =>
  part.parts.length === 0 ? [part] : part.parts.flatMap(leavesOf);
