import type { Storage, TicketCursor, TicketRow, TicketSort } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";
import { fileRow, put, ticketRow, time, touchOf } from "./rows.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

const cursorOf = (sort: TicketSort, ticket: TicketRow): TicketCursor => ({
  value: Number(ticket[sort.replace("-", "") as "createdAt" | "updatedAt" | "id"]),
  id: ticket.id,
});

/** Pages while the list changes under the reader. */
export const paging: Group<Storage> = {
  about: "paging",
  cases: [
    ...(["createdAt", "-createdAt", "id", "-id"] as const).map((sort) => ({
      test: `pages by ${sort} show each ticket that stays once, while others are added, changed and deleted`,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("ticket", 30);
        const rows = ids.map((id, n) => ticketRow(id, desk.customer.id, { createdAt: time(Math.trunc(n / 4)) }));
        yield* desk.commit({ put: rows.map((row) => put("ticket", row)) });
        const gone = new Set<number>();
        const seen: Array<number> = [];
        let after: TicketCursor | null = null;
        for (let round = 0; ; round++) {
          const query = { filter: {}, sort, after, offset: 0, limit: 4 };
          const page: ReadonlyArray<TicketRow> = yield* desk.storage.tickets(desk.tenant, query);
          if (page.length === 0) break;
          seen.push(...page.map(({ id }) => id));
          after = cursorOf(sort, page.at(-1) as TicketRow);
          if (round >= 8) continue;
          // One at each end, one in the middle, one that goes, and one that is touched.
          for (const createdAt of [time(-1), time(4), time(100)]) yield* desk.newTicket({ createdAt });
          const [leaving, touched] = [rows[round * 3] as TicketRow, rows[round * 3 + 1] as TicketRow];
          gone.add(leaving.id);
          yield* desk.commit({
            put: [put("ticket", { ...leaving, version: 1, deletedAt: time() })],
            touch: [touchOf(touched.id, { updatedAt: time(9000 + round) })],
          });
        }
        assert.lengthOf(new Set(seen), seen.length, "a ticket came twice");
        const stayed = ids.filter((id) => !gone.has(id));
        assert.sameMembers(
          seen.filter((id) => stayed.includes(id)),
          stayed,
        );
      }),
    })),
    ...(["updatedAt", "-updatedAt"] as const).map((sort) => ({
      test: `pages by ${sort} show each ticket that is not touched once, while others are touched`,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("ticket", 24);
        const rows = ids.map((id, n) => ticketRow(id, desk.customer.id, { updatedAt: time(n % 5) }));
        yield* desk.commit({ put: rows.map((row) => put("ticket", row)) });
        const touched = ids.filter((_, n) => n % 3 === 0);
        const seen: Array<number> = [];
        let after: TicketCursor | null = null;
        while (true) {
          const query = { filter: {}, sort, after, offset: 0, limit: 5 };
          const page: ReadonlyArray<TicketRow> = yield* desk.storage.tickets(desk.tenant, query);
          if (page.length === 0) break;
          seen.push(...page.map(({ id }) => id));
          after = cursorOf(sort, page.at(-1) as TicketRow);
          if (seen.length < 24)
            yield* desk.commit({ touch: touched.map((id) => touchOf(id, { updatedAt: time(1000 + seen.length) })) });
        }
        const untouched = ids.filter((id) => !touched.includes(id));
        assert.sameMembers(
          seen.filter((id) => untouched.includes(id)),
          untouched,
        );
      }),
    })),
    {
      test: "messages come by ascending id, page by page, with or without notes",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const [ticket, other] = [yield* desk.newTicket(), yield* desk.newTicket()];
        const all = [];
        for (const n of upTo(7)) {
          all.push(yield* desk.newMessage(ticket.id, { note: n % 3 === 1 }));
          yield* desk.newMessage(other.id);
        }
        const read = (query: object) =>
          desk.storage.messages(desk.tenant, { ticketId: ticket.id, notes: true, after: 0, limit: 100, ...query });
        assert.deepStrictEqual(yield* read({}), all);
        const open = all.filter(({ note }) => !note);
        assert.deepStrictEqual(yield* read({ notes: false }), open);
        assert.deepStrictEqual(yield* read({ notes: false, limit: 2 }), open.slice(0, 2));
        assert.deepStrictEqual(yield* read({ after: all[2]?.id, limit: 3 }), all.slice(3, 6));
        const deleted = yield* desk.put("message", { ...(all[0] as (typeof all)[0]), text: "", deletedAt: time(1) });
        assert.deepStrictEqual((yield* read({}))[0], deleted);
      }),
    },
    {
      test: "files that no message names are listed by age and id, and go when they are dropped",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const message = yield* desk.newMessage((yield* desk.newTicket()).id);
        // Long before any other test's files: this list is one for all tenants.
        const old = (days: number) => new Date(Date.UTC(1980, 0, 1 + days));
        const ids = yield* desk.ids("file", 4);
        const [a, attached, b, c] = yield* Effect.forEach(ids, (id, n) =>
          desk.put("file", fileRow(id, { createdAt: old(n), messageId: n === 1 ? message.id : null })),
        );
        const list = (days: number, limit = 10_000) =>
          Effect.map(desk.storage.files({ unattachedBefore: old(days), limit }), (found) =>
            found.filter(({ tenant }) => tenant === desk.tenant).map(({ file }) => file),
          );
        assert.deepStrictEqual(yield* list(3), [a, b]);
        assert.deepStrictEqual(yield* list(4), [a, b, c]);
        assert.lengthOf(yield* desk.storage.files({ unattachedBefore: old(4), limit: 2 }), 2);
        const drop = ids.filter((id) => id !== attached?.id).map((id) => ({ kind: "file", id }) as const);
        yield* desk.commit({ drop });
        yield* desk.commit({ drop });
        assert.deepStrictEqual(yield* list(4), []);
        assert.isNull(yield* desk.find({ kind: "file", id: a?.id ?? 0 }));
        assert.isNotNull(yield* desk.find({ kind: "file", id: attached?.id ?? 0 }));
      }),
    },
  ],
};
