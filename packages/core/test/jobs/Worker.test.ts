import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import * as TestClock from "effect/testing/TestClock";
import { Helpdesk } from "../../src/Helpdesk.ts";
import type { Job } from "../../src/jobs/Job.ts";
import { Jobs, type NewJobInput } from "../../src/jobs/Jobs.ts";
import { Worker } from "../../src/jobs/Worker.ts";
import { makeMemoryStorage } from "../../src/memory/MemoryStorage.ts";
import { Storage } from "../../src/Storage.ts";
import { asSystem, desk, type Line, lineTo } from "../TestDesk.ts";

const add = (job: Partial<NewJobInput> = {}) =>
  Effect.flatMap(Jobs, (jobs) => asSystem(jobs.add({ kind: "greet", ...job })));
const get = (id: number): Effect.Effect<Job, unknown, Jobs> => Effect.flatMap(Jobs, (jobs) => asSystem(jobs.get(id)));
const work = (concurrency = 4) => Effect.flatMap(Worker, (worker) => worker.run(concurrency));
/** Lets what is due now be done. */
const settle = Effect.replicateEffect(TestClock.adjust("1 millis"), 5, { discard: true });

describe("a worker", () => {
  it.effect("does what is due, keeps the answer as JSON, and lets the rest wait", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      worker.register("greet", ({ job }) =>
        Effect.succeed({ hello: job.payload, at: new Date(0), gone: undefined } as never),
      );
      const now = yield* add({ payload: "Ada\0" });
      const later = yield* add({ runAt: new Date(60_000) });
      const unknown = yield* add({ kind: "nobody does this" });
      yield* work();
      yield* settle;
      assert.deepInclude(yield* get(now.id), {
        state: "finished",
        attempts: 1,
        result: { hello: "Ada\uFFFD", at: "1970-01-01T00:00:00.000Z" },
        finishedAt: new Date(0),
      });
      assert.strictEqual((yield* get(later.id)).state, "waiting");
      yield* TestClock.adjust("61 seconds");
      assert.strictEqual((yield* get(later.id)).state, "finished");
      assert.strictEqual((yield* get(unknown.id)).state, "waiting");
    }).pipe(desk()),
  );

  it.effect("does no more than so many at a time, the longest due first", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      const begun: Array<unknown> = [];
      const gate = yield* Deferred.make<void>();
      worker.register("greet", ({ job }) =>
        Effect.as(
          Effect.andThen(
            Effect.sync(() => begun.push(job.payload)),
            Deferred.await(gate),
          ),
          null,
        ),
      );
      yield* TestClock.setTime(10_000);
      for (const seconds of [3, 1, 5, 2, 4]) yield* add({ payload: seconds, runAt: new Date(seconds * 1000) });
      yield* work(2);
      yield* settle;
      assert.deepStrictEqual(begun, [1, 2]);
      yield* TestClock.adjust("1 hour");
      assert.deepStrictEqual(begun, [1, 2]);
      yield* Deferred.succeed(gate, undefined);
      yield* settle;
      assert.deepStrictEqual(begun, [1, 2, 3, 4, 5]);
    }).pipe(desk()),
  );

  it.effect("tries again after growing pauses, then gives up, says so, and does it anew when asked", () =>
    Effect.gen(function* () {
      const [worker, jobs, storage] = [yield* Worker, yield* Jobs, yield* Storage];
      const tries: Array<number> = [];
      let isGood = false;
      worker.register("greet", () =>
        Effect.flatMap(
          Effect.clockWith((clock) => clock.currentTimeMillis),
          (at) => {
            tries.push(at);
            return isGood ? Effect.succeed("done") : Effect.fail(new Error("Nobody\0 home"));
          },
        ),
      );
      const { id } = yield* add({ maxAttempts: 5, payload: "Ada" });
      yield* work();
      yield* settle;
      assert.deepInclude(yield* get(id), { state: "waiting", attempts: 1, error: "Nobody\uFFFD home" });
      for (let second = 0; second < 60; second++) yield* TestClock.adjust("1 second");
      assert.lengthOf(tries, 5);
      for (const [index, most] of [1000, 2000, 4000, 8000].entries()) {
        const pause = (tries[index + 1] ?? 0) - (tries[index] ?? 0);
        // It polls once a second, and takes what is due meanwhile.
        assert.isAtLeast(pause, most / 2);
        assert.isAtMost(pause, most + 1000);
      }
      assert.deepInclude(yield* get(id), { state: "dead", attempts: 5, error: "Nobody\uFFFD home" });
      const { events } = yield* storage.events({ tenant: null, ticketId: null, after: 0, limit: 10 });
      assert.deepInclude(events.at(-1), { type: "JobDied", jobId: id, kind: "greet", tenant: "default" });
      yield* TestClock.adjust("10 minutes");
      assert.lengthOf(tries, 5);

      isGood = true;
      const anew = yield* asSystem(jobs.retry(id));
      assert.deepInclude(anew, { state: "waiting", payload: "Ada", maxAttempts: 5, attempts: 0 });
      yield* settle;
      assert.deepInclude(yield* get(anew.id), { state: "finished", result: "done" });
      assert.strictEqual((yield* Effect.exit(get(id)))._tag, "Failure");
    }).pipe(desk()),
  );

  it.effect("takes what throws, dies, or answers what is no JSON for a failure", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      const round: Record<string, unknown> = {};
      round["self"] = round;
      const bad = {
        throws: () => {
          throw new Error("thrown");
        },
        dies: () => Effect.die(new Error("died")),
        text: () => Effect.fail("only text"),
        round: () => Effect.succeed(round as never),
        big: () => Effect.succeed(1n as never),
        call: () => Effect.succeed((() => 1) as never),
      };
      for (const [kind, handler] of Object.entries(bad)) worker.register(kind, handler);
      const added = yield* Effect.forEach(Object.keys(bad), (kind) => add({ kind, maxAttempts: 1 }));
      yield* work(10);
      yield* settle;
      const errors = yield* Effect.forEach(added, ({ id }) =>
        Effect.map(get(id), ({ state, error }) => `${state}: ${error}`),
      );
      assert.deepStrictEqual(errors.slice(0, 3), ["dead: thrown", "dead: died", "dead: only text"]);
      assert.match(errors[3] ?? "", /^dead: Converting circular structure/);
      assert.match(errors[4] ?? "", /^dead: .*BigInt/);
      assert.strictEqual(errors[5], "dead: Expected JSON, got a function");
    }).pipe(desk()),
  );

  it.effect("keeps of an error what fits, whole letters alone", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      worker.register("greet", () => Effect.fail(new Error(`x${"😀".repeat(2000)}`)));
      const { id } = yield* add({ maxAttempts: 1 });
      yield* work();
      yield* settle;
      const { error } = yield* get(id);
      assert.isTrue(error?.isWellFormed());
      assert.isAtMost(error?.length ?? 0, 2000);
    }).pipe(desk()),
  );

  it.effect("takes a kind no more once its handler is taken back", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      const unregister = worker.register("greet", () => Effect.succeed(1));
      yield* work();
      unregister();
      const { id } = yield* add();
      yield* TestClock.adjust("1 minute");
      assert.strictEqual((yield* get(id)).state, "waiting");
      const old = worker.register("greet", () => Effect.succeed(2));
      worker.register("greet", () => Effect.succeed(3));
      old();
      yield* TestClock.adjust("2 seconds");
      assert.deepInclude(yield* get(id), { state: "finished", result: 3 });
    }).pipe(desk()),
  );
});

