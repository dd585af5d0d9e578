import { createHash } from "node:crypto";
import * as Effect from "effect/Effect";
import { FileStore } from "../file/FileStore.ts";
import { fromPromise } from "../promises.ts";

/** A file store in this process's memory. */
export const makeMemoryFiles = (): FileStore["Service"] => {
  const files = new Map<string, Uint8Array>();
  return FileStore.of({
    write: (key, content) =>
      fromPromise(async () => {
        const bytes = await collect(content);
        files.set(key, bytes);
        return { size: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") };
      }),
    read: (key, { start, end }) =>
      Effect.sync(() => {
        const bytes = files.get(key);
        return bytes === undefined ? null : once(new Uint8Array(bytes.subarray(start, end)));
      }),
    remove: (key) => Effect.sync(() => void files.delete(key)),
  });
};

const collect = async (content: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = [];
  // Copies, since a writer may fill the same buffer again for its next chunk.
  for await (const chunk of content) chunks.push(new Uint8Array(chunk));
  return Buffer.concat(chunks);
};

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
