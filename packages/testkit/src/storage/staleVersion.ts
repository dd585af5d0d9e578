import type { Row, RowKey, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { conversationRow, fileRow, messageRow, put, recordRow, ticketRow, userRow } from "./rows.ts";

/** A new row of each kind, another change of it, and how it is read. */
const kinds: ReadonlyArray<{
  readonly kind: Row["kind"];
  readonly row: (desk: Desk) => Effect.Effect<Row, unknown>;
  readonly change: (row: Row) => Row;
  readonly key: (row: Row) => RowKey | number;
}> = [
  {
    kind: "ticket",
    row: (desk) => Effect.map(desk.id("ticket"), (id) => put("ticket", ticketRow(id, desk.customer.id))),
    change: (row) => ({ ...row, row: { ...row.row, subject: "Changed" } }) as Row,
    key: ({ row }) => (row as { id: number }).id,
  },
  {
    kind: "message",
    row: Effect.fnUntraced(function* (desk) {
      const ticket = yield* desk.newTicket();
      return put("message", messageRow(yield* desk.id("message"), ticket.id));
    }),
    change: (row) => ({ ...row, row: { ...row.row, text: "Changed" } }) as Row,
    key: ({ row }) => ({ kind: "message", id: (row as { id: number }).id }),
  },
  {
    kind: "user",
    row: (desk) => Effect.map(desk.id("user"), (id) => put("user", userRow(id, { email: "ada@example.com" }))),
    change: (row) => ({ ...row, row: { ...row.row, name: "Changed" } }) as Row,
    key: ({ row }) => ({ kind: "user", id: (row as { id: number }).id }),
  },
  {
    kind: "conversation",
    row: (desk) => Effect.succeed(put("conversation", conversationRow("42", desk.customer.id))),
    change: (row) => ({ ...row, row: { ...row.row, ticketId: null } }) as Row,
    key: () => ({ kind: "conversation", channel: "chat", address: "42" }),
  },
  {
    kind: "file",
    row: (desk) => Effect.map(desk.id("file"), (id) => put("file", fileRow(id))),
    change: (row) => ({ ...row, row: { ...row.row, name: "changed.txt" } }) as Row,
    key: ({ row }) => ({ kind: "file", id: (row as { id: number }).id }),
  },
  {
    kind: "record",
    row: (desk) => Effect.map(desk.id("record"), (id) => put("record", recordRow(id, { key: "sales" }))),
    change: (row) => ({ ...row, row: { ...row.row, data: "Changed" } }) as Row,
    key: () => ({ kind: "record", collection: "queue", key: "sales" }),
  },
];

/** A change decided on what was read earlier than another's change is refused. */
export const staleVersion: Group<Storage> = {
  about: "a stale version",
  cases: kinds.map(
    ({ kind, row, change, key }): Case<Storage> => ({
      test: `a ${kind} changed meanwhile, taken already or not there at all is a Conflict`,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const first = yield* row(desk);
        const asked = key(first);
        const write = (row: Row) => desk.commit({ put: [row] });
        const read = typeof asked === "number" ? desk.ticket(asked) : desk.find(asked);
        const withVersion = (version: number, row: Row) => ({ ...row, row: { ...row.row, version } }) as Row;

        assert.strictEqual((yield* expectConflict(write(withVersion(1, first)))).kind, kind, "not there at all");
        assert.isNull(yield* read);
        yield* write(first);
        assert.strictEqual((yield* expectConflict(write(change(first)))).kind, kind, "taken already");
        yield* write(withVersion(1, first));
        const before = yield* read;
        for (const version of [1, 3]) {
          const conflict = yield* expectConflict(write(change(withVersion(version, first))));
          assert.strictEqual(conflict.kind, kind);
        }
        assert.deepStrictEqual(yield* read, before);
        yield* write(change(withVersion(2, first)));
        assert.deepStrictEqual(yield* read, change(withVersion(3, first)).row);
      }),
    }),
  ),
};
