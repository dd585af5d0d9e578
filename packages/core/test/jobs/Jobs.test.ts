import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { Housekeeping } from "../../src/Housekeeping.ts";
import { Jobs } from "../../src/jobs/Jobs.ts";
import { Worker } from "../../src/jobs/Worker.ts";
import {
  as,
  asSystem,
  asTimePasses,
  changesNothing,
  desk,
  failureOf,
  farMemory,
  people,
  refusedFields,
} from "../TestDesk.ts";

const tag = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(failureOf(effect), ({ _tag }) => _tag);

/** A job whose only try failed. */
const dead = Effect.gen(function* () {
  const [jobs, worker] = [yield* Jobs, yield* Worker];
  const unregister = worker.register("bad", () => Effect.fail(new Error("No")));
  const { id } = yield* asSystem(jobs.add({ kind: "bad", maxAttempts: 1, payload: [1] }));
  yield* Effect.scoped(
    Effect.gen(function* () {
      yield* worker.run(1);
      while ((yield* asSystem(jobs.get(id))).state !== "dead") yield* TestClock.adjust("10 millis");
    }),
  );
  unregister();
  return id;
});

describe("jobs", () => {
  it.effect("are answered as they are stored, due now unless said otherwise", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs;
      yield* TestClock.setTime(5_000);
      const job = yield* asSystem(jobs.add({ kind: "greet", payload: { name: "Ada" } }));
      assert.deepInclude(job, {
        state: "waiting",
        tenant: "default",
        attempts: 0,
        maxAttempts: 8,
        runAt: new Date(5_000),
      });
      assert.deepStrictEqual(yield* asSystem(jobs.get(job.id)), job);
      const later = yield* asSystem(jobs.add({ kind: "greet", runAt: new Date(9_000), maxAttempts: 1 }));
      assert.deepInclude(later, { payload: null, maxAttempts: 1, runAt: new Date(9_000) });
    }).pipe(desk()),
  );

  it.effect("are listed by state and kind, in pages", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs;
      const [a, b] = [yield* asSystem(jobs.add({ kind: "a" })), yield* asSystem(jobs.add({ kind: "b" }))];
      const died = yield* dead;
      const ids = (query?: object) => Effect.map(asSystem(jobs.list(query)), (list) => list.map(({ id }) => id));
      assert.deepStrictEqual(yield* ids(), [a.id, b.id, died]);
      assert.deepStrictEqual(yield* ids({ kind: "b" }), [b.id]);
      assert.deepStrictEqual(yield* ids({ state: "dead" }), [died]);
      assert.deepStrictEqual(yield* ids({ after: a.id, limit: 1 }), [b.id]);
    }).pipe(desk()),
  );

  it.effect("are admins' and the helpdesk's alone", () =>
    Effect.gen(function* () {
      const [jobs, { ada, agent, admin }] = [yield* Jobs, yield* people];
      const { id } = yield* admin.does(jobs.add({ kind: "a" }));
      for (const who of [ada, agent])
        for (const call of [jobs.add({ kind: "a" }), jobs.get(id), jobs.get(999), jobs.list(), jobs.retry(id)])
          assert.strictEqual(
            yield* tag(changesNothing(who.does(call as Effect.Effect<unknown, unknown>))),
            "NotAllowed",
          );
      for (const odd of [999, Number.NaN, "1", undefined] as ReadonlyArray<number>)
        for (const call of [jobs.get(odd), jobs.retry(odd)])
          assert.strictEqual(yield* tag(changesNothing(admin.does(call))), "NotFound");
    }).pipe(desk()),
  );

  it.effect("that are dead get one new life, however many ask for it", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs;
      const id = yield* dead;
      const exits = yield* asTimePasses(
        Effect.replicateEffect(Effect.exit(asSystem(jobs.retry(id))), 6, { concurrency: "unbounded" }),
      );
      assert.lengthOf(
        exits.filter(({ _tag }) => _tag === "Success"),
        1,
      );
      const [fresh, ...more] = yield* asSystem(jobs.list());
      assert.lengthOf(more, 0);
      assert.deepInclude(fresh, { kind: "bad", payload: [1], state: "waiting", attempts: 0, maxAttempts: 1 });
      assert.deepStrictEqual(yield* refusedFields(changesNothing(asSystem(jobs.retry(fresh?.id ?? 0)))), ["id"]);
    }).pipe(desk({ storage: farMemory() })),
  );
});

describe("what jobs leave behind", () => {
  it.effect("is kept for a week after they finished, then cleared away; what is dead or waits stays", () =>
    Effect.gen(function* () {
      const [jobs, worker, keeping] = [yield* Jobs, yield* Worker, yield* Housekeeping];
      worker.register("good", () => Effect.succeed("done"));
      const { id } = yield* asSystem(jobs.add({ kind: "good" }));
      const died = yield* dead;
      const waits = yield* asSystem(jobs.add({ kind: "nobody does this" }));
      yield* TestClock.adjust("167 hours");
      yield* keeping.once;
      assert.strictEqual((yield* asSystem(jobs.get(id))).result, "done");
      yield* TestClock.adjust("2 hours");
      yield* keeping.once;
      assert.strictEqual(yield* tag(asSystem(jobs.get(id))), "NotFound");
      assert.deepStrictEqual(
        (yield* asSystem(jobs.list())).map((job) => job.id),
        [died, waits.id],
      );
    }).pipe(desk()),
  );

  it.effect("is cleared away in any number, of every tenant, by itself", () =>
    Effect.gen(function* () {
      const [jobs, worker, keeping] = [yield* Jobs, yield* Worker, yield* Housekeeping];
      worker.register("good", () => Effect.succeed("done"));
      const elsewhere = as("system", null, "elsewhere");
      yield* Effect.replicateEffect(asSystem(jobs.add({ kind: "good" })), 700, { discard: true });
      yield* Effect.replicateEffect(elsewhere(jobs.add({ kind: "good" })), 700, { discard: true });
      yield* Effect.scoped(Effect.andThen(worker.run(200), TestClock.adjust("30 seconds")));
      for (const does of [asSystem, elsewhere])
        assert.lengthOf(yield* does(jobs.list({ state: "finished", limit: 1000 })), 700);
      yield* TestClock.adjust("169 hours");
      yield* keeping.run;
      yield* TestClock.adjust("1 second");
      for (const does of [asSystem, elsewhere]) assert.lengthOf(yield* does(jobs.list()), 0);
    }).pipe(desk()),
  );
});
