import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { Passwords } from "../../src/user/Passwords.ts";
import { Users } from "../../src/user/Users.ts";
import {
  asSystem,
  asTimePasses,
  changesNothing,
  desk,
  everything,
  failureOf,
  farMemory,
  people,
  person,
  refusedFields,
} from "../TestDesk.ts";

const tag = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(failureOf(effect), ({ _tag }) => _tag);

describe("users", () => {
  it.effect(
    "are customers unless said otherwise, and found by address without regard to case, or by the host's id",
    () =>
      Effect.gen(function* () {
        const users = yield* Users;
        const ada = yield* asSystem(
          users.create({ name: "Ada", email: " Ada@Example.com", externalId: "7", locale: "en-GB" }),
        );
        assert.deepInclude(ada, {
          role: "customer",
          email: "ada@example.com",
          active: true,
          version: 1,
          locale: "en-GB",
        });
        assert.deepStrictEqual(yield* asSystem(users.get(ada.id)), ada);
        assert.deepStrictEqual(yield* asSystem(users.find({ email: "ADA@example.COM " })), ada);
        assert.deepStrictEqual(yield* asSystem(users.find({ externalId: "7" })), ada);
        for (const nobody of [{ email: "" }, { email: "eve@example.com" }, { externalId: "8" }, { externalId: "" }])
          assert.isNull(yield* asSystem(users.find(nobody)));
      }).pipe(desk()),
  );

  it.effect("have an address and an id of the host's to themselves, however many race for it", () =>
    Effect.gen(function* () {
      const users = yield* Users;
      const racers = Array.from({ length: 20 }, (_, index) =>
        Effect.exit(asSystem(users.create({ email: index % 2 ? "ada@example.com" : "ADA@example.com" }))),
      );
      const exits = yield* asTimePasses(Effect.all(racers, { concurrency: "unbounded" }));
      assert.lengthOf(
        exits.filter(({ _tag }) => _tag === "Success"),
        1,
      );
      for (const exit of exits)
        if (exit._tag === "Failure") assert.deepStrictEqual(yield* refusedFields(exit), ["email"]);
      assert.lengthOf((yield* everything()).users, 1);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("change by field, told by field, and not at all where nothing differs", () =>
    Effect.gen(function* () {
      const [users, { ada, agent }] = [yield* Users, yield* people];
      yield* TestClock.setTime(60_000);
      const after = yield* agent.does(users.update(ada.id, { name: null, email: "ADA@x.org", active: false }));
      assert.deepInclude(after, { name: null, email: "ada@x.org", active: false, version: 2, externalId: "ada" });
      assert.deepStrictEqual(after.updatedAt, new Date(60_000));
      const { events } = yield* everything();
      assert.deepInclude(events.at(-1), { type: "UserChanged", userId: ada.id, fields: ["name", "email", "active"] });
      yield* changesNothing(agent.does(users.update(ada.id, { name: null, email: "ada@x.ORG" })));
      assert.strictEqual((yield* agent.does(users.update(ada.id, { email: null }))).email, null);
    }).pipe(desk()),
  );

  it.effect("change with `ifVersion` only as they were, even to what they are", () =>
    Effect.gen(function* () {
      const [users, { ada, agent }] = [yield* Users, yield* people];
      yield* agent.does(users.update(ada.id, { name: "A" }, { ifVersion: 1 }));
      for (const change of [{ name: "B" }, { name: "A" }]) {
        const error = yield* failureOf(changesNothing(agent.does(users.update(ada.id, change, { ifVersion: 1 }))));
        assert.deepInclude(error, { _tag: "Conflict", kind: "user", id: ada.id });
      }
    }).pipe(desk()),
  );

  it.effect("are agents' to change where they are customers, admins' all of them, and nobody raises themselves", () =>
    Effect.gen(function* () {
      const [users, { ada, bob, agent, admin }] = [yield* Users, yield* people];
      const other = yield* person("agent");
      for (const refused of [
        agent.does(users.create({ role: "agent" })),
        agent.does(users.update(agent.id, { role: "admin" })),
        agent.does(users.update(agent.id, { name: "Me" })),
        agent.does(users.update(other.id, { name: "You" })),
        agent.does(users.update(ada.id, { role: "agent" })),
        ada.does(users.create({})),
        ada.does(users.update(ada.id, { role: "admin" })),
        ada.does(users.update(bob.id, { name: "x" })),
        ada.does(users.update(999, { name: "x" })),
      ])
        assert.strictEqual(yield* tag(changesNothing(refused)), "NotAllowed");
      assert.strictEqual((yield* agent.does(users.create({ name: "New" }))).role, "customer");
      assert.strictEqual((yield* admin.does(users.update(agent.id, { role: "admin" }))).role, "admin");
    }).pipe(desk()),
  );

  it.effect("are listed by role, by whether they are active, by id, in pages", () =>
    Effect.gen(function* () {
      const [users, { ada, bob, agent, admin }] = [yield* Users, yield* people];
      yield* admin.does(users.update(bob.id, { active: false }));
      const ids = (query?: object) => Effect.map(agent.does(users.list(query)), (list) => list.map(({ id }) => id));
      assert.deepStrictEqual(yield* ids(), [ada.id, bob.id, agent.id, admin.id]);
      assert.deepStrictEqual(yield* ids({ role: "customer" }), [ada.id, bob.id]);
      assert.deepStrictEqual(yield* ids({ role: "customer", active: true }), [ada.id]);
      assert.deepStrictEqual(yield* ids({ active: false }), [bob.id]);
      assert.deepStrictEqual(yield* ids({ limit: 2, after: ada.id }), [bob.id, agent.id]);
      assert.sameMembers(yield* ids({ ids: [admin.id, 999, ada.id, ada.id] }), [ada.id, admin.id]);
      assert.deepStrictEqual(yield* ids({ ids: [] }), []);
    }).pipe(desk()),
  );

  it.effect("that are not there are NotFound, and so is what is no id", () =>
    Effect.gen(function* () {
      const [users, passwords, { ada, admin }] = [yield* Users, yield* Passwords, yield* people];
      for (const id of [999, 0, -1, Number.NaN, "1", null] as ReadonlyArray<number>)
        for (const call of [users.get(id), users.update(id, { name: "x" }), passwords.set(id, "12345678")])
          assert.strictEqual(yield* tag(changesNothing(admin.does(call))), "NotFound");
      for (const id of [admin.id, 999, Number.NaN, undefined] as ReadonlyArray<number>)
        assert.match((yield* failureOf(ada.does(users.get(id)))).message, /^There is no user /);
    }).pipe(desk()),
  );

  it.effect("who left keep what they have and are given nothing new", () =>
    Effect.gen(function* () {
      const [users, tickets, { ada, agent, admin }] = [yield* Users, yield* Tickets, yield* people];
      yield* ada.does(tickets.open({ subject: "s", text: "t" }));
      yield* ada.does(tickets.open({ subject: "s", text: "t" }));
      yield* admin.does(tickets.update(1, { assignee: agent.id }));
      yield* admin.does(users.update(agent.id, { active: false }));
      assert.strictEqual(
        (yield* admin.does(tickets.update(1, { subject: "x", assignee: agent.id }))).assignee,
        agent.id,
      );
      assert.deepStrictEqual(yield* refusedFields(admin.does(tickets.update(2, { assignee: agent.id }))), ["assignee"]);
    }).pipe(desk()),
  );
});
