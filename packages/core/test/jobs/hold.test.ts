import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import * as TestClock from "effect/testing/TestClock";
import { Helpdesk } from "../../src/Helpdesk.ts";
import { Jobs } from "../../src/jobs/Jobs.ts";
import { type JobWork, Worker } from "../../src/jobs/Worker.ts";
import { makeMemoryStorage } from "../../src/memory/MemoryStorage.ts";
import { asSystem, type Line, lineTo } from "../TestDesk.ts";

/** A process that does one endless job for as long as it lives. */
const holding = Effect.fnUntraced(function* (line: Line, store: ReturnType<typeof makeMemoryStorage>, work: JobWork) {
  const scope = yield* Scope.make();
  const context = yield* Layer.buildWithScope(Helpdesk.layer({ storage: lineTo(line, store) }), scope);
  const held = Effect.flatMap(Worker, (worker) => worker.hold("mailbox", work));
  yield* Scope.provide(Effect.provideContext(held, context), scope);
  return { close: Scope.close(scope, Exit.void), context };
});
const open = (): Line => ({ isCut: false, waitFor: {} });
/** Says when somebody begins and ends. */
const logging =
  (log: Array<string>, name: string): JobWork =>
  () =>
    Effect.onInterrupt(
      Effect.andThen(
        Effect.sync(() => log.push(`${name} begins`)),
        Effect.never,
      ),
      () => Effect.sync(() => log.push(`${name} ends`)),
    );
const mailbox = (store: ReturnType<typeof makeMemoryStorage>) =>
  Effect.gen(function* () {
    const { context, close } = yield* holding(open(), store, () => Effect.never);
    yield* close;
    const job = Effect.flatMap(Jobs, (jobs) => asSystem(jobs.add({ kind: "mailbox", maxAttempts: 1 })));
    yield* Effect.provideContext(job, context);
  });

describe("an endless job", () => {
  it.effect("is done in one process at a time, and by another as soon as the first stops", () =>
    Effect.gen(function* () {
      const [store, log] = [makeMemoryStorage(), [] as Array<string>];
      yield* mailbox(store);
      const first = yield* holding(open(), store, logging(log, "first"));
      yield* TestClock.adjust("2 seconds");
      const second = yield* holding(open(), store, logging(log, "second"));
      yield* TestClock.adjust("10 minutes");
      assert.deepStrictEqual(log, ["first begins"]);
      yield* first.close;
      yield* TestClock.adjust("2 seconds");
      assert.deepStrictEqual(log, ["first begins", "first ends", "second begins"]);
      yield* second.close;
    }),
  );

  it.effect("is taken over after its lease from a process that is cut off, which lets go once it hears", () =>
    Effect.gen(function* () {
      const [store, log, line] = [makeMemoryStorage(), [] as Array<string>, open()];
      yield* mailbox(store);
      const first = yield* holding(line, store, logging(log, "first"));
      yield* TestClock.adjust("2 seconds");
      const second = yield* holding(open(), store, logging(log, "second"));
      line.isCut = true;
      yield* TestClock.adjust("10 seconds");
      assert.deepStrictEqual(log, ["first begins"]);
      yield* TestClock.adjust("10 seconds");
      assert.deepStrictEqual(log, ["first begins", "second begins"]);
      line.isCut = false;
      yield* TestClock.adjust("6 seconds");
      assert.deepStrictEqual(log, ["first begins", "second begins", "first ends"]);
      yield* Effect.all([first.close, second.close]);
    }),
  );

  it.effect("that fails is begun again, any number of times", () =>
    Effect.gen(function* () {
      const store = makeMemoryStorage();
      yield* mailbox(store);
      let tries = 0;
      const process = yield* holding(open(), store, () => Effect.fail(new Error(`Try ${++tries}`)));
      yield* TestClock.adjust("1 minute");
      assert.isAtLeast(tries, 20);
      yield* process.close;
    }),
  );
});
