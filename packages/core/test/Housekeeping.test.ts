import { assert, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import { StorageError } from "../src/Errors.ts";
import { FileStore } from "../src/file/FileStore.ts";
import { Files } from "../src/file/Files.ts";
import { Housekeeping } from "../src/Housekeeping.ts";
import { Jobs } from "../src/jobs/Jobs.ts";
import { Worker } from "../src/jobs/Worker.ts";
import { makeMemoryFiles } from "../src/memory/MemoryFiles.ts";
import { asSystem, desk } from "./TestDesk.ts";

it.effect("a file store that is away keeps no job from being cleared away, nor the next round from its files", () =>
  Effect.suspend(() => {
    const store = makeMemoryFiles();
    let isAway = true;
    const away = Effect.fail(new StorageError({ reason: "away", retryable: true }));
    const files = Layer.succeed(FileStore, {
      ...store,
      remove: (key) => Effect.suspend(() => (isAway ? away : store.remove(key))),
    });
    return Effect.gen(function* () {
      const [uploads, jobs, worker, keeping] = [yield* Files, yield* Jobs, yield* Worker, yield* Housekeeping];
      worker.register("good", () => Effect.succeed("done"));
      const add = asSystem(uploads.add({ name: "a", content: new Uint8Array() }));
      yield* Effect.replicateEffect(add, 3, { discard: true });
      yield* asSystem(jobs.add({ kind: "good" }));
      yield* Effect.scoped(Effect.andThen(worker.run(1), TestClock.adjust("2 seconds")));
      yield* TestClock.adjust("169 hours");
      yield* keeping.run;
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(yield* asSystem(jobs.list()), []);
      isAway = false;
      yield* TestClock.adjust("10 minutes");
      assert.strictEqual(yield* asSystem(uploads.sweep()), 0);
    }).pipe(desk({ files }));
  }),
);
