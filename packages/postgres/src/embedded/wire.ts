// The few things about PostgreSQL's wire protocol (version 3) that sharing one session needs.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

/**
 * A message in a chunk: a byte for its type, its length as four bytes (their own included), its body.
 * `body` and `end` are positions in the chunk.
 */
export interface Message {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** The messages of a chunk that holds whole ones. */
export function* messagesIn(chunk: Uint8Array): Generator<Message> {
  for (let start = 0; start < chunk.length; ) {
    const end = start + 1 + uint32(chunk, start + 1);
    yield { type: String.fromCharCode(chunk[start] as number), start, body: start + 5, end };
    start = end;
  }
}

const uint32 = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** The text from a position up to the zero that ends it. */
export const textAt = (chunk: Uint8Array, from: number): string =>
  Buffer.from(chunk.buffer, chunk.byteOffset + from, chunk.indexOf(0, from) - from).toString();

/** What an error message says to people: the field `M` of its fields, each a letter and a text. */
export const complaintAt = (chunk: Uint8Array, body: number): string => {
  let at = body;
  while (chunk[at] !== 0 && chunk[at] !== 0x4d) at = chunk.indexOf(0, at) + 1;
  return textAt(chunk, at + 1);
};

/** What PostgreSQL says of its transaction in ReadyForQuery: `I` for none. */
export const idle = "I".charCodeAt(0);

const message = (type: string, ...body: ReadonlyArray<Uint8Array>): Uint8Array =>
  Buffer.concat([Buffer.from(type), int32(body.reduce((sum, part) => sum + part.length, 4)), ...body]);

const int32 = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Ends a batch of the extended protocol, also one that failed half-way. */
export const sync = message("S");

/** Ends whatever transaction is open; without one it is a warning that nobody reads. */
export const rollback = message("Q", Buffer.from("ROLLBACK\0"));

/** Forgets a prepared statement; a name that is not known is fine. */
export const closeStatement = (name: string): Uint8Array => message("C", Buffer.from(`S${name}\0`));

/** What a server says to a client that it lets in: no password needed, who it is here, ready. */
export const welcome = (connection: number): Uint8Array =>
  Buffer.concat([message("R", int32(0)), message("K", int32(connection), int32(0)), message("Z", Uint8Array.of(idle))]);

/** The first chunk of a connection has no type: its code says whether it asks for a start or for a cancellation. */
export const asksToCancel = (first: Uint8Array): boolean => uint32(first, 4) === 80877102;
