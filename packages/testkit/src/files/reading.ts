import { FileStore } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { bytesOf, inChunks, newKey, read } from "./content.ts";

const size = 200_000;
const ranges = [
  [0, size],
  [0, 1],
  [1, 2],
  [65_535, 65_537],
  [100_000, size],
  [size - 1, size],
  [0, size + 1000],
  [size - 10, size + 1000],
  [5, 5],
  [size, size],
  [size, size + 10],
  [size + 10, size + 20],
] as const;

/** Files and parts of them. */
export const reading: Group<FileStore> = {
  about: "reading",
  cases: [
    {
      test: "a range is answered from its start up to its end, and no further than the file",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const bytes = bytesOf(size);
        yield* files.write(key, inChunks(bytes, 70_000));
        for (const [start, end] of ranges) {
          const part = yield* read(files, key, start, end);
          assert.isTrue(part?.equals(bytes.subarray(start, end)), `${start} to ${end}: ${part?.length} bytes`);
        }
      }),
    },
    {
      test: "an unknown file is null, not empty and not an error",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        assert.isNull(yield* read(files, newKey()));
        assert.isNull(yield* read(files, newKey(), 0, 0));
      }),
    },
    {
      test: "a file can be read by many at once, and readers that stop half-way disturb nobody",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const bytes = bytesOf(size);
        yield* files.write(key, inChunks(bytes));
        const stopping = Effect.gen(function* () {
          const content = yield* files.read(key, { start: 0, end: size });
          yield* Effect.promise(async () => {
            for await (const _ of content ?? []) break;
          });
        });
        const reading = Effect.map(read(files, key), (all) => assert.isTrue(all?.equals(bytes)));
        const readers = Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? reading : stopping));
        yield* Effect.all(readers, { concurrency: "unbounded" });
        yield* files.remove(key);
        assert.isNull(yield* read(files, key));
      }),
    },
  ],
};
