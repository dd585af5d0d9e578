import type { Storage, User } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict, untilWon } from "../expectations.ts";
import { makeDesk } from "./Desk.ts";
import { put, userRow } from "./rows.ts";

const everybody = { role: null, active: null, after: 0, limit: 100 };

/** People and their unique addresses. */
export const users: Group<Storage> = {
  about: "users",
  cases: [
    {
      test: "racing new users with one address make one user",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const key = { kind: "user", email: "new@example.com" } as const;
        const findOrMake = Effect.gen(function* () {
          const found = (yield* desk.find(key)) as User | null;
          return found ?? (yield* desk.newUser({ email: key.email }));
        });
        const made = yield* Effect.all(
          Array.from({ length: 20 }, () => untilWon(findOrMake)),
          {
            concurrency: "unbounded",
          },
        );
        assert.lengthOf(new Set(made.map(({ id }) => id)), 1);
        const all = yield* desk.storage.users(desk.tenant, everybody);
        assert.lengthOf(
          all.filter(({ email }) => email === key.email),
          1,
        );
      }),
    },
    {
      test: "a taken address or external id is a Conflict, and many may have none",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const taken = { email: "a@example.com", externalId: "u-1" };
        const first = yield* desk.newUser(taken);
        const second = yield* desk.newUser();
        yield* desk.newUser({ email: "b@example.com", externalId: "u-2" });
        for (const [field, value] of Object.entries(taken)) {
          assert.strictEqual((yield* expectConflict(desk.newUser({ [field]: value }))).kind, "user");
          yield* expectConflict(desk.put("user", { ...second, [field]: value }));
        }
        const again = yield* desk.put("user", { ...first, name: "Same address" });
        assert.deepStrictEqual(yield* desk.find({ kind: "user", email: taken.email }), again);
      }),
    },
    {
      test: "two new users with one address in one commit are refused",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const [one, two] = (yield* desk.ids("user", 2)) as [number, number];
        const email = "twice@example.com";
        yield* expectConflict(
          desk.commit({ put: [put("user", userRow(one, { email })), put("user", userRow(two, { email }))] }),
        );
        assert.isNull(yield* desk.find({ kind: "user", email }));
      }),
    },
    {
      test: "users are listed by id, page by page, by role and by whether they are active",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const all = [desk.customer];
        for (const role of ["customer", "agent", "admin"] as const)
          for (const active of [true, false]) all.push(yield* desk.newUser({ role, active }));
        for (const role of [null, "customer", "agent", "admin"] as const)
          for (const active of [null, true, false]) {
            const expected = all.filter(
              (user) => (role ?? user.role) === user.role && (active ?? user.active) === user.active,
            );
            assert.deepStrictEqual(yield* desk.storage.users(desk.tenant, { ...everybody, role, active }), expected);
          }
        const second = yield* desk.storage.users(desk.tenant, { ...everybody, after: all[1]?.id ?? 0, limit: 2 });
        assert.deepStrictEqual(second, all.slice(2, 4));
      }),
    },
  ],
};
