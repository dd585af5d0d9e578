import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";
import { conversationRow, fileRow, messageRow, recordRow, stored, ticketRow, time, userRow } from "./rows.ts";

/** What a commit that went through wrote is read by the next call. */
export const readYourWrite: Group<Storage> = {
  about: "read your write",
  cases: [
    {
      test: "a ticket is read as it was written, with version 1",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const agent = yield* desk.newUser({ role: "agent" });
        const first = yield* desk.newTicket();
        const row = ticketRow(yield* desk.id("ticket"), desk.customer.id, {
          subject: "Hello",
          status: "resolved",
          priority: "high",
          category: "billing",
          tags: ["b", "a"],
          queue: "first-line",
          assignee: agent.id,
          channel: "email",
          custom: { nested: { list: [1, "two", null, { three: true }] }, none: null },
          followsUp: first.id,
          createdAt: time(1),
          updatedAt: time(2),
          firstReplyAt: time(3),
          resolvedAt: time(4),
          closedAt: time(5),
          sent: { customer: 1, agents: 2 },
          read: { customer: 2, agents: 1 },
        });
        yield* desk.put("ticket", row);
        assert.deepStrictEqual(yield* desk.ticket(row.id), stored(row));
      }),
    },
    {
      test: "a ticket that is put again keeps what changes by touches",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket({ sent: { customer: 3, agents: 1 } });
        const changed = { ...ticket, status: "closed", custom: {}, tags: ["new"], closedAt: time(9) };
        const ignored = { sent: { customer: 0, agents: 0 }, read: { customer: 9, agents: 9 }, updatedAt: time(9) };
        yield* desk.put("ticket", { ...changed, ...ignored });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), stored(changed));
      }),
    },
    {
      test: "a deleted ticket can still be read",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const deleted = yield* desk.put("ticket", { ...ticket, deletedAt: time(1) });
        assert.deepStrictEqual(yield* desk.ticket(ticket.id), deleted);
      }),
    },
    {
      test: "a message is read as it was added, with version 1 whatever it carried, and as it was edited",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const row = messageRow(yield* desk.id("message"), ticket.id, {
          note: true,
          author: desk.customer.id,
          role: "customer",
          html: "<p>It smells</p>",
          attachments: [{ id: yield* desk.id("file"), name: "a.png", contentType: "image/png", size: 7 }],
        });
        yield* desk.commit({ messages: [{ ...row, version: 1 }] });
        const key = { kind: "message", id: row.id } as const;
        assert.deepStrictEqual(yield* desk.find(key), stored(row));
        const edited = yield* desk.put("message", { ...stored(row), text: "", attachments: [], editedAt: time(1) });
        assert.deepStrictEqual(yield* desk.find(key), edited);
      }),
    },
    {
      test: "a user is found by id, address and the host's id, and no longer by those they gave up",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const row = userRow(yield* desk.id("user"), {
          role: "admin",
          email: "ada@example.com",
          externalId: "u-1",
          active: false,
          locale: "pt-BR",
          updatedAt: time(1),
        });
        yield* desk.put("user", row);
        assert.deepStrictEqual(yield* desk.find({ kind: "user", id: row.id }), stored(row));
        assert.deepStrictEqual(yield* desk.find({ kind: "user", email: "ada@example.com" }), stored(row));
        assert.deepStrictEqual(yield* desk.find({ kind: "user", externalId: "u-1" }), stored(row));

        const moved = yield* desk.put("user", {
          ...stored(row),
          name: null,
          email: "new@example.com",
          externalId: null,
        });
        assert.deepStrictEqual(yield* desk.find({ kind: "user", email: "new@example.com" }), moved);
        assert.isNull(yield* desk.find({ kind: "user", email: "ada@example.com" }));
        assert.isNull(yield* desk.find({ kind: "user", externalId: "u-1" }));
        yield* desk.newUser({ email: "ada@example.com", externalId: "u-1" });
      }),
    },
    {
      test: "a conversation is found by its channel and address",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const row = conversationRow("42", desk.customer.id);
        yield* desk.put("conversation", row);
        const key = { kind: "conversation", channel: "chat", address: "42" } as const;
        assert.deepStrictEqual(yield* desk.find(key), stored(row));
        const moved = yield* desk.put("conversation", { ...stored(row), ticketId: ticket.id });
        assert.deepStrictEqual(yield* desk.find(key), moved);
        assert.isNull(yield* desk.find({ ...key, channel: "email" }));
      }),
    },
    {
      test: "a file is read as it was written and as it was attached",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const message = yield* desk.newMessage(ticket.id);
        const row = fileRow(yield* desk.id("file"), { size: 5_000_000_000, uploadedBy: desk.customer.id });
        yield* desk.put("file", row);
        assert.deepStrictEqual(yield* desk.find({ kind: "file", id: row.id }), stored(row));
        const attached = yield* desk.put("file", { ...stored(row), messageId: message.id, ticketId: ticket.id });
        assert.deepStrictEqual(yield* desk.find({ kind: "file", id: row.id }), attached);
      }),
    },
    {
      test: "a record is read as it was written and as it was changed, its key included",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const row = recordRow(yield* desk.id("record"), { key: "sales" });
        yield* desk.put("record", row);
        assert.deepStrictEqual(yield* desk.find({ kind: "record", collection: "queue", key: "sales" }), stored(row));
        const renamed = yield* desk.put("record", { ...stored(row), key: "buying", data: [1, null] });
        assert.deepStrictEqual(yield* desk.find({ kind: "record", collection: "queue", key: "buying" }), renamed);
        assert.isNull(yield* desk.find({ kind: "record", collection: "queue", key: "sales" }));
        assert.isNull(yield* desk.find({ kind: "record", collection: "category", key: "buying" }));
      }),
    },
    {
      test: "keys are answered in the order they were asked, with null where there is no row",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const user = yield* desk.newUser({ email: "bea@example.com" });
        yield* desk.commit({ once: [{ key: "order-17", result: { ticketId: 5 } }] });
        const found = yield* desk.storage.find(desk.tenant, [
          { kind: "user", email: "nobody@example.com" },
          { kind: "once", key: "order-17" },
          { kind: "user", id: user.id },
          { kind: "once", key: "order-18" },
          { kind: "user", email: "bea@example.com" },
        ]);
        assert.deepStrictEqual(found, [
          null,
          { kind: "once", row: { key: "order-17", result: { ticketId: 5 } } },
          { kind: "user", row: user },
          null,
          { kind: "user", row: user },
        ]);
        assert.deepStrictEqual(yield* desk.storage.find(desk.tenant, []), []);
      }),
    },
    {
      test: "what an answer holds is the caller's own",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const tags = ["a"];
        const ticket = yield* desk.newTicket({ tags, custom: { list: [1] }, createdAt: time() });
        tags.push("given");
        const answered = yield* desk.ticket(ticket.id);
        assert.isNotNull(answered);
        assert.deepStrictEqual(answered.tags, ["a"]);
        answered.createdAt.setFullYear(1999);
        (answered.tags as Array<string>).push("answered");
        const again = yield* desk.ticket(ticket.id);
        assert.deepStrictEqual([again?.tags, again?.createdAt], [["a"], time()]);
      }),
    },
    {
      test: "what does not exist is null or empty",
      body: Effect.gen(function* () {
        const { storage, tenant, ticket } = yield* makeDesk;
        assert.isNull(yield* ticket(1));
        const all = { filter: {}, sort: "id", limit: 10, after: null, offset: 0 } as const;
        assert.deepStrictEqual(yield* storage.tickets(tenant, all), []);
        assert.strictEqual(yield* storage.countTickets(tenant, {}), 0);
        assert.deepStrictEqual(yield* storage.tallies(tenant), []);
        assert.deepStrictEqual(yield* storage.messages(tenant, { ticketId: 1, notes: true, after: 0, limit: 10 }), []);
        assert.deepStrictEqual(yield* storage.records(tenant, "queue"), []);
      }),
    },
  ],
};
