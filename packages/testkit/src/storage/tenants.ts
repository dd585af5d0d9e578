import type { Row, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { claimAll } from "./claims.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { conversationRow, fileRow, newEvent, newJob, put, recordRow, ticketEvent, touchOf } from "./rows.ts";

/** Fills a tenant with one of everything, under names that are the same in every tenant. */
const fill = Effect.fnUntraced(function* (desk: Desk) {
  const user = yield* desk.newUser({ email: "ada@example.com", externalId: "u-1", role: "agent" });
  const ticket = yield* desk.newTicket({ requester: user.id, assignee: user.id });
  const message = yield* desk.newMessage(ticket.id);
  const conversation = yield* desk.put("conversation", conversationRow("42", user.id, { ticketId: ticket.id }));
  const file = yield* desk.put("file", fileRow(yield* desk.id("file"), { createdAt: new Date("1970-06-01") }));
  const record = yield* desk.put("record", recordRow(yield* desk.id("record"), { key: "sales" }));
  const job = newJob(yield* desk.id("job"), desk.kind, { unique: { key: "one", until: "ended" } });
  yield* desk.commit({
    jobs: [job],
    events: [newEvent(1), ticketEvent(ticket.id, user.id)],
    once: [{ key: "order-17", result: desk.tenant }],
  });
  const rows: ReadonlyArray<Row> = [
    put("ticket", ticket),
    put("message", message),
    put("user", user),
    put("conversation", conversation),
    put("file", file),
    put("record", record),
  ];
  return { user, ticket, message, file, record, job, rows };
});

/** All that one tenant can read, by every method that answers something about a tenant. */
const look = Effect.fnUntraced(function* ({ storage, tenant }: Desk, { ticket, message, user, file, job }: Filled) {
  return {
    tickets: yield* storage.tickets(tenant, { filter: {}, sort: "id", limit: 100, after: null, offset: 0 }),
    count: yield* storage.countTickets(tenant, {}),
    tallies: yield* storage.tallies(tenant),
    messages: yield* storage.messages(tenant, { ticketId: ticket.id, notes: true, after: 0, limit: 100 }),
    found: yield* storage.find(tenant, [
      { kind: "ticket", id: ticket.id },
      { kind: "message", id: message.id },
      { kind: "file", id: file.id },
      { kind: "job", id: job.id },
      { kind: "user", id: user.id },
      { kind: "user", email: "ada@example.com" },
      { kind: "user", externalId: "u-1" },
      { kind: "conversation", channel: "chat", address: "42" },
      { kind: "record", collection: "queue", key: "sales" },
      { kind: "once", key: "order-17" },
    ]),
    users: yield* storage.users(tenant, { role: null, active: null, after: 0, limit: 100 }),
    records: yield* storage.records(tenant, "queue"),
    events: (yield* storage.events({ tenant, ticketId: null, after: 0, limit: 100 })).events,
    jobs: yield* storage.jobs({ tenant, state: null, kind: null, endedBefore: null, after: 0, limit: 100 }),
  };
});

type Filled = Effect.Success<ReturnType<typeof fill>>;

/** One tenant's helpdesk is nobody else's. */
export const tenants: Group<Storage> = {
  about: "tenants",
  cases: [
    {
      test: "no method shows a tenant anything of another's",
      body: Effect.gen(function* () {
        const [desk, stranger] = [yield* makeDesk, yield* makeDesk];
        const filled = yield* fill(desk);
        const { found, users, ...lists } = yield* look(stranger, filled);
        assert.deepStrictEqual(found, Array(10).fill(null));
        assert.deepStrictEqual(users, [stranger.customer]);
        const nothing = {
          tickets: [],
          count: 0,
          tallies: [],
          messages: [],
          records: [],
          events: [],
          jobs: [],
        };
        assert.deepStrictEqual<unknown>(lists, nothing);
        const about = { tenant: stranger.tenant, ticketId: filled.ticket.id, after: 0, limit: 100 };
        assert.deepStrictEqual((yield* stranger.storage.events(about)).events, []);
      }),
    },
    {
      test: "two tenants with the same names, numbers and keys do not touch each other",
      body: Effect.gen(function* () {
        const [one, two] = [yield* makeDesk, yield* makeDesk];
        const first = yield* fill(one);
        const before = yield* look(one, first);
        const second = yield* fill(two);
        assert.strictEqual(second.ticket.id, first.ticket.id);
        yield* two.put("ticket", { ...second.ticket, status: "closed", assignee: null });
        yield* two.put("user", { ...second.user, name: "Other" });
        yield* two.put("record", { ...second.record, data: "other" });
        yield* two.commit({ touch: [touchOf(second.ticket.id, { sent: { customer: 5, agents: 5 } })] });
        assert.deepStrictEqual(yield* look(one, first), before);
      }),
    },
    {
      test: "no part of a commit changes another tenant's row, job or file",
      body: Effect.gen(function* () {
        const [desk, stranger] = [yield* makeDesk, yield* makeDesk];
        const filled = yield* fill(desk);
        const [claimed] = yield* claimAll(desk);
        assert.isDefined(claimed);
        const claim = { id: claimed.id, token: claimed.token };
        const before = yield* look(desk, filled);
        for (const row of filled.rows) yield* expectConflict(stranger.commit({ put: [row] }));
        yield* expectConflict(stranger.commit({ touch: [touchOf(filled.ticket.id)] }));
        yield* expectConflict(stranger.commit({ held: [claim] }));
        yield* expectConflict(stranger.commit({ done: [{ ...claim, outcome: { type: "dead", error: "no" } }] }));
        yield* stranger.commit({ drop: [{ kind: "file", id: filled.file.id }] });
        yield* stranger.commit({ drop: [{ kind: "job", id: filled.job.id }] });
        assert.deepStrictEqual(yield* look(desk, filled), before);
      }),
    },
    {
      test: "what is listed for all tenants says whose it is",
      body: Effect.gen(function* () {
        const [one, two] = [yield* makeDesk, yield* makeDesk];
        const [first, second] = [yield* fill(one), yield* fill(two)];
        const own = ({ tenant }: { readonly tenant: string }) => tenant === one.tenant || tenant === two.tenant;
        const { storage } = one;
        const files = yield* storage.files({ unattachedBefore: new Date("1971-01-01"), limit: 10_000 });
        assert.deepStrictEqual(files.filter(own), [
          { tenant: one.tenant, file: first.file },
          { tenant: two.tenant, file: second.file },
        ]);
        yield* one.commit({ drop: [{ kind: "file", id: first.file.id }] });
        yield* two.commit({ drop: [{ kind: "file", id: second.file.id }] });
        const claimed = yield* claimAll(one, { kinds: [one.kind, two.kind] });
        assert.deepStrictEqual(
          claimed.map(({ id, job }) => [id, job.tenant]),
          [
            [first.job.id, one.tenant],
            [second.job.id, two.tenant],
          ],
        );
      }),
    },
  ],
};
