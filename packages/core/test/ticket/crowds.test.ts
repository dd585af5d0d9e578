import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { Feed } from "../../src/Feed.ts";
import { Helpdesk } from "../../src/Helpdesk.ts";
import { Storage } from "../../src/Storage.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { Dice } from "../Dice.ts";
import { asTimePasses, desk, everything, farMemory, people } from "../TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };
const reopen = { followUp: { type: "reopen" } } as const;
const atOnce = { concurrency: "unbounded" } as const;

describe("many at once on one ticket", () => {
  it.effect("keep every message, every change and counts that equal a recount", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, agent, admin }] = [yield* Tickets, yield* Messages, yield* people];
      yield* ada.does(tickets.open(printer));
      const dice = new Dice(7);
      const writers = Array.from({ length: 50 }, (_, index) => {
        const text = `${index}`;
        switch (index % 5) {
          case 0:
          case 1:
            return ada.does(messages.reply(1, { text }));
          case 2:
            return agent.does(messages.reply(1, { text }));
          case 3:
            return admin.does(messages.note(1, { text }));
          default:
            return admin.does(tickets.update(1, { custom: { [text]: dice.int(0, 9) } }));
        }
      });
      yield* Effect.all(writers, atOnce);
      const ticket = yield* admin.does(tickets.get(1));
      const list = yield* admin.does(messages.list(1));
      assert.deepStrictEqual(
        list.map(({ text }) => text).sort(),
        [
          "It burns.",
          ...Array.from({ length: 50 }, (_, index) => `${index}`).filter((_, index) => index % 5 !== 4),
        ].sort(),
      );
      assert.lengthOf(Object.keys(ticket.custom), 10);
      const {
        tickets: [row],
        events,
      } = yield* everything();
      const sent = (role: string) => list.filter((message) => message.role === role && !message.note).length;
      assert.deepStrictEqual(row?.sent, { customer: sent("customer"), agents: sent("agent") });
      assert.lengthOf(
        events.filter(({ type }) => type === "MessageReceived" || type === "ReplyAdded" || type === "NoteAdded"),
        40,
      );
      for (const who of [ada, agent]) yield* who.does(tickets.markRead(1));
      assert.deepStrictEqual((yield* admin.does(tickets.get(1))).unread, { customer: 0, agents: 0 });
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("of whom some change the same field: each change is made on the one before", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open(printer));
      const moves = ["in_progress", "on_hold", "open", "resolved", "closed", "waiting_for_customer"];
      yield* Effect.forEach(
        Array.from({ length: 60 }, (_, index) => moves[index % moves.length] as string),
        (status) => Effect.ignore(agent.does(tickets.setStatus(1, status))),
        atOnce,
      );
      let status = "open";
      for (const event of yield* agent.does(tickets.history(1)))
        if (event.type === "StatusChanged") {
          assert.strictEqual(event.from, status);
          status = event.to;
        }
      assert.strictEqual((yield* agent.does(tickets.get(1))).status, status);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("leave the kept numbers equal to a recount", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent, admin }] = [yield* Tickets, yield* people];
      yield* Effect.replicateEffect(ada.does(tickets.open(printer)), 20, atOnce);
      const dice = new Dice(3);
      yield* Effect.forEach(
        dice.many(100, () => dice.int(1, 21)),
        (id) => {
          const change = {
            status: dice.pick(["open", "on_hold", "closed"]),
            assignee: dice.pick([null, agent.id, admin.id]),
          };
          return Effect.ignore(admin.does(dice.chance(0.05) ? tickets.remove(id) : tickets.update(id, change)));
        },
        atOnce,
      );
      const { items } = yield* admin.does(tickets.list({ limit: 1000 }));
      const stats = yield* admin.does(tickets.stats());
      const open = items.filter(({ status }) => status !== "closed");
      assert.strictEqual(stats.total, items.length);
      for (const [status, count] of Object.entries(stats.byStatus))
        assert.strictEqual(count, items.filter((ticket) => ticket.status === status).length);
      assert.strictEqual(stats.unassigned, open.filter(({ assignee }) => assignee === null).length);
      assert.deepStrictEqual(
        stats.openByAssignee,
        [agent.id, admin.id].flatMap((assignee) => {
          const count = open.filter((ticket) => ticket.assignee === assignee).length;
          return count > 0 ? [{ assignee, count }] : [];
        }),
      );
    }).pipe(desk({ storage: farMemory() })),
  );
});

