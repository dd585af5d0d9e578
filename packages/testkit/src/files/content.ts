import { createHash, randomUUID } from "node:crypto";
import type { FileStore } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";

type Port = FileStore["Service"];

/** A key that no other test uses. */
export const newKey = (name = "file"): string => `contract/${randomUUID()}/${name}`;

/** Bytes that never repeat, so that a part in the wrong place is seen. */
export const bytesOf = (size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  return bytes;
};

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Content that arrives in chunks of these sizes, the last as long as it must be. */
export async function* inChunks(bytes: Uint8Array, ...sizes: ReadonlyArray<number>): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

/** All bytes of a range; null where there is no such file. */
export const read = (files: Port, key: string, start = 0, end = 2 ** 40) =>
  Effect.flatMap(files.read(key, { start, end }), (content) =>
    content === null ? Effect.succeed(null) : Effect.promise(() => collect(content)),
  );

const collect = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Array<Uint8Array> = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
};
