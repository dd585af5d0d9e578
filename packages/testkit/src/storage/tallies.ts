import type { Storage, Tally, TicketRow } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { Random } from "../Random.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { put, ticketRow, time } from "./rows.ts";

const byName = (tallies: ReadonlyArray<Tally>) => [...tallies].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
const nameOf = ({ status, assignee }: Omit<Tally, "count">) => JSON.stringify([status, assignee]);

/** Counts all tickets one by one. */
const recount = (tickets: ReadonlyArray<TicketRow>): ReadonlyArray<Tally> => {
  const counts = new Map<string, Tally>();
  for (const { status, assignee, deletedAt } of tickets) {
    const name = nameOf({ status, assignee });
    if (deletedAt === null) counts.set(name, { status, assignee, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return byName([...counts.values()]);
};

/** Expects the kept numbers to be those of these tickets. */
export const expectTallies = Effect.fnUntraced(function* (desk: Desk, tickets: Iterable<TicketRow>) {
  assert.deepStrictEqual(byName(yield* desk.storage.tallies(desk.tenant)), recount([...tickets]));
});

/** Kept numbers. */
export const tallies: Group<Storage> = {
  about: "tallies",
  cases: [
    {
      test: "tallies equal a recount after every one of many random commits",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const random = yield* Random.make;
        const people = [null, (yield* desk.newUser({ role: "agent" })).id, (yield* desk.newUser({ role: "agent" })).id];
        const tickets = new Map<number, TicketRow>();
        const ids = yield* desk.ids("ticket", 40);
        for (let step = 0; step < 60; step++) {
          const changed = ids
            .filter(() => random.chance(0.08))
            .map((id): TicketRow => {
              const before = tickets.get(id) ?? ticketRow(id, desk.customer.id);
              return {
                ...before,
                status: random.pick(["open", "closed", "on hold"]),
                assignee: random.pick(people),
                deletedAt: random.chance(0.2) ? time() : null,
              };
            });
          const write = desk.commit({ put: changed.map((row) => put("ticket", row)) });
          if (random.chance(0.1) && changed[0] !== undefined) {
            const stale = put("ticket", { ...changed[0], version: changed[0].version + 1 });
            yield* expectConflict(desk.commit({ put: [...changed.slice(1).map((row) => put("ticket", row)), stale] }));
          } else {
            yield* write;
            for (const row of changed) tickets.set(row.id, { ...row, version: row.version + 1 });
          }
          yield* expectTallies(desk, tickets.values());
        }
      }),
    },
    {
      test: "tallies equal a recount after many writers at once",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const random = yield* Random.make;
        const agent = (yield* desk.newUser({ role: "agent" })).id;
        const ids = yield* desk.ids("ticket", 10);
        yield* desk.commit({ put: ids.map((id) => put("ticket", ticketRow(id, desk.customer.id))) });
        yield* Effect.forEach(
          Array.from({ length: 60 }, () => random.pick(ids)),
          Effect.fnUntraced(function* (id, n) {
            const read = yield* desk.ticket(id);
            assert.isNotNull(read);
            const status = ["open", "closed", "on hold"][n % 3] as string;
            const deletedAt = n % 7 === 0 ? time() : null;
            const changed = { ...read, status, assignee: n % 2 === 0 ? agent : null, deletedAt };
            yield* Effect.exit(desk.put("ticket", changed));
          }),
          { concurrency: 20 },
        );
        const tickets = yield* Effect.forEach(ids, (id) => desk.ticket(id));
        yield* expectTallies(
          desk,
          tickets.filter((ticket) => ticket !== null),
        );
      }),
    },
    {
      test: "a number that falls to zero is not listed",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket({ status: "open" });
        assert.deepStrictEqual(yield* desk.storage.tallies(desk.tenant), [
          { status: "open", assignee: null, count: 1 },
        ]);
        const closed = yield* desk.put("ticket", { ...ticket, status: "closed" });
        assert.deepStrictEqual(yield* desk.storage.tallies(desk.tenant), [
          { status: "closed", assignee: null, count: 1 },
        ]);
        const deleted = yield* desk.put("ticket", { ...closed, deletedAt: time() });
        assert.deepStrictEqual(yield* desk.storage.tallies(desk.tenant), []);
        yield* desk.put("ticket", { ...deleted, subject: "Still deleted" });
        assert.deepStrictEqual(yield* desk.storage.tallies(desk.tenant), []);
      }),
    },
  ],
};
