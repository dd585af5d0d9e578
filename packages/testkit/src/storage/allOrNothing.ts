import type { Row, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { claimOne } from "./claims.ts";
import { type Desk, makeDesk, type Parts } from "./Desk.ts";
import {
  conversationRow,
  fileRow,
  messageRow,
  newEvent,
  newJob,
  put,
  recordRow,
  ticketRow,
  time,
  touchOf,
  userRow,
} from "./rows.ts";

/** Everything that a commit may hold, all of it in order. */
const fullCommit = Effect.fnUntraced(function* (desk: Desk) {
  const old = yield* desk.newTicket();
  const endedFile = yield* desk.put("file", fileRow(yield* desk.id("file")));
  const running = yield* desk.newJob();
  const claim = yield* claimOne(desk);
  const [ticket, message] = [yield* desk.id("ticket"), yield* desk.id("message")];
  const [user, file] = [yield* desk.id("user"), yield* desk.id("file")];
  const [record, job] = [yield* desk.id("record"), yield* desk.id("job")];
  const rows: ReadonlyArray<Row> = [
    put("user", userRow(user, { email: "new@example.com" })),
    put("ticket", ticketRow(ticket, user)),
    put("ticket", { ...old, status: "closed" }),
    put("conversation", conversationRow("7", user)),
    put("file", fileRow(file)),
    put("record", recordRow(record)),
  ];
  const parts: Parts = {
    put: rows,
    touch: [touchOf(old.id, { sent: { customer: 1, agents: 0 }, updatedAt: time(1000) })],
    messages: [messageRow(message, ticket)],
    events: [newEvent(1)],
    jobs: [newJob(job, desk.kind)],
    once: [{ key: "new-key", result: null }],
    drop: [{ kind: "file", id: endedFile.id }],
    done: [{ ...claim, outcome: { type: "finished", result: 1 } }],
  };
  /** All that the commit would change, as it is now. */
  const look = Effect.gen(function* () {
    const { storage, tenant } = desk;
    return {
      tallies: yield* storage.tallies(tenant),
      messages: yield* storage.messages(tenant, { ticketId: ticket, notes: true, after: 0, limit: 9 }),
      events: (yield* storage.events({ tenant, ticketId: null, after: 0, limit: 9 })).events,
      found: yield* storage.find(tenant, [
        { kind: "ticket", id: old.id },
        { kind: "ticket", id: ticket },
        { kind: "user", email: "new@example.com" },
        { kind: "conversation", channel: "chat", address: "7" },
        { kind: "file", id: file },
        { kind: "file", id: endedFile.id },
        { kind: "record", collection: "queue", key: recordRow(record).key },
        { kind: "once", key: "new-key" },
        { kind: "job", id: job },
        { kind: "job", id: running.id },
      ]),
    };
  });
  return { parts, look, old };
});

type Full = Effect.Success<ReturnType<typeof fullCommit>>;

/** One reason to refuse the commit; `add` joins the lists of its parts. */
const bad: ReadonlyArray<{
  readonly what: string;
  readonly parts: (desk: Desk, full: Full) => Effect.Effect<Parts, unknown>;
}> = [
  {
    what: "a ticket put at a stale version",
    parts: Effect.fnUntraced(function* (desk) {
      const ticket = yield* desk.newTicket();
      yield* desk.put("ticket", ticket);
      return { put: [put("ticket", ticket)] };
    }),
  },
  {
    what: "an address that somebody else has",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.newUser({ email: "taken@example.com" });
      return { put: [put("user", userRow(yield* desk.id("user"), { email: "taken@example.com" }))] };
    }),
  },
  {
    what: "an external id that somebody else has",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.newUser({ externalId: "taken" });
      const other = yield* desk.newUser({ externalId: "free" });
      return { put: [put("user", { ...other, externalId: "taken" })] };
    }),
  },
  {
    what: "a conversation that exists",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.put("conversation", conversationRow("taken", desk.customer.id));
      return { put: [put("conversation", conversationRow("taken", desk.customer.id))] };
    }),
  },
  {
    what: "a record whose key another has",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.put("record", recordRow(yield* desk.id("record"), { key: "taken" }));
      return { put: [put("record", recordRow(yield* desk.id("record"), { key: "taken" }))] };
    }),
  },
  {
    what: "a key used once already",
    parts: (desk) =>
      Effect.as(desk.commit({ once: [{ key: "used", result: null }] }), { once: [{ key: "used", result: 2 }] }),
  },
  {
    what: "a touch decided on a stale version",
    parts: Effect.fnUntraced(function* (desk) {
      const ticket = yield* desk.newTicket();
      yield* desk.put("ticket", ticket);
      return { touch: [touchOf(ticket.id, { version: ticket.version })] };
    }),
  },
  {
    what: "a touch of a ticket that is not there",
    parts: (desk) => Effect.map(desk.id("ticket"), (id) => ({ touch: [touchOf(id)] })),
  },
  {
    what: "a claim to hold that was lost",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.newJob();
      const claim = yield* claimOne(desk);
      return { held: [{ id: claim.id, token: "somebody else's" }] };
    }),
  },
  {
    what: "a job to end whose claim was lost",
    parts: Effect.fnUntraced(function* (desk) {
      yield* desk.newJob();
      const claim = yield* claimOne(desk);
      yield* desk.storage.extend([claim], null);
      return { done: [{ ...claim, outcome: { type: "finished", result: null } }] };
    }),
  },
  {
    what: "a file to drop that was attached meanwhile",
    parts: Effect.fnUntraced(function* (desk, { old }) {
      const message = yield* desk.newMessage(old.id);
      const file = fileRow(yield* desk.id("file"), { messageId: message.id, ticketId: old.id });
      yield* desk.put("file", file);
      return { drop: [{ kind: "file", id: file.id }] };
    }),
  },
  {
    what: "a job to drop that has not ended",
    parts: (desk) => Effect.map(desk.newJob(), ({ id }) => ({ drop: [{ kind: "job", id }] })),
  },
];

