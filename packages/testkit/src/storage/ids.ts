import type { IdKind, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";

const others: ReadonlyArray<IdKind> = ["message", "user", "file", "record", "job"];
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Ids that nobody else gets. */
export const ids: Group<Storage> = {
  about: "ids",
  cases: [
    {
      test: "tickets count up from 1 in each tenant",
      body: Effect.gen(function* () {
        const [one, other] = [yield* makeDesk, yield* makeDesk];
        assert.deepStrictEqual(yield* one.ids("ticket", 3), [1, 2, 3]);
        assert.deepStrictEqual(yield* other.ids("ticket", 2), [1, 2]);
        assert.deepStrictEqual(yield* one.ids("ticket", 1), [4]);
      }),
    },
    {
      test: "as many of each kind as asked are answered, and no kind that was not",
      body: Effect.gen(function* () {
        const { storage, tenant } = yield* makeDesk;
        const reserved = yield* storage.reserve(tenant, { ticket: 1, message: 2, user: 3, file: 4, record: 5, job: 6 });
        const counts = Object.entries(reserved).map(([kind, ids]) => [kind, ids.length]);
        assert.deepStrictEqual(Object.fromEntries(counts), {
          ticket: 1,
          message: 2,
          user: 3,
          file: 4,
          record: 5,
          job: 6,
        });
        for (const id of Object.values(reserved).flat()) assert.isTrue(Number.isSafeInteger(id) && id > 0, String(id));
        assert.hasAllKeys(yield* storage.reserve(tenant, { job: 1 }), ["job"]);
        assert.deepStrictEqual(yield* storage.reserve(tenant, {}), {});
      }),
    },
    {
      test: "fifty callers at once all get ids of their own, growing with each call",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const wanted = { ticket: 2, message: 2, user: 2, file: 2, record: 2, job: 2 };
        const reserved = yield* Effect.all(
          upTo(50).map(() => desk.storage.reserve(desk.tenant, wanted)),
          { concurrency: "unbounded" },
        );
        const all = (kind: IdKind) => reserved.flatMap((each) => each[kind] ?? []);
        assert.sameMembers([...all("ticket")], upTo(100));
        for (const kind of others) {
          assert.lengthOf(new Set(all(kind)), 100, kind);
          const [next] = yield* desk.ids(kind, 1);
          assert.isAbove(next as number, Math.max(...all(kind)), kind);
        }
        for (const each of reserved)
          for (const ids of Object.values(each))
            assert.deepStrictEqual(
              ids,
              ids.toSorted((a, b) => a - b),
            );
      }),
    },
    {
      test: "jobs of two tenants never have one id",
      body: Effect.gen(function* () {
        const desks = [yield* makeDesk, yield* makeDesk];
        const ids = yield* Effect.all(
          upTo(20).map((n) => (desks[n % 2] as (typeof desks)[0]).ids("job", 5)),
          { concurrency: "unbounded" },
        );
        assert.lengthOf(new Set(ids.flat()), 100);
      }),
    },
  ],
};
