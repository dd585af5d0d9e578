import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { makeDesk } from "./Desk.ts";
import { newEvent } from "./rows.ts";

/** Keys that may be used once. */
export const once: Group<Storage> = {
  about: "keys used once",
  cases: [
    {
      test: "a used key is refused and still tells its first result",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.commit({ once: [{ key: "order-17", result: { ticketId: 3 } }] });
        const conflict = yield* expectConflict(desk.commit({ once: [{ key: "order-17", result: null }] }));
        assert.deepInclude({ ...conflict }, { kind: "once", id: "order-17" });
        assert.deepStrictEqual(yield* desk.find({ kind: "once", key: "order-17" }), {
          key: "order-17",
          result: { ticketId: 3 },
        });
      }),
    },
    {
      test: "a result may be any JSON, null included",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const results = [null, false, 0, "", [], {}, "null", 1e300, -0.1, { deep: [{ a: null }] }];
        yield* desk.commit({ once: results.map((result, index) => ({ key: `key-${index}`, result })) });
        for (const [index, result] of results.entries())
          assert.deepStrictEqual(yield* desk.find({ kind: "once", key: `key-${index}` }), {
            key: `key-${index}`,
            result,
          });
      }),
    },
    {
      test: "of twenty commits at once with one key exactly one is applied",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const exits = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => n),
          (n) => Effect.exit(desk.commit({ once: [{ key: "race", result: n }], events: [newEvent(n)] })),
          { concurrency: "unbounded" },
        );
        assert.lengthOf(
          exits.filter(({ _tag }) => _tag === "Success"),
          1,
        );
        const winner = exits.findIndex(({ _tag }) => _tag === "Success");
        assert.deepStrictEqual(yield* desk.find({ kind: "once", key: "race" }), { key: "race", result: winner });
        const { events } = yield* desk.storage.events({ tenant: desk.tenant, ticketId: null, after: 0, limit: 100 });
        assert.lengthOf(events, 1);
      }),
    },
  ],
};
