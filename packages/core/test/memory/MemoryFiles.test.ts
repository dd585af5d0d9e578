import { assert, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { makeMemoryFiles } from "../../src/memory/MemoryFiles.ts";

/** The only chunk of a small file. */
const read = Effect.fnUntraced(function* (files: ReturnType<typeof makeMemoryFiles>, key: string) {
  const content = yield* files.read(key, { start: 0, end: 100 });
  return yield* Effect.promise(async () => {
    for await (const chunk of content ?? []) return chunk;
    return new Uint8Array();
  });
});

it.effect("a buffer that the writer fills again and one that a reader changes leave the file as it is", () =>
  Effect.gen(function* () {
    const files = makeMemoryFiles();
    async function* content() {
      const buffer = Buffer.alloc(2);
      yield buffer.fill("a");
      yield buffer.fill("b");
    }
    yield* files.write("a", content());
    const first = yield* read(files, "a");
    assert.strictEqual(Buffer.from(first).toString(), "aabb");
    first.fill(0);
    const again = yield* read(files, "a");
    assert.strictEqual(Buffer.from(again).toString(), "aabb");
  }),
);