const join = (a: Parts, b: Parts): Parts => {
  const all: Record<string, ReadonlyArray<unknown>> = { ...(a as object) };
  for (const [part, entries] of Object.entries(b)) all[part] = [...(all[part] ?? []), ...(entries as Array<unknown>)];
  return all as Parts;
};

/** A commit is applied whole or not at all. */
export const allOrNothing: Group<Storage> = {
  about: "all or nothing",
  cases: [
    {
      test: "a commit with every kind of part is applied whole",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const { parts, look, old } = yield* fullCommit(desk);
        const positions = yield* desk.commit(parts);
        const after = yield* look;
        assert.deepStrictEqual(
          after.events.map(({ position }) => position),
          positions,
        );
        const [changed] = after.found;
        assert.deepInclude(changed?.row, {
          version: 2,
          status: "closed",
          sent: { customer: 1, agents: 0 },
          updatedAt: time(1000),
          createdAt: old.createdAt,
        });
        assert.deepStrictEqual(
          after.found.map((found) => found?.kind ?? null),
          ["ticket", "ticket", "user", "conversation", "file", null, "record", "once", "job", "job"],
        );
        assert.lengthOf(after.messages, 1);
        assert.deepInclude(after.found.at(-1)?.row, { state: "finished", result: 1 });
      }),
    },
    ...bad.map(
      ({ what, parts }): Case<Storage> => ({
        test: `${what} refuses the whole commit`,
        body: Effect.gen(function* () {
          const desk = yield* makeDesk;
          const full = yield* fullCommit(desk);
          const wrong = yield* parts(desk, full);
          const before = yield* full.look;
          yield* expectConflict(desk.commit(join(full.parts, wrong)));
          yield* expectConflict(desk.commit(join(wrong, full.parts)));
          assert.deepStrictEqual(yield* full.look, before);
          yield* desk.commit(full.parts);
        }),
      }),
    ),
  ],
};
