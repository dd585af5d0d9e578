import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import { Helpdesk } from "../../src/Helpdesk.ts";
import { makeMemoryStorage } from "../../src/memory/MemoryStorage.ts";
import { Lists } from "../../src/queue/Lists.ts";
import { Storage } from "../../src/Storage.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import {
  asSystem,
  asTimePasses,
  changesNothing,
  desk,
  everything,
  failureOf,
  farMemory,
  people,
  refusedFields,
} from "../TestDesk.ts";

const usual = ["low", "normal", "high", "urgent"];
const keys = (entries: ReadonlyArray<{ readonly key: string }>) => entries.map(({ key }) => key);

describe("a list", () => {
  it.effect("begins with what the helpdesk was told, written once however many read it first", () =>
    Effect.gen(function* () {
      const lists = yield* Lists;
      const reads = Effect.replicateEffect(asSystem(lists.priorities.list()), 15, { concurrency: "unbounded" });
      for (const entries of yield* asTimePasses(reads)) assert.deepStrictEqual(keys(entries), usual);
      assert.lengthOf((yield* everything()).events, 4);
      assert.deepStrictEqual(yield* asSystem(lists.queues.list()), []);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("grows at its end, or where its rank says, with keys made from names", () =>
    Effect.gen(function* () {
      const { priorities, queues } = yield* Lists;
      assert.deepInclude(yield* asSystem(priorities.create({ name: "On Fire!" })), { key: "on-fire", rank: 4 });
      yield* asSystem(priorities.create({ name: "Idle", rank: -1 }));
      assert.deepStrictEqual(keys(yield* asSystem(priorities.list())), ["idle", ...usual, "on-fire"]);
      const queue = yield* asSystem(
        queues.create({ name: "Письма", key: "Own key", policies: { withoutThread: "always-new" } }),
      );
      assert.deepInclude(queue, { key: "Own key", rank: 0, active: true, version: 1 });
      assert.deepStrictEqual(queue.policies, { withoutThread: "always-new" });
    }).pipe(desk()),
  );

  it.effect("keeps the priority that tickets have which name none", () =>
    Effect.gen(function* () {
      const { priorities, queues } = yield* Lists;
      yield* asSystem(queues.create({ name: "normal" }));
      for (const call of [priorities.remove("normal"), priorities.update("normal", { active: false })])
        assert.deepStrictEqual(yield* refusedFields(changesNothing(asSystem(call))), ["key"]);
      yield* asSystem(priorities.update("normal", { name: "Usual" }));
      yield* asSystem(priorities.remove("low"));
      yield* asSystem(queues.remove("normal"));
      assert.deepStrictEqual(keys(yield* asSystem(priorities.list())), ["normal", "high", "urgent"]);
    }).pipe(desk()),
  );

  it.effect("has each key once, however many race for it", () =>
    Effect.gen(function* () {
      const { queues } = yield* Lists;
      const exits = yield* asTimePasses(
        Effect.replicateEffect(Effect.exit(asSystem(queues.create({ name: "Billing" }))), 10, {
          concurrency: "unbounded",
        }),
      );
      for (const exit of exits)
        if (exit._tag === "Failure") assert.deepStrictEqual(yield* refusedFields(exit), ["name"]);
      assert.deepStrictEqual(keys(yield* asSystem(queues.list())), ["billing"]);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("loses no entry that tickets have: they keep it, and no other takes it, until it is back", () =>
    Effect.gen(function* () {
      const [lists, tickets, { ada, admin }] = [yield* Lists, yield* Tickets, yield* people];
      yield* ada.does(tickets.open({ subject: "s", text: "t", priority: "high" }));
      yield* ada.does(tickets.open({ subject: "s", text: "t" }));
      yield* admin.does(lists.priorities.remove("high"));
      assert.deepStrictEqual(keys(yield* ada.does(lists.priorities.list())), ["low", "normal", "urgent"]);
      assert.deepStrictEqual(keys(yield* ada.does(lists.priorities.list({ removed: true }))), usual);
      assert.strictEqual((yield* admin.does(tickets.update(1, { priority: "high", subject: "x" }))).priority, "high");
      assert.deepStrictEqual(yield* refusedFields(admin.does(tickets.update(2, { priority: "high" }))), ["priority"]);
      assert.deepStrictEqual(yield* refusedFields(admin.does(lists.priorities.create({ name: "High" }))), ["name"]);
      yield* admin.does(lists.priorities.update("high", { active: true, name: "Hot" }));
      assert.strictEqual((yield* admin.does(tickets.update(2, { priority: "high" }))).priority, "high");
    }).pipe(desk()),
  );

  it.effect("is admins' to change and everybody's to read", () =>
    Effect.gen(function* () {
      const [{ queues }, { ada, agent, admin }] = [yield* Lists, yield* people];
      yield* admin.does(queues.create({ name: "Billing" }));
      for (const who of [ada, agent])
        for (const call of [
          queues.create({ name: "x" }),
          queues.update("billing", { name: "x" }),
          queues.remove("billing"),
        ])
          assert.strictEqual((yield* failureOf(changesNothing(who.does(call))))._tag, "NotAllowed");
      assert.lengthOf(yield* ada.does(queues.list()), 1);
    }).pipe(desk()),
  );

  it.effect("changes with `ifVersion` only as it was, and knows what is not in it", () =>
    Effect.gen(function* () {
      const { queues, categories } = yield* Lists;
      yield* asSystem(queues.create({ name: "Billing" }));
      yield* asSystem(queues.update("billing", { name: "Money" }, { ifVersion: 1 }));
      const stale = yield* failureOf(
        changesNothing(asSystem(queues.update("billing", { name: "x" }, { ifVersion: 1 }))),
      );
      assert.deepInclude(stale, { _tag: "Conflict", kind: "queue", id: "billing" });
      for (const key of ["nowhere", "constructor", "", undefined as never])
        for (const call of [queues.update(key, { name: "x" }), queues.remove(key), categories.remove("billing")])
          assert.strictEqual((yield* failureOf(changesNothing(asSystem(call))))._tag, "NotFound");
    }).pipe(desk()),
  );

  it.effect("changed to what it is already is no change", () =>
    Effect.gen(function* () {
      const { queues } = yield* Lists;
      const entry = yield* asSystem(queues.create({ name: "Billing", policies: { withoutThread: "always-new" } }));
      const same = { name: "Billing", rank: 0, active: true, policies: { withoutThread: "always-new" } } as const;
      assert.deepStrictEqual(yield* changesNothing(asSystem(queues.update("billing", same))), entry);
      yield* asSystem(queues.remove("billing"));
      yield* changesNothing(asSystem(queues.remove("billing")));
    }).pipe(desk()),
  );

  it.effect("of many changes at once keeps each", () =>
    Effect.gen(function* () {
      const { queues } = yield* Lists;
      yield* asSystem(queues.create({ name: "Billing" }));
      const ranks = Array.from({ length: 12 }, (_, rank) => asSystem(queues.update("billing", { rank })));
      yield* asTimePasses(Effect.all(ranks, { concurrency: "unbounded" }));
      assert.strictEqual((yield* asSystem(queues.list()))[0]?.version, 13);
    }).pipe(desk({ storage: farMemory() })),
  );
});

describe("what another process did to a list", () => {
  it.effect("counts at once where it adds, and after seconds where it takes away", () =>
    Effect.gen(function* () {
      const storage = Layer.succeed(Storage, makeMemoryStorage());
      const elsewhere = <A, E>(body: Effect.Effect<A, E, Lists>) => Effect.provide(body, Helpdesk.layer({ storage }));
      const open = Effect.flatMap(Tickets, (tickets) =>
        asSystem(tickets.open({ subject: "s", text: "t", requester: { externalId: "u" }, queue: "new" })),
      );
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* refusedFields(open), ["queue"]);
        yield* elsewhere(Effect.flatMap(Lists, ({ queues }) => asSystem(queues.create({ name: "new" }))));
        yield* open;
        yield* elsewhere(Effect.flatMap(Lists, ({ queues }) => asSystem(queues.remove("new"))));
        yield* TestClock.adjust("6 seconds");
        assert.deepStrictEqual(yield* refusedFields(open), ["queue"]);
      }).pipe(Effect.provide(Helpdesk.layer({ storage })));
    }),
  );
});
