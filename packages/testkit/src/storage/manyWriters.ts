import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { untilWon } from "../expectations.ts";
import { makeDesk } from "./Desk.ts";
import { messageRow, put, time, touchOf } from "./rows.ts";

const writers = Array.from({ length: 50 }, (_, index) => index);

/** Writers of one ticket at the same time. */
export const manyWriters: Group<Storage> = {
  about: "many writers at once",
  cases: [
    {
      test: "fifty messages at once on one ticket are all kept and counted, and none conflicts",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const ids = yield* desk.ids("message", writers.length);
        yield* Effect.forEach(
          writers,
          (n) =>
            desk.commit({
              messages: [messageRow(ids[n] as number, ticket.id, { text: `message ${n}` })],
              touch: [touchOf(ticket.id, { version: 1, sent: { customer: 1, agents: 0 }, updatedAt: time(n) })],
            }),
          { concurrency: "unbounded" },
        );
        const query = { ticketId: ticket.id, notes: true, after: 0, limit: 100 };
        const messages = yield* desk.storage.messages(desk.tenant, query);
        assert.deepStrictEqual(
          messages.map(({ id, text }) => [id, text]),
          writers.map((n) => [ids[n], `message ${n}`]),
        );
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), {
          ...ticket,
          updatedAt: time(49),
          sent: { customer: 50, agents: 0 },
        });
      }),
    },
    {
      test: "of fifty changes decided on one version exactly one is made",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const exits = yield* Effect.forEach(
          writers,
          (n) => Effect.exit(desk.put("ticket", { ...ticket, subject: `by ${n}` })),
          { concurrency: "unbounded" },
        );
        const winners = writers.filter((n) => exits[n]?._tag === "Success");
        assert.lengthOf(winners, 1);
        const after = yield* desk.ticket(ticket.id);
        assert.deepStrictEqual(after, { ...ticket, version: 2, subject: `by ${winners[0]}` });
      }),
    },
    {
      test: "fifty writers that read again after a lost race all get through, and the version counts them",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const ids = yield* desk.ids("message", writers.length);
        yield* Effect.forEach(
          writers,
          (n) =>
            untilWon(
              Effect.gen(function* () {
                const read = yield* desk.ticket(ticket.id);
                assert.isNotNull(read);
                yield* desk.commit({
                  put: [put("ticket", { ...read, tags: [...read.tags, `writer-${n}`] })],
                  messages: [messageRow(ids[n] as number, ticket.id)],
                  touch: [touchOf(ticket.id, { sent: { customer: 0, agents: 1 } })],
                });
              }),
            ),
          { concurrency: 10 },
        );
        const after = yield* desk.ticket(ticket.id);
        assert.deepStrictEqual([...(after?.tags ?? [])].sort(), writers.map((n) => `writer-${n}`).sort());
        assert.deepInclude(after, { version: 51, sent: { customer: 0, agents: 50 } });
        const query = { ticketId: ticket.id, notes: true, after: 0, limit: 100 };
        assert.lengthOf(yield* desk.storage.messages(desk.tenant, query), 50);
      }),
    },
    {
      test: "commits that meet on several tickets in any order all end",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const tickets = [yield* desk.newTicket(), yield* desk.newTicket(), yield* desk.newTicket()];
        yield* Effect.forEach(
          writers,
          (n) => {
            const order = n % 2 === 0 ? tickets : tickets.toReversed();
            const sent = { customer: 1, agents: 0 };
            return desk.commit({ touch: order.map(({ id }) => touchOf(id, { sent })) });
          },
          { concurrency: "unbounded" },
        );
        for (const { id } of tickets) assert.deepInclude(yield* desk.ticket(id), { sent: { customer: 50, agents: 0 } });
      }),
    },
  ],
};
