import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { Conflict } from "../src/Errors.ts";
import { Files } from "../src/file/Files.ts";
import { Lists } from "../src/queue/Lists.ts";
import type { NewTicket } from "../src/ticket/TicketInput.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { Users } from "../src/user/Users.ts";
import { Writer } from "../src/Writer.ts";
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
} from "./TestDesk.ts";

const order = { subject: "Order 17", text: "It did not come.", once: "order-17" };
const atOnce = { concurrency: "unbounded" } as const;

describe("a write under a key", () => {
  it.effect("is made once, however often and however much at once it is asked for", () =>
    Effect.gen(function* () {
      const [tickets, { ada }] = [yield* Tickets, yield* people];
      const open = ada.does(tickets.open(order));
      const opened = yield* asTimePasses(Effect.replicateEffect(open, 20, atOnce));
      assert.lengthOf(new Set(opened.map(({ id }) => id)), 1);
      assert.lengthOf((yield* everything()).tickets, 1);
      assert.deepStrictEqual(yield* changesNothing(open), opened[0]);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("for the same in another order of fields is the same, for anything else is refused", () =>
    Effect.gen(function* () {
      const [tickets, { ada }] = [yield* Tickets, yield* people];
      const open = (ticket: NewTicket) => ada.does(tickets.open(ticket));
      const first = yield* open({ ...order, custom: { a: 1, b: { c: 2, d: [3] } } });
      const { text, ...rest } = order;
      assert.deepStrictEqual(yield* open({ custom: { b: { d: [3], c: 2 }, a: 1 }, ...rest, text }), first);
      for (const other of [
        { text: "x" },
        { custom: { a: 1, b: { c: 2, d: [4] } } },
        { custom: {} },
        { priority: "high" },
      ])
        assert.deepStrictEqual(
          yield* refusedFields(changesNothing(open({ ...order, custom: { a: 1, b: { c: 2, d: [3] } }, ...other }))),
          ["once"],
        );
    }).pipe(desk()),
  );

  it.effect("answers the same again though by now it could not be made", () =>
    Effect.gen(function* () {
      const [tickets, lists, users, files] = [yield* Tickets, yield* Lists, yield* Users, yield* Files];
      const { ada, agent, admin } = yield* people;
      yield* admin.does(lists.queues.create({ name: "shop" }));
      const file = yield* agent.does(files.add({ name: "a", content: new Uint8Array() }));
      const given = { ...order, requester: ada.id, queue: "shop", assignee: agent.id, files: [file.id] };
      const first = yield* agent.does(tickets.open(given));
      yield* admin.does(lists.queues.remove("shop"));
      yield* admin.does(users.update(agent.id, { active: false }));
      assert.deepStrictEqual(yield* changesNothing(agent.does(tickets.open(given))), first);
      assert.deepInclude(yield* failureOf(agent.does(tickets.open({ ...given, once: "other" }))), {
        _tag: "InvalidInput",
      });
    }).pipe(desk()),
  );

  it.effect("is its actor's own: another's key is another key, and so is one as long as may be", () =>
    Effect.gen(function* () {
      const [tickets, { ada, bob, agent }] = [yield* Tickets, yield* people];
      const long = "x".repeat(199);
      const ids = [
        yield* ada.does(tickets.open(order)),
        yield* bob.does(tickets.open(order)),
        yield* agent.does(tickets.open(order)),
        yield* asSystem(tickets.open({ ...order, requester: ada.id })),
        yield* ada.does(tickets.open({ ...order, once: `${long}1` })),
        yield* ada.does(tickets.open({ ...order, once: `${long}2` })),
      ].map(({ id }) => id);
      assert.lengthOf(new Set(ids), 6);
    }).pipe(desk()),
  );

  it.effect("that failed leaves the key free", () =>
    Effect.gen(function* () {
      const [tickets, { ada }] = [yield* Tickets, yield* people];
      yield* failureOf(ada.does(tickets.open({ ...order, queue: "nowhere" })));
      assert.strictEqual((yield* ada.does(tickets.open(order))).subject, "Order 17");
    }).pipe(desk()),
  );
});

describe("a lost race", () => {
  it.effect("is run again until it is won, and given up in time where it never is", () =>
    Effect.gen(function* () {
      const writer = yield* Writer;
      let tries = 0;
      const losing = (times: number) =>
        Effect.suspend(() =>
          ++tries <= times ? Effect.fail(new Conflict({ kind: "ticket", id: 1 })) : Effect.succeed(tries),
        );
      assert.strictEqual(yield* asTimePasses(writer.again(losing(30))), 31);
      const error = yield* failureOf(asTimePasses(writer.again(losing(Number.POSITIVE_INFINITY))));
      assert.deepInclude(error, { _tag: "StorageError", retryable: true });
      tries = 0;
      assert.strictEqual(yield* failureOf(writer.again(Effect.fail("else" as never))), "else" as never);
    }).pipe(desk()),
  );
});

describe("turns", () => {
  it.effect("are taken one after another on one ticket, side by side on others, and given up by who goes away", () =>
    Effect.gen(function* () {
      const writer = yield* Writer;
      const log: Array<string> = [];
      const step = (name: string, ticket: number, tenant = "a") =>
        writer.inTurn(
          tenant,
          ticket,
        )(
          Effect.gen(function* () {
            log.push(`${name}+`);
            yield* Effect.yieldNow;
            yield* Effect.yieldNow;
            log.push(`${name}-`);
          }),
        );
      yield* Effect.all([step("a", 1), step("b", 1), step("c", 2), step("d", 1, "b")], atOnce);
      assert.deepStrictEqual(
        log.filter((entry) => /[ab]/.test(entry)),
        ["a+", "a-", "b+", "b-"],
      );
      assert.isBelow(log.indexOf("c+"), log.indexOf("a-"));
      assert.isBelow(log.indexOf("d+"), log.indexOf("a-"));

      const holder = yield* Effect.forkChild(writer.inTurn("a", 1)(Effect.never));
      const waiting = yield* Effect.forkChild(step("lost", 1));
      const last = yield* Effect.forkChild(step("last", 1));
      yield* Effect.yieldNow;
      yield* Fiber.interrupt(waiting);
      yield* Fiber.interrupt(holder);
      yield* Fiber.join(last);
      assert.deepStrictEqual(log.slice(-2), ["last+", "last-"]);
    }).pipe(desk()),
  );
});
