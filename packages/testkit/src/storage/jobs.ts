import type { Job, Outcome, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { claimAll, claimJob } from "./claims.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { newJob, time } from "./rows.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const read = (desk: Desk, id: number) => Effect.map(desk.find({ kind: "job", id }), (job) => job as Job | null);

const outcome = (what: string, outcome: Outcome, expected: Partial<Job>): Case<Storage> => ({
  test: `a job that ${what}`,
  body: Effect.gen(function* () {
    const desk = yield* makeDesk;
    yield* desk.newJob({ payload: "first" });
    const { job, ...claim } = yield* claimJob(desk);
    yield* desk.commit({ at: time(500), done: [{ ...claim, outcome }] });
    assert.deepStrictEqual(yield* read(desk, job.id), { ...job, ...expected });
    const due = yield* claimAll(desk, { now: time(10_000) });
    assert.lengthOf(due, expected.state === "waiting" ? 1 : 0);
    if (expected.state === "running") yield* desk.commit({ held: [claim] });
    else yield* expectConflict(desk.commit({ held: [claim] }));
  }),
});

/** Work that is due at a time. */
export const jobs: Group<Storage> = {
  about: "jobs",
  cases: [
    {
      test: "a job waits as it was added, and a claim begins its first try",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const job = newJob(yield* desk.id("job"), desk.kind, {
          payload: { a: [1, null] },
          maxAttempts: 7,
          runAt: time(5),
        });
        yield* desk.commit({ at: time(1), jobs: [job] });
        const waiting: Job = {
          id: job.id,
          tenant: desk.tenant,
          kind: desk.kind,
          payload: { a: [1, null] },
          state: "waiting",
          runAt: time(5),
          attempts: 0,
          maxAttempts: 7,
          result: null,
          error: null,
          createdAt: time(1),
          finishedAt: null,
        };
        assert.deepStrictEqual(yield* read(desk, job.id), waiting);
        const running = { ...waiting, state: "running", attempts: 1 } as const;
        const claim = { kinds: [desk.kind, "other"], token: "mine", now: time(5), until: time(60), limit: 5 };
        assert.deepStrictEqual(yield* desk.storage.claim(claim), [{ id: job.id, token: "mine", job: running }]);
        assert.deepStrictEqual(yield* read(desk, job.id), running);
      }),
    },
    {
      test: "jobs are claimed when they are due, the longest due first, by kind and no more than asked",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("job", 5);
        const due = [30, 10, 20, 41, 10];
        yield* desk.commit({ jobs: ids.map((id, n) => newJob(id, desk.kind, { runAt: time(due[n]) })) });
        const claimed = (now: number, limit: number, kinds = [desk.kind]) =>
          Effect.map(claimAll(desk, { now: time(now), limit, kinds }), (jobs) => jobs.map(({ id }) => ids.indexOf(id)));
        assert.deepStrictEqual(yield* claimed(9, 10), []);
        assert.deepStrictEqual(yield* claimed(40, 10, ["other"]), []);
        assert.deepStrictEqual(yield* claimed(40, 10, []), []);
        assert.deepStrictEqual(yield* claimed(40, 3), [1, 4, 2]);
        assert.deepStrictEqual(yield* claimed(40, 3), [0]);
        assert.deepStrictEqual(yield* claimed(41, 3), [3]);
      }),
    },
    {
      test: "under eight claimers at once each job is claimed by exactly one",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("job", 100);
        yield* desk.commit({ jobs: ids.map((id) => newJob(id, desk.kind)) });
        /** Claims until a claim comes back empty. */
        const work: Effect.Effect<Array<number>, unknown> = Effect.gen(function* () {
          const taken: Array<number> = [];
          while (true) {
            const claimed = yield* claimAll(desk, { limit: 7 });
            if (claimed.length === 0) return taken;
            taken.push(...claimed.map(({ id }) => id));
            yield* Effect.yieldNow;
          }
        });
        const taken = yield* Effect.all(
          upTo(8).map(() => work),
          { concurrency: "unbounded" },
        );
        // A claimer passes over what another is just claiming, so all may end a little early.
        const all = [...taken.flat(), ...(yield* work)];
        assert.lengthOf(all, 100);
        assert.sameMembers(all, [...ids]);
      }),
    },
    outcome(
      "finished keeps its result",
      { type: "finished", result: { sent: 3 } },
      {
        state: "finished",
        result: { sent: 3 },
        finishedAt: time(500),
      },
    ),
    outcome(
      "is to be tried again waits until then with its error",
      { type: "retry", at: time(9000), error: "busy" },
      {
        state: "waiting",
        runAt: time(9000),
        error: "busy",
      },
    ),
    outcome(
      "died keeps its error and is not tried again",
      { type: "dead", error: "no such mailbox" },
      {
        state: "dead",
        error: "no such mailbox",
        finishedAt: time(500),
      },
    ),
    outcome(
      "goes on is still held, with its new payload",
      { type: "going", payload: { cursor: 17 } },
      {
        state: "running",
        payload: { cursor: 17 },
      },
    ),
    {
      test: "each try is counted, and one that succeeds forgets the last error",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const { id } = yield* desk.newJob();
        for (const attempt of [1, 2]) {
          const { job, ...claim } = yield* claimJob(desk);
          assert.strictEqual(job.attempts, attempt);
          yield* desk.commit({ done: [{ ...claim, outcome: { type: "retry", at: time(), error: `try ${attempt}` } }] });
          assert.deepInclude(yield* read(desk, id), { error: `try ${attempt}`, attempts: attempt });
        }
        const { job, ...claim } = yield* claimJob(desk);
        yield* desk.commit({ done: [{ ...claim, outcome: { type: "finished", result: null } }] });
        assert.deepInclude(yield* read(desk, id), { state: "finished", error: null, attempts: job.attempts });
      }),
    },
    {
      test: "a key until claimed keeps a second job out until the first is taken",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const unique = { key: "sweep", until: "claimed" } as const;
        const first = yield* desk.newJob({ unique });
        const second = yield* desk.newJob({ unique, payload: "second" });
        assert.isNull(yield* read(desk, second.id));
        const claim = yield* claimJob(desk);
        assert.strictEqual(claim.id, first.id);
        const third = yield* desk.newJob({ unique });
        assert.isNotNull(yield* read(desk, third.id));
        // Given back it waits again beside the one that took its place.
        yield* desk.storage.extend([claim], null);
        assert.lengthOf(yield* claimAll(desk), 2);
      }),
    },
    ...(["finished", "dead"] as const).map(
      (type): Case<Storage> => ({
        test: `a key until ended keeps a second job out until the first is ${type}`,
        body: Effect.gen(function* () {
          const desk = yield* makeDesk;
          const unique = { key: "assign:sales", until: "ended" } as const;
          yield* desk.newJob({ unique });
          const { job: _, ...first } = yield* claimJob(desk);
          assert.isNull(yield* read(desk, (yield* desk.newJob({ unique })).id));
          yield* desk.commit({ done: [{ ...first, outcome: { type: "retry", at: time(), error: "busy" } }] });
          assert.isNull(yield* read(desk, (yield* desk.newJob({ unique })).id));
          const { job: __, ...again } = yield* claimJob(desk);
          const end: Outcome = type === "dead" ? { type, error: "gone" } : { type, result: null };
          yield* desk.commit({ done: [{ ...again, outcome: end }] });
          assert.isNotNull(yield* read(desk, (yield* desk.newJob({ unique })).id));
        }),
      }),
    ),
    {
      test: "a job that ends can be followed by one with its key in the same commit",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const unique = { key: "sweep", until: "ended" } as const;
        yield* desk.newJob({ unique });
        const { job: _, ...claim } = yield* claimJob(desk);
        const next = newJob(yield* desk.id("job"), desk.kind, { unique, runAt: time(60_000) });
        yield* desk.commit({ jobs: [next], done: [{ ...claim, outcome: { type: "finished", result: null } }] });
        assert.deepInclude(yield* read(desk, next.id), { state: "waiting" });
      }),
    },
    {
      test: "of many jobs added at once with one key exactly one is there, and no commit fails",
      body: Effect.gen(function* () {
        const [desk, other] = [yield* makeDesk, yield* makeDesk];
        const unique = { key: "one", until: "claimed" } as const;
        yield* Effect.all(
          upTo(20).map((n) => (n === 0 ? other : desk).newJob({ unique })),
          { concurrency: "unbounded" },
        );
        const [one, two] = (yield* desk.ids("job", 2)) as [number, number];
        yield* desk.commit({ jobs: [newJob(one, desk.kind, { unique }), newJob(two, desk.kind, { unique })] });
        assert.lengthOf(yield* claimAll(desk), 1);
        assert.lengthOf(yield* claimAll(other), 1);
      }),
    },
  ],
};