describe("several workers over one storage", () => {
  /** A helpdesk of its own over the same storage, as another process is. */
  const another = <A, E>(
    storage: Layer.Layer<Storage>,
    body: Effect.Effect<A, E, Worker | Jobs | Scope.Scope>,
  ): Effect.Effect<A, unknown, Scope.Scope> =>
    Effect.flatMap(Effect.scope, (scope) =>
      Effect.flatMap(Layer.buildWithScope(Helpdesk.layer({ storage }), scope), (context) =>
        Effect.provideContext(body, context),
      ),
    );
  const shared = () => Layer.succeed(Storage, makeMemoryStorage());
  const doing = (handler: Parameters<Worker["Service"]["register"]>[1]) =>
    Effect.gen(function* () {
      (yield* Worker).register("greet", handler);
      yield* work();
    });

  it.effect("do each job once", () =>
    Effect.gen(function* () {
      const storage = shared();
      const done: Array<unknown> = [];
      for (let number = 0; number < 3; number++)
        yield* another(
          storage,
          doing(({ job }) => Effect.sync(() => done.push(job.payload))),
        );
      const ids = Array.from({ length: 60 }, (_, index) => index);
      yield* another(
        storage,
        Effect.forEach(ids, (payload) => add({ payload }), { concurrency: "unbounded" }),
      );
      yield* TestClock.adjust("10 seconds");
      assert.deepStrictEqual(
        [...done].sort((a, b) => Number(a) - Number(b)),
        ids,
      );
    }),
  );

  it.effect("hold on to a long job by extending its lease, and take it over from a dead one after it", () =>
    Effect.gen(function* () {
      const storage = shared();
      const begun: Array<string> = [];
      const stuck = (name: string) => () =>
        Effect.andThen(
          Effect.sync(() => begun.push(name)),
          Effect.never,
        );
      const dies = yield* Scope.make();
      yield* Scope.provide(another(storage, doing(stuck("first"))), dies);
      const { id } = yield* another(storage, add());
      yield* TestClock.adjust("2 seconds");
      yield* another(storage, doing(stuck("second")));
      yield* TestClock.adjust("10 minutes");
      assert.deepStrictEqual(begun, ["first"]);
      assert.strictEqual((yield* another(storage, get(id))).attempts, 1);

      // A dead process gives nothing back, so that its claim has to run out.
      const [claimed] = yield* Effect.provide(
        Effect.flatMap(Storage, (store) =>
          Effect.gen(function* () {
            const other = yield* another(storage, add({ kind: "other" }));
            const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
            const until = new Date(now + 30_000);
            return yield* store.claim({ kinds: [other.kind], token: "dead", now: new Date(now), until, limit: 1 });
          }),
        ),
        storage,
      );
      yield* another(
        storage,
        Effect.gen(function* () {
          (yield* Worker).register("other", () => Effect.succeed("taken over"));
          yield* work();
          yield* TestClock.adjust("29 seconds");
          assert.strictEqual((yield* get(claimed?.id ?? 0)).state, "running");
          yield* TestClock.adjust("3 seconds");
          assert.deepInclude(yield* get(claimed?.id ?? 0), { state: "finished", result: "taken over", attempts: 2 });
        }),
      );
    }),
  );

  it.effect("give back what they have taken when they stop, as if it had not been tried", () =>
    Effect.gen(function* () {
      const storage = shared();
      const first = yield* Scope.make();
      yield* Scope.provide(
        another(
          storage,
          doing(() => Effect.never),
        ),
        first,
      );
      const added = yield* another(storage, Effect.all([add(), add(), add()]));
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual((yield* another(storage, get(added[0].id))).state, "running");
      yield* Scope.close(first, Exit.void);
      for (const { id } of added)
        assert.deepInclude(yield* another(storage, get(id)), { state: "waiting", attempts: 0 });
      yield* another(
        storage,
        doing(() => Effect.succeed("elsewhere")),
      );
      yield* settle;
      for (const { id } of added)
        assert.deepInclude(yield* another(storage, get(id)), { state: "finished", attempts: 1, result: "elsewhere" });
    }),
  );

  it.effect("let go of a job that another took over, and cannot end it any more", () =>
    Effect.gen(function* () {
      const storage = shared();
      const stopped = yield* Deferred.make<void>();
      const slow = Effect.onInterrupt(Effect.never, () => Deferred.succeed(stopped, undefined));
      yield* another(
        storage,
        doing(() => slow),
      );
      const { id } = yield* another(storage, add());
      yield* TestClock.adjust("2 seconds");
      const store = yield* Effect.provide(Storage, storage);
      const now = new Date(1_000_000);
      const thief = yield* store.claim({ kinds: ["greet"], token: "thief", now, until: new Date(2e9), limit: 1 });
      assert.lengthOf(thief, 1);
      yield* TestClock.adjust("11 seconds");
      yield* Deferred.await(stopped);
      assert.deepInclude(yield* another(storage, get(id)), { state: "running", attempts: 2 });
    }),
  );

  it.effect("call a job dead that was begun more often than it may be, its process killed each time", () =>
    Effect.gen(function* () {
      const storage = shared();
      const { id } = yield* another(storage, add({ maxAttempts: 3 }));
      const store = yield* Effect.provide(Storage, storage);
      for (let time = 0; time < 3; time++) {
        const now = new Date(time * 1000);
        const until = new Date(time * 1000 + 1);
        assert.lengthOf(yield* store.claim({ kinds: ["greet"], token: `${time}`, now, until, limit: 1 }), 1);
      }
      let calls = 0;
      yield* TestClock.setTime(60_000);
      yield* another(
        storage,
        doing(() => Effect.sync(() => ++calls)),
      );
      yield* settle;
      assert.strictEqual(calls, 0);
      assert.deepInclude(yield* another(storage, get(id)), { state: "dead", error: "each worker that began it died" });
    }),
  );
});

