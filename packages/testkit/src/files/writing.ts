import { FileStore, StorageError } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { bytesOf, inChunks, newKey, read, sha256 } from "./content.ts";

/** Files that arrive whole or not at all. */
export const writing: Group<FileStore> = {
  about: "writing",
  cases: [
    {
      test: "a file is read as it was written, and its size and SHA-256 are right",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const bytes = bytesOf(300_000);
        const key = newKey();
        const written = yield* files.write(key, inChunks(bytes, 1, 0, 65_536, 100_000));
        assert.deepStrictEqual(written, { size: 300_000, sha256: sha256(bytes) });
        assert.isTrue((yield* read(files, key))?.equals(bytes));
      }),
    },
    {
      test: "an empty file is a file",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const written = yield* files.write(key, inChunks(new Uint8Array()));
        assert.deepStrictEqual(written, { size: 0, sha256: sha256(new Uint8Array()) });
        assert.strictEqual((yield* read(files, key))?.length, 0);
        assert.strictEqual((yield* read(files, key, 0, 0))?.length, 0);
      }),
    },
    {
      test: "nothing can be read under a key until all of the file is there",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const seen: Array<unknown> = [];
        async function* content() {
          for (let part = 0; part < 3; part++) {
            yield bytesOf(100_000);
            seen.push(await Effect.runPromise(read(files, key)));
          }
        }
        yield* files.write(key, content());
        assert.deepStrictEqual(seen, [null, null, null]);
        assert.strictEqual((yield* read(files, key))?.length, 300_000);
      }),
    },
    ...[0, 1, 50].map((after) => ({
      test: `content that fails after ${after} chunks is a StorageError and leaves nothing behind`,
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        async function* content() {
          for (let part = 0; part < after; part++) yield bytesOf(10_000);
          throw new Error("the sender hung up");
        }
        assert.instanceOf(yield* Effect.flip(files.write(key, content())), StorageError);
        assert.isNull(yield* read(files, key));
        yield* files.write(key, inChunks(bytesOf(10)));
        assert.strictEqual((yield* read(files, key))?.length, 10);
      }),
    })),
    {
      test: "many files written at once all arrive whole",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const all = Array.from({ length: 20 }, (_, n) => ({ key: newKey(`file-${n}`), bytes: bytesOf(20_000 + n) }));
        yield* Effect.forEach(all, ({ key, bytes }) => files.write(key, inChunks(bytes, 7_000, 7_000)), {
          concurrency: "unbounded",
        });
        for (const { key, bytes } of all) assert.isTrue((yield* read(files, key))?.equals(bytes), key);
      }),
    },
    {
      test: "a removed file is gone, the others stay, and removing it again is fine",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const [gone, stays] = [newKey("one"), newKey("two")];
        for (const key of [gone, stays]) yield* files.write(key, inChunks(bytesOf(10)));
        yield* files.remove(gone);
        yield* files.remove(gone);
        yield* files.remove(newKey());
        assert.isNull(yield* read(files, gone));
        assert.strictEqual((yield* read(files, stays))?.length, 10);
      }),
    },
  ],
};