it.effect("a message and a change of status in two processes at once are decided on each other's result", () =>
  Effect.gen(function* () {
    const store = Layer.succeed(Storage, yield* Effect.provide(Storage, farMemory(4)));
    const context = yield* Effect.scope.pipe(
      Effect.flatMap((scope) =>
        Effect.forEach([1, 2], () => Layer.buildWithScope(Helpdesk.layer({ storage: store, policies: reopen }), scope)),
      ),
    );
    const [here, there] = context.map(
      (services) =>
        <A, E, R>(effect: Effect.Effect<A, E, R>) =>
          Effect.provideContext(effect, services),
    );
    if (here === undefined || there === undefined) return assert.fail();
    const { ada, agent } = yield* here(people);
    yield* here(Effect.flatMap(Tickets, (tickets) => ada.does(tickets.open(printer))));
    const say = Effect.flatMap(Messages, (messages) => ada.does(messages.reply(1, { text: "x" })));
    const close = Effect.flatMap(Tickets, (tickets) => agent.does(tickets.setStatus(1, "closed")));
    for (let round = 0; round < 30; round++)
      yield* asTimePasses(Effect.all([here(say), there(close), here(say), there(close)], atOnce));
    const events = yield* here(Effect.flatMap(Tickets, (tickets) => agent.does(tickets.history(1))));
    let status = "open";
    let reopened = 0;
    for (const [index, event] of events.entries()) {
      if (event.type === "StatusChanged") status = event.to;
      if (event.type !== "MessageReceived" || status !== "closed") continue;
      assert.deepInclude(events[index + 1], { type: "StatusChanged", from: "closed", to: "open" });
      reopened++;
    }
    assert.isAbove(reopened, 10);
  }),
);

describe("a call that is broken off", () => {
  it.effect("leaves the turn to the next one, wherever it was", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, agent }] = [yield* Tickets, yield* Messages, yield* people];
      yield* ada.does(tickets.open(printer));
      const dice = new Dice(11);
      for (let round = 0; round < 40; round++) {
        const fibers = yield* Effect.forEach(
          dice.many(6, () => dice.int(0, 3)),
          (kind) =>
            Effect.forkChild(
              kind === 0
                ? ada.does(messages.reply(1, { text: "x" }))
                : kind === 1
                  ? agent.does(messages.note(1, { text: "y" }))
                  : agent.does(tickets.update(1, { subject: `Subject ${round}` })),
            ),
        );
        for (let pause = dice.int(0, 5); pause > 0; pause--) yield* Effect.yieldNow;
        yield* Effect.forEach(fibers, Fiber.interrupt);
      }
      yield* agent.does(tickets.update(1, { subject: "Done" }));
      const ticket = yield* agent.does(tickets.get(1));
      const list = yield* agent.does(messages.list(1, { limit: 1000 }));
      assert.strictEqual(ticket.subject, "Done");
      const {
        tickets: [row],
      } = yield* everything();
      assert.strictEqual(row?.sent.customer, list.filter(({ note }) => !note).length);
    }).pipe(desk({ storage: farMemory() })),
  );
});

it.effect("every event of a crowd comes to a follower once, in order", () =>
  Effect.gen(function* () {
    const [tickets, messages, feed, { ada, bob }] = [yield* Tickets, yield* Messages, yield* Feed, yield* people];
    const heard: Array<number> = [];
    const total = 2 + 40;
    const follower = yield* feed.follow({ tenant: "default", after: 0 }).pipe(
      Stream.filter(({ type }) => type === "TicketOpened" || type === "MessageReceived"),
      Stream.take(total),
      Stream.runForEach(({ position }) => Effect.sync(() => heard.push(position))),
      Effect.forkChild,
    );
    for (const one of [ada, bob]) yield* one.does(tickets.open(printer));
    yield* Effect.forEach(
      Array.from({ length: 40 }, (_, index) => index),
      (index) => (index % 2 ? bob.does(messages.reply(2, { text: "x" })) : ada.does(messages.reply(1, { text: "x" }))),
      atOnce,
    );
    yield* Fiber.join(follower);
    assert.deepStrictEqual(
      heard,
      [...heard].sort((a, b) => a - b),
    );
    assert.lengthOf(new Set(heard), total);
  }).pipe(desk({ storage: farMemory() })),
);