describe("while the store takes its time to answer", () => {
  it.effect("a job that was taken meanwhile is not mistaken for a lost one", () =>
    Effect.suspend(() => {
      const gate = Deferred.makeUnsafe<void>();
      const line: Line = { isCut: false, waitFor: { extend: Deferred.await(gate) } };
      const stopped: Array<unknown> = [];
      return Effect.gen(function* () {
        (yield* Worker).register("greet", ({ job }) =>
          Effect.onInterrupt(Effect.never, () => Effect.sync(() => stopped.push(job.payload))),
        );
        yield* work();
        yield* add({ payload: "first" });
        yield* TestClock.adjust("10 seconds");
        const second = yield* add({ payload: "second" });
        yield* settle;
        assert.strictEqual((yield* get(second.id)).state, "running");
        yield* Deferred.succeed(gate, undefined);
        yield* settle;
        assert.deepStrictEqual(stopped, []);
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );

  it.effect("what it hands out after the worker stopped is given back all the same", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>();
      const line: Line = { isCut: false, waitFor: { claim: Deferred.await(gate) } };
      const storage = lineTo(line);
      const scope = yield* Scope.make();
      const context = yield* Layer.buildWithScope(Helpdesk.layer({ storage }), scope);
      const { id } = yield* Effect.provideContext(
        Effect.gen(function* () {
          (yield* Worker).register("greet", () => Effect.never);
          const job = yield* add();
          yield* Scope.provide(work(), scope);
          return job;
        }),
        context,
      );
      yield* settle;
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* settle;
      yield* Deferred.succeed(gate, undefined);
      yield* Fiber.join(closed);
      assert.deepInclude(yield* Effect.provideContext(get(id), context), { state: "waiting", attempts: 0 });
    }),
  );

  it.effect("or is away for longer than a lease, what takes long goes on, and is done once", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: false, waitFor: {} };
      let calls = 0;
      return Effect.gen(function* () {
        (yield* Worker).register("greet", () =>
          // As a mail that is being sent, it can't be broken off.
          Effect.uninterruptible(
            Effect.delay(
              Effect.sync(() => `done ${++calls}`),
              "26 seconds",
            ),
          ),
        );
        yield* work();
        const [long, other] = [yield* add(), yield* add()];
        yield* TestClock.adjust("2 seconds");
        line.isCut = true;
        yield* TestClock.adjust("17 seconds");
        line.isCut = false;
        yield* TestClock.adjust("2 minutes");
        assert.strictEqual(calls, 2);
        for (const { id } of [long, other]) assert.strictEqual((yield* get(id)).state, "finished");
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );

  it.effect("or is away for a while, what was done is written down when it is back, and not done again", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: false, waitFor: {} };
      let calls = 0;
      return Effect.gen(function* () {
        (yield* Worker).register("greet", () =>
          Effect.sync(() => {
            calls++;
            line.isCut = true;
            return "done";
          }),
        );
        yield* work();
        const { id } = yield* add();
        yield* TestClock.adjust("20 seconds");
        line.isCut = false;
        yield* TestClock.adjust("2 seconds");
        assert.deepInclude(yield* get(id), { state: "finished", result: "done", attempts: 1 });
        yield* TestClock.adjust("1 minute");
        assert.strictEqual(calls, 1);
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );
});

describe("finishing", () => {
  it.effect("waits for what was taken, and takes nothing more", () =>
    Effect.gen(function* () {
      const worker = yield* Worker;
      worker.register("greet", () => Effect.as(Effect.sleep("5 seconds"), "done"));
      yield* work(1);
      const [first, second] = [yield* add(), yield* add()];
      yield* settle;
      const finished = yield* Effect.forkChild(worker.finish);
      yield* TestClock.adjust("4 seconds");
      assert.isUndefined(finished.pollUnsafe());
      yield* TestClock.adjust("2 seconds");
      assert.isDefined(finished.pollUnsafe());
      yield* TestClock.adjust("1 minute");
      assert.deepInclude(yield* get(first.id), { state: "finished", result: "done" });
      assert.deepInclude(yield* get(second.id), { state: "waiting", attempts: 0 });
    }).pipe(desk()),
  );
});
