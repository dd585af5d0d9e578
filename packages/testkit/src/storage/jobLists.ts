import type { Outcome, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { claimAll, claimJob } from "./claims.ts";
import { makeDesk } from "./Desk.ts";
import { newJob, time } from "./rows.ts";

/** Jobs are listed, counted and cleared away. */
export const jobLists: Group<Storage> = {
  about: "lists of jobs",
  cases: [
    {
      test: "jobs are listed by id, page by page, by tenant, state, kind and end",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("job", 6);
        yield* desk.commit({ jobs: ids.map((id, n) => newJob(id, n === 5 ? `${desk.kind}-other` : desk.kind)) });
        const [first, second] = yield* claimAll(desk, { limit: 3 });
        yield* desk.commit({
          at: time(100),
          done: [{ id: first?.id ?? 0, token: first?.token ?? "", outcome: { type: "finished", result: 1 } }],
        });
        yield* desk.commit({
          at: time(200),
          done: [{ id: second?.id ?? 0, token: second?.token ?? "", outcome: { type: "dead", error: "x" } }],
        });
        const list = (query: object) =>
          Effect.map(
            desk.storage.jobs({
              tenant: desk.tenant,
              state: null,
              kind: null,
              endedBefore: null,
              after: 0,
              limit: 100,
              ...query,
            }),
            (found) => found.map(({ id }) => ids.indexOf(id)),
          );
        assert.deepStrictEqual(yield* list({}), [0, 1, 2, 3, 4, 5]);
        assert.deepStrictEqual(yield* list({ kind: desk.kind }), [0, 1, 2, 3, 4]);
        assert.deepStrictEqual(yield* list({ tenant: null, kind: desk.kind }), [0, 1, 2, 3, 4]);
        assert.deepStrictEqual(yield* list({ state: "waiting" }), [3, 4, 5]);
        assert.deepStrictEqual(yield* list({ state: "running" }), [2]);
        assert.deepStrictEqual(yield* list({ state: "dead" }), [1]);
        assert.deepStrictEqual(yield* list({ endedBefore: time(100) }), []);
        assert.deepStrictEqual(yield* list({ endedBefore: time(101) }), [0]);
        assert.deepStrictEqual(yield* list({ endedBefore: time(201) }), [0, 1]);
        assert.deepStrictEqual(yield* list({ after: ids[1], limit: 3 }), [2, 3, 4]);
      }),
    },
    {
      test: "jobs are counted by state, and those that finished by the outcome their result names",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.commit({ jobs: (yield* desk.ids("job", 7)).map((id) => newJob(id, desk.kind)) });
        const results = [
          { outcome: "ignored" },
          { outcome: "processed", n: 1 },
          { outcome: "processed" },
          { outcome: 1 },
          null,
        ];
        const [dead, ...claimed] = yield* claimAll(desk, { limit: 6 });
        const done = claimed.map(({ id, token }, index) => {
          const outcome: Outcome = { type: "finished", result: results[index] ?? null };
          return { id, token, outcome };
        });
        yield* desk.commit({ done });
        const { id = 0, token = "" } = dead ?? {};
        yield* desk.commit({ done: [{ id, token, outcome: { type: "dead", error: "x" } }] });
        const counts = (tenant: string, kind: string) =>
          Effect.map(desk.storage.countJobs(tenant, kind), (tallies) =>
            tallies.map(({ state, outcome, count }) => `${state} ${outcome} ${count}`).sort(),
          );
        assert.deepStrictEqual(yield* counts(desk.tenant, desk.kind), [
          "dead null 1",
          "finished ignored 1",
          "finished null 2",
          "finished processed 2",
          "waiting null 1",
        ]);
        assert.deepStrictEqual(yield* counts(desk.tenant, "another"), []);
        assert.deepStrictEqual(yield* counts("another", desk.kind), []);
      }),
    },
    {
      test: "an ended job can be dropped, and dropping it again is no conflict",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const { id } = yield* desk.newJob();
        const { job: _, ...claim } = yield* claimJob(desk);
        yield* desk.commit({ done: [{ ...claim, outcome: { type: "finished", result: null } }] });
        for (const _ of [1, 2]) yield* desk.commit({ drop: [{ kind: "job", id }] });
        assert.isNull(yield* desk.find({ kind: "job", id }));
      }),
    },
  ],
};
