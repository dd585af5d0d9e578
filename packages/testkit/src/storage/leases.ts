import type { Claim, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { claimAll, claimJob, claimOne } from "./claims.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { newEvent, newJob, time } from "./rows.ts";

const finished = { type: "finished", result: null } as const;

/** Claims a job for ten seconds, lets them pass, and lets another take it. */
const loseOne = Effect.fnUntraced(function* (desk: Desk) {
  yield* desk.newJob();
  const [lost] = yield* claimAll(desk, { now: time(), until: time(10_000) });
  assert.deepStrictEqual(yield* claimAll(desk, { now: time(9_999) }), [], "claimed before it ran out");
  const [taken] = yield* claimAll(desk, { now: time(10_000) });
  assert.isDefined(lost);
  assert.isDefined(taken);
  assert.deepInclude(taken.job, { id: lost.id, attempts: 2 });
  return [claimOf(lost), claimOf(taken)] as const;
});

const claimOf = ({ id, token }: Claim): Claim => ({ id, token });
const expectHeld = (desk: Desk, claim: Claim) => desk.commit({ held: [claim] });

/** Who holds a job until when. */
export const leases: Group<Storage> = {
  about: "leases",
  cases: [
    {
      test: "a job whose lease ran out is taken by another, and the first can't end it, hold by it or extend it",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const [lost, taken] = yield* loseOne(desk);
        const conflict = yield* expectConflict(desk.commit({ done: [{ ...lost, outcome: finished }] }));
        assert.deepInclude({ ...conflict }, { kind: "job", id: lost.id });
        yield* expectConflict(desk.commit({ held: [lost], events: [newEvent(1)] }));
        assert.deepStrictEqual(yield* desk.storage.extend([lost], time(90_000)), []);
        assert.deepStrictEqual(yield* desk.storage.extend([lost], null), []);
        yield* expectHeld(desk, taken);
        yield* desk.commit({ done: [{ ...taken, outcome: finished }] });
        yield* expectConflict(desk.commit({ done: [{ ...taken, outcome: finished }] }));
      }),
    },
    {
      test: "a lease that ran out and that nobody took is still held",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.newJob();
        const claim = yield* claimOne(desk);
        yield* desk.commit({ at: time(999_999), held: [claim] });
        assert.deepStrictEqual(yield* desk.storage.extend([claim], time(2_000_000)), [claim.id]);
        assert.deepStrictEqual(yield* claimAll(desk, { now: time(1_999_999) }), []);
      }),
    },
    {
      test: "a lease that is extended holds until the later time, and those that were lost are left out of the answer",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const [lost, taken] = yield* loseOne(desk);
        yield* desk.newJob();
        const other = yield* claimOne(desk);
        const held = yield* desk.storage.extend([lost, taken, other, { id: 0, token: "unknown" }], time(500_000));
        assert.sameMembers([...held], [taken.id, other.id]);
        assert.deepStrictEqual(yield* claimAll(desk, { now: time(499_999) }), []);
        assert.lengthOf(yield* claimAll(desk, { now: time(500_000) }), 2);
        assert.deepStrictEqual(yield* desk.storage.extend([], time(1)), []);
      }),
    },
    {
      test: "a job given back is due at once, and its try does not count",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const { id } = yield* desk.newJob();
        const claim = yield* claimOne(desk);
        assert.deepStrictEqual(yield* desk.storage.extend([claim], null), [id]);
        assert.deepInclude(yield* desk.find({ kind: "job", id }), { state: "waiting", attempts: 0, runAt: time() });
        yield* expectConflict(desk.commit({ done: [{ ...claim, outcome: finished }] }));
        const again = yield* claimJob(desk);
        assert.deepInclude(again.job, { id, attempts: 1 });
      }),
    },
    {
      test: "a job that goes on keeps its lease, and whoever takes it over gets its last payload",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.newJob({ payload: { cursor: 0 } });
        const claim = yield* claimOne(desk);
        for (const cursor of [1, 2, 3])
          yield* desk.commit({
            done: [{ ...claim, outcome: { type: "going", payload: { cursor } } }],
            events: [newEvent(cursor)],
          });
        assert.deepStrictEqual(yield* claimAll(desk, { now: time(59_999) }), []);
        const next = yield* claimJob(desk, time(60_000));
        assert.deepInclude(next.job, { payload: { cursor: 3 }, attempts: 2 });
        const stale = { ...claim, outcome: { type: "going", payload: { cursor: 4 } } } as const;
        yield* expectConflict(desk.commit({ done: [stale], events: [newEvent(4)] }));
        const { events } = yield* desk.storage.events({ tenant: desk.tenant, ticketId: null, after: 0, limit: 10 });
        assert.lengthOf(events, 3);
      }),
    },
    {
      test: "when the holder ends a job just as another takes it over, exactly one of them has it",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        for (let round = 0; round < 20; round++) {
          const { id } = yield* desk.newJob();
          const [first] = yield* claimAll(desk, { until: time(1) });
          assert.isDefined(first);
          const claim = claimOf(first);
          const [end, taken] = yield* Effect.all(
            [Effect.exit(desk.commit({ done: [{ ...claim, outcome: finished }] })), claimAll(desk, { now: time(2) })],
            { concurrency: "unbounded" },
          );
          const job = yield* desk.find({ kind: "job", id });
          if (end._tag === "Success") {
            assert.deepStrictEqual(taken, [], "ended and taken over");
            assert.deepInclude(job, { state: "finished" });
          } else {
            assert.deepInclude(job, { state: "running", attempts: 2 });
            const [next] = taken;
            assert.isDefined(next);
            yield* desk.commit({ done: [{ ...claimOf(next), outcome: finished }] });
          }
        }
      }),
    },
    {
      test: "a job of a commit that was refused can't be claimed",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.commit({ once: [{ key: "used", result: null }] });
        const job = newJob(yield* desk.id("job"), desk.kind);
        yield* expectConflict(desk.commit({ jobs: [job], once: [{ key: "used", result: null }] }));
        assert.deepStrictEqual(yield* claimAll(desk), []);
      }),
    },
  ],
};
