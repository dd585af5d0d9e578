import type { Conversation, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { untilWon } from "../expectations.ts";
import { makeDesk } from "./Desk.ts";
import { conversationRow, messageRow, put, ticketRow, touchOf } from "./rows.ts";

/** Which ticket an address writes on. */
export const conversations: Group<Storage> = {
  about: "conversations",
  cases: [
    {
      test: "racing first messages of one conversation make one ticket with all of them",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const key = { kind: "conversation", channel: "chat", address: "42" } as const;
        /** What the inbox does at the level of the store: on with the ticket there is, or a new one. */
        const receive = (text: string) =>
          Effect.gen(function* () {
            const found = (yield* desk.find(key)) as Conversation | null;
            const message = yield* desk.id("message");
            if (found?.ticketId != null) {
              const touch = touchOf(found.ticketId, { sent: { customer: 1, agents: 0 } });
              yield* desk.commit({ touch: [touch], messages: [messageRow(message, found.ticketId, { text })] });
              return found.ticketId;
            }
            const ticket = yield* desk.id("ticket");
            yield* desk.commit({
              put: [
                put("ticket", ticketRow(ticket, desk.customer.id, { sent: { customer: 1, agents: 0 } })),
                put("conversation", { ...(found ?? conversationRow("42", desk.customer.id)), ticketId: ticket }),
              ],
              messages: [messageRow(message, ticket, { text })],
            });
            return ticket;
          });
        const texts = Array.from({ length: 12 }, (_, n) => `message ${n}`);
        const tickets = yield* Effect.forEach(texts, (text) => untilWon(receive(text)), { concurrency: "unbounded" });
        assert.lengthOf(new Set(tickets), 1);
        assert.strictEqual(yield* desk.storage.countTickets(desk.tenant, {}), 1);
        const ticketId = tickets[0] as number;
        const query = { ticketId, notes: true, after: 0, limit: 100 };
        const messages = yield* desk.storage.messages(desk.tenant, query);
        assert.sameMembers(
          messages.map(({ text }) => text),
          texts,
        );
        assert.deepInclude(yield* desk.ticket(ticketId), { sent: { customer: 12, agents: 0 } });
      }),
    },
    {
      test: "the same address on two channels is two conversations",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        for (const channel of ["chat", "email"])
          yield* desk.put("conversation", conversationRow("same", desk.customer.id, { channel }));
        const found = yield* desk.storage.find(desk.tenant, [
          { kind: "conversation", channel: "chat", address: "same" },
          { kind: "conversation", channel: "email", address: "same" },
        ]);
        assert.deepStrictEqual(
          found.map((each) => each?.kind === "conversation" && each.row.channel),
          ["chat", "email"],
        );
      }),
    },
  ],
};
