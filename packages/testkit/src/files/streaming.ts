import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FileStore } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { newKey } from "./content.ts";

const megabyte = 2 ** 20;
const megabytes = 64;
/** A store may keep some parts of a file on their way, never half of it. */
const limit = 32 * megabyte;

/** Measures how far memory grows above what is held now, garbage not counted. */
const growth = () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const held = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const start = held();
  let most = 0;
  return {
    measure: () => {
      most = Math.max(most, held() - start);
    },
    most: () => most,
  };
};

/** Files larger than memory should hold. */
export const streaming: Group<FileStore> = {
  about: "large files",
  cases: [
    {
      test: "a file of 64 MB is written and read without being held in memory",
      timeout: 60_000,
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const hash = createHash("sha256");
        const writing = growth();
        async function* content() {
          for (let part = 0; part < megabytes; part++) {
            const chunk = Buffer.alloc(megabyte, part);
            hash.update(chunk);
            yield chunk;
            if (part % 16 === 15) writing.measure();
          }
        }
        const written = yield* files.write(key, content());
        assert.deepStrictEqual(written, { size: megabytes * megabyte, sha256: hash.digest("hex") });
        assert.isBelow(writing.most(), limit, "bytes held while writing");

        const reading = growth();
        const readHash = createHash("sha256");
        const stored = yield* files.read(key, { start: 0, end: megabytes * megabyte });
        yield* Effect.promise(async () => {
          let size = 0;
          let next = 16 * megabyte;
          for await (const chunk of stored ?? []) {
            readHash.update(chunk);
            size += chunk.length;
            if (size < next) continue;
            reading.measure();
            next += 16 * megabyte;
          }
        });
        assert.strictEqual(readHash.digest("hex"), written.sha256);
        assert.isBelow(reading.most(), limit, "bytes held while reading");
        yield* files.remove(key);
      }),
    },
  ],
};
