import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";
import { put, time, touchOf } from "./rows.ts";

/** Counts and marks of a ticket. */
export const touches: Group<Storage> = {
  about: "touches",
  cases: [
    {
      test: "a touch adds to what was sent, raises marks and the time, and leaves the version alone",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket({ sent: { customer: 1, agents: 5 }, read: { customer: 4, agents: 1 } });
        yield* desk.commit({
          touch: [
            touchOf(ticket.id, {
              version: 1,
              updatedAt: time(1),
              sent: { customer: 2, agents: 1 },
              read: { customer: 5, agents: 0 },
            }),
          ],
        });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), {
          ...ticket,
          updatedAt: time(1),
          sent: { customer: 3, agents: 6 },
          read: { customer: 5, agents: 1 },
        });
      }),
    },
    {
      test: "a mark or a time that is lower than the present one changes nothing",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket({ read: { customer: 3, agents: 3 }, updatedAt: time(100) });
        yield* desk.commit({ touch: [touchOf(ticket.id, { updatedAt: time(99), read: { customer: 1, agents: 2 } })] });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), ticket);
      }),
    },
    {
      test: "two touches of one ticket in one commit both count",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        yield* desk.commit({
          touch: [
            touchOf(ticket.id, { updatedAt: time(2), sent: { customer: 1, agents: 0 } }),
            touchOf(ticket.id, {
              updatedAt: time(1),
              sent: { customer: 1, agents: 1 },
              read: { customer: 1, agents: 0 },
            }),
          ],
        });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), {
          ...ticket,
          updatedAt: time(2),
          sent: { customer: 2, agents: 1 },
          read: { customer: 1, agents: 0 },
        });
      }),
    },
    {
      test: "a ticket put and touched in one commit is changed by both",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        yield* desk.commit({
          put: [put("ticket", { ...ticket, status: "pending" })],
          touch: [touchOf(ticket.id, { updatedAt: time(5), sent: { customer: 0, agents: 1 } })],
        });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), {
          ...ticket,
          version: 2,
          status: "pending",
          updatedAt: time(5),
          sent: { customer: 0, agents: 1 },
        });
      }),
    },
  ],
};
