import { assert, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import type { Channel, Reading } from "../src/channel/Channel.ts";
import { StorageError } from "../src/Errors.ts";
import { FileStore } from "../src/file/FileStore.ts";
import { Files } from "../src/file/Files.ts";
import { Housekeeping } from "../src/Housekeeping.ts";
import { Intakes } from "../src/inbox/Intakes.ts";
import { Jobs } from "../src/jobs/Jobs.ts";
import { Worker } from "../src/jobs/Worker.ts";
import { makeMemoryFiles } from "../src/memory/MemoryFiles.ts";
import { Traffic } from "../src/Traffic.ts";
import { Post } from "./channel/Post.ts";
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

it.effect("the bytes of what is not understood yet stay, although what came with it is cleared away", () =>
  Effect.suspend(() => {
    const post = new Post();
    let isStuck = true;
    const read: Channel["read"] = async (item) => {
      const reading = (await post.channel.read?.(item)) as Reading;
      return isStuck && reading.type === "message" && reading.subject === "Stuck" ? new Promise(() => {}) : reading;
    };
    return Effect.gen(function* () {
      const [intakes, traffic, worker, keeping] = [
        ...[yield* Intakes, yield* Traffic],
        ...[yield* Worker, yield* Housekeeping],
      ] as const;
      const balance = asSystem(intakes.balance());
      const working = <A, E>(until: Effect.Effect<A, E>, isDone: (now: A) => boolean) =>
        Effect.scoped(
          Effect.gen(function* () {
            yield* traffic.read;
            yield* worker.run(2);
            for (let now = yield* until; !isDone(now); now = yield* until)
              yield* Effect.andThen(
                TestClock.adjust("1 second"),
                Effect.promise(() => new Promise(setImmediate)),
              );
          }),
        );
      // A channel's promises go by the clock of the machine.
      yield* TestClock.setTime(Date.now());
      post.drop({ subject: "Good" }, { subject: "Stuck" });
      yield* working(balance, ({ processed }) => processed === 1);
      yield* TestClock.adjust("8 days");
      yield* keeping.once;
      assert.deepInclude(yield* balance, { seen: 2, processed: 1, accepted: 1 });
      isStuck = false;
      yield* working(balance, ({ accepted }) => accepted === 0);
      assert.deepInclude(yield* balance, { seen: 2, processed: 2, quarantined: 0 });
    }).pipe(desk({ channels: [{ ...post.channel, read }] }));
  }),
);
