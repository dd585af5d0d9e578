import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { Storage } from "../../src/Storage.ts";
import { Passwords } from "../../src/user/Passwords.ts";
import { Users } from "../../src/user/Users.ts";
import { asSystem, changesNothing, desk, everything, failureOf, people, person } from "../TestDesk.ts";

const tag = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(failureOf(effect), ({ _tag }) => _tag);

/** A hash is meant to take its time. */
const slowly = 60_000;

describe("passwords", () => {
  it.effect(
    "let in who knows them, and nobody else, and are told by no call",
    () =>
      Effect.gen(function* () {
        const [users, passwords, storage] = [yield* Users, yield* Passwords, yield* Storage];
        const ada = yield* person("customer", { email: "ada@example.com" });
        const check = (email: string, password: string) => asSystem(passwords.check(email, password));
        assert.isNull(yield* check("ada@example.com", "correct horse"));
        yield* asSystem(passwords.set(ada.id, "correct horse"));
        assert.strictEqual((yield* check(" ADA@example.com", "correct horse"))?.id, ada.id);
        for (const [email, password] of [
          ["ada@example.com", "wrong horse"],
          ["ada@example.com", ""],
          ["ada@example.com", "correct horse "],
          ["eve@example.com", "correct horse"],
          ["", "correct horse"],
        ] as const)
          assert.isNull(yield* check(email, password));
        const seen = [
          yield* asSystem(users.get(ada.id)),
          yield* everything(),
          yield* storage.records("default", "password"),
        ];
        assert.notInclude(JSON.stringify(seen), "horse");
        yield* asSystem(passwords.set(ada.id, "another horse"));
        assert.isNull(yield* check("ada@example.com", "correct horse"));
        assert.strictEqual((yield* check("ada@example.com", "another horse"))?.id, ada.id);
        yield* asSystem(users.update(ada.id, { active: false }));
        assert.isNull(yield* check("ada@example.com", "another horse"));
      }).pipe(desk()),
    slowly,
  );

  it.effect(
    "are the same however their letters were typed, odd ones and long ones too",
    () =>
      Effect.gen(function* () {
        const passwords = yield* Passwords;
        const ada = yield* person("customer", { email: "ada@example.com" });
        const opens = (typed: string) => asSystem(passwords.check("ada@example.com", typed));
        for (const [set, typed] of [
          ["Amélie Poulain", "Ame\u0301lie Poulain"],
          ["nul\0nul\0nul", "nul\0nul\0nul"],
          ["lone \uD800 half", "lone \uD800 half"],
          ["x".repeat(1000), "x".repeat(1000)],
        ] as const) {
          yield* asSystem(passwords.set(ada.id, set));
          assert.strictEqual((yield* opens(typed))?.id, ada.id);
          assert.isNull(yield* opens(`${typed.slice(1)}?`));
        }
      }).pipe(desk()),
    slowly,
  );

  it.effect(
    "are set by admins and the helpdesk alone, and checked by whoever may look users up",
    () =>
      Effect.gen(function* () {
        const [passwords, { ada, agent, admin }] = [yield* Passwords, yield* people];
        for (const who of [ada, agent])
          for (const id of [ada.id, admin.id, 999])
            assert.strictEqual(yield* tag(changesNothing(who.does(passwords.set(id, "correct horse")))), "NotAllowed");
        yield* admin.does(passwords.set(ada.id, "correct horse"));
        assert.strictEqual(yield* tag(ada.does(passwords.check("ada@example.com", "x"))), "NotAllowed");
      }).pipe(desk()),
    slowly,
  );
});
