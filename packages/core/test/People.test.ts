import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { defaultTenant } from "../src/Actor.ts";
import { People } from "../src/People.ts";
import { Storage } from "../src/Storage.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import type { UserRef } from "../src/user/User.ts";
import { Users } from "../src/user/Users.ts";
import { asSystem, asTimePasses, changesNothing, desk, farMemory, people, person, refusedFields } from "./TestDesk.ts";

const actor = (role: "customer" | "agent" | "admin", user: UserRef, tenant = defaultTenant) =>
  Effect.flatMap(People, (service) => service.actorOf(tenant, role, user));
const stored = (id: number | null) => Effect.flatMap(Users, (users) => asSystem(users.get(id as number)));

describe("whom the host vouches for", () => {
  it.effect("is created once, however many calls race", () =>
    Effect.gen(function* () {
      const racers = Array.from({ length: 30 }, (_, index) =>
        actor(index % 2 === 0 ? "customer" : "agent", { externalId: "u", name: `Ada ${index % 3}` }),
      );
      const found = yield* asTimePasses(Effect.all(racers, { concurrency: "unbounded" }));
      assert.lengthOf(new Set(found.map(({ user }) => user)), 1);
      assert.lengthOf(yield* asSystem((yield* Users).list()), 1);
      assert.strictEqual((yield* stored(found[0]?.user ?? null)).role, "agent");
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("is raised to a role and never lowered", () =>
    Effect.gen(function* () {
      const roles = ["customer", "agent", "customer", "admin", "agent", "customer"] as const;
      const seen = yield* Effect.forEach(
        roles,
        Effect.fnUntraced(function* (role) {
          const who = yield* actor(role, { externalId: "u" });
          assert.strictEqual(who.role, role);
          return (yield* stored(who.user)).role;
        }),
      );
      assert.deepStrictEqual(seen, ["customer", "agent", "agent", "admin", "admin", "admin"]);
    }).pipe(desk()),
  );

  it.effect("is kept up to date with what the host says of them, and loses nothing it leaves out", () =>
    Effect.gen(function* () {
      const { user } = yield* actor("customer", { externalId: "u", name: "Ada", email: " Ada@Example.com " });
      assert.deepInclude(yield* stored(user), { name: "Ada", email: "ada@example.com" });
      yield* actor("customer", { externalId: "u", name: "Ada L." });
      assert.deepInclude(yield* stored(user), { name: "Ada L.", email: "ada@example.com", version: 2 });
      yield* changesNothing(actor("customer", { externalId: "u", email: "ADA@example.com" }));
    }).pipe(desk()),
  );

  it.effect("has changes told by the fields that changed", () =>
    Effect.gen(function* () {
      const storage = yield* Storage;
      yield* actor("customer", { externalId: "u" });
      yield* actor("agent", { externalId: "u", name: "Ada" });
      const { events } = yield* storage.events({ tenant: null, ticketId: null, after: 0, limit: 10 });
      assert.deepStrictEqual(
        events.map((event) => (event.type === "UserChanged" ? event.fields : event.type)),
        ["UserAdded", ["role", "name"]],
      );
    }).pipe(desk()),
  );

  it.effect("by a number must be a user of that tenant", () =>
    Effect.gen(function* () {
      const ada = yield* person("customer", {}, "a");
      assert.strictEqual((yield* actor("customer", ada.id, "a")).user, ada.id);
      for (const id of [ada.id, 0, -1, 1.5, Number.NaN, "1" as never])
        assert.deepStrictEqual(yield* refusedFields(actor("customer", id, "b")), ["user"]);
    }).pipe(desk()),
  );

  it.effect("is refused where it can be nobody, by the field", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<unknown> = [
        { externalId: "" },
        { externalId: "x".repeat(501) },
        { externalId: 5 },
        { externalId: "u", email: "nonsense" },
        { externalId: "u", admin: true },
        {},
      ];
      for (const ref of wrong)
        assert.match((yield* refusedFields(actor("customer", ref as UserRef)))[0] ?? "", /^user/);
      assert.isNull((yield* stored((yield* actor("customer", { externalId: "u", email: " " })).user)).email);
    }).pipe(desk()),
  );

  it.effect("is another in another tenant", () =>
    Effect.gen(function* () {
      const [a, b] = [
        yield* actor("customer", { externalId: "u" }, "a"),
        yield* actor("agent", { externalId: "u" }, "b"),
      ];
      assert.notStrictEqual(a.user, b.user);
      const storage = yield* Storage;
      const [found] = yield* storage.users("a", { role: null, active: null, after: 0, limit: 10 });
      assert.strictEqual(found?.role, "customer");
    }).pipe(desk()),
  );
});

describe("an address", () => {
  it.effect("that the host verified joins the user who wrote from it, tickets and all", () =>
    Effect.gen(function* () {
      const tickets = yield* Tickets;
      const writer = yield* person("customer", { email: "ada@example.com" });
      yield* writer.does(tickets.open({ subject: "s", text: "t" }));
      const { user } = yield* actor("customer", { externalId: "u", email: "Ada@example.com", emailVerified: true });
      assert.strictEqual(user, writer.id);
      assert.deepInclude(yield* stored(user), { externalId: "u", email: "ada@example.com" });
    }).pipe(desk()),
  );

  it.effect("that somebody merely claims opens nobody's tickets, and stays its owner's", () =>
    Effect.gen(function* () {
      const writer = yield* person("customer", { email: "ada@example.com" });
      for (const emailVerified of [undefined, false]) {
        const claims = {
          externalId: "thief",
          email: "ada@example.com",
          ...(emailVerified === false && { emailVerified }),
        };
        const { user } = yield* actor("customer", claims);
        assert.notStrictEqual(user, writer.id);
        assert.isNull((yield* stored(user)).email);
      }
      assert.deepInclude(yield* stored(writer.id), { externalId: null, email: "ada@example.com" });
    }).pipe(desk()),
  );

  it.effect("of a user whom the host knows by another id joins nobody, verified or not", () =>
    Effect.gen(function* () {
      const one = yield* actor("customer", { externalId: "one", email: "ada@example.com", emailVerified: true });
      const two = yield* actor("customer", { externalId: "two", email: "ada@example.com", emailVerified: true });
      assert.notStrictEqual(one.user, two.user);
      assert.strictEqual((yield* stored(one.user)).externalId, "one");
    }).pipe(desk()),
  );
});

describe("naming somebody, not as the actor", () => {
  const name = (ref: UserRef) =>
    Effect.flatMap(People, (service) => service.idOf(defaultTenant, ref, "agent", "assignee"));

  it.effect("creates them where their id is new, and brings a customer up to date", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* stored(yield* name({ externalId: "new", name: "New" })), {
        role: "agent",
        name: "New",
      });
      const { ada } = yield* people;
      assert.strictEqual(yield* name({ externalId: "ada", name: "Ada L." }), ada.id);
      assert.deepInclude(yield* stored(ada.id), { name: "Ada L.", role: "customer" });
    }).pipe(desk()),
  );

  it.effect("changes nothing about agents and admins, and joins none of them", () =>
    Effect.gen(function* () {
      const boss = yield* person("admin", { externalId: "boss", email: "boss@example.com" });
      const mail = yield* person("agent", { email: "agent@example.com" });
      yield* changesNothing(
        name({ externalId: "boss", name: "Nobody", email: "thief@example.com", emailVerified: true }),
      );
      const other = yield* name({ externalId: "x", email: "agent@example.com", emailVerified: true });
      assert.notStrictEqual(other, mail.id);
      assert.deepInclude(yield* stored(boss.id), { email: "boss@example.com", name: null });
      assert.isNull((yield* stored(mail.id)).externalId);
    }).pipe(desk()),
  );

  it.effect("by a number that is nobody's is refused by the field", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refusedFields(name(12_345)), ["assignee"]);
    }).pipe(desk()),
  );
});
