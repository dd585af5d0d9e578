import type { Storage, TicketCursor, TicketFilter, TicketRow, TicketSort } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { Random } from "../Random.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { put, stored, ticketRow, time } from "./rows.ts";

const sorts: ReadonlyArray<TicketSort> = ["createdAt", "-createdAt", "updatedAt", "-updatedAt", "id", "-id"];

/** What tickets of a random helpdesk are made of: few values each, so that many tickets have one in common. */
const values = {
  status: ["open", "closed", 'it\'s "pending"'],
  priority: ["low", "high"],
  category: [null, "billing", "null"],
  queue: [null, "sales", "{a,b}"],
  channel: ["web", "email", ""],
  tag: ["vip", "a,b", "{}", 'say "hi"'],
};

/** A helpdesk of random tickets, some of them deleted, many with the same times. */
const randomDesk = Effect.fnUntraced(function* (random: Random, count: number) {
  const desk = yield* makeDesk;
  const people = [desk.customer.id, (yield* desk.newUser()).id, (yield* desk.newUser()).id];
  const ids = yield* desk.ids("ticket", count);
  const rows = ids.map((id) =>
    ticketRow(id, random.pick(people), {
      status: random.pick(values.status),
      priority: random.pick(values.priority),
      category: random.pick(values.category),
      queue: random.pick(values.queue),
      channel: random.pick(values.channel),
      tags: random.some(values.tag),
      assignee: random.pick([null, ...people]),
      createdAt: time(random.int(8)),
      updatedAt: time(random.int(8) * 1000),
      deletedAt: random.chance(0.1) ? time() : null,
    }),
  );
  yield* desk.commit({ put: rows.map((row) => put("ticket", row)) });
  return { desk, people, tickets: rows.map(stored) };
});

type RandomDesk = Effect.Success<ReturnType<typeof randomDesk>>;

/** One value, a list of some, or (rarely) a list of none. */
const oneOrSome = <A>(random: Random, from: ReadonlyArray<A>): A | ReadonlyArray<A> =>
  random.chance(0.5) ? random.pick(from) : random.some(from);

const fields: {
  readonly [K in keyof Required<TicketFilter>]: (random: Random, people: ReadonlyArray<number>) => TicketFilter[K];
} = {
  status: (random) => oneOrSome(random, [...values.status, "unknown"]),
  priority: (random) => oneOrSome(random, values.priority),
  category: (random) => oneOrSome(random, values.category),
  queue: (random) => oneOrSome(random, values.queue),
  requester: (random, people) => oneOrSome(random, people),
  assignee: (random, people) => oneOrSome(random, [null, ...people]),
  channel: (random) => oneOrSome(random, values.channel),
  tag: (random) => oneOrSome(random, [...values.tag, "none"]),
  createdFrom: (random) => time(random.int(9)),
  createdBefore: (random) => time(random.int(9)),
};
const names = Object.keys(fields) as ReadonlyArray<keyof TicketFilter>;

const filterOf = (wanted: ReadonlyArray<keyof TicketFilter>, random: Random, people: ReadonlyArray<number>) =>
  Object.fromEntries(wanted.map((name) => [name, fields[name](random, people)])) as TicketFilter;

/** The same question answered the slow, obvious way. */
const twin = (tickets: ReadonlyArray<TicketRow>, filter: TicketFilter, sort: TicketSort): ReadonlyArray<TicketRow> => {
  const found = tickets.filter((ticket) => {
    if (ticket.deletedAt !== null) return false;
    for (const [name, wanted] of Object.entries(filter)) {
      if (name === "createdFrom") {
        if (Number(ticket.createdAt) < Number(wanted)) return false;
      } else if (name === "createdBefore") {
        if (Number(ticket.createdAt) >= Number(wanted)) return false;
      } else {
        const list: ReadonlyArray<unknown> = Array.isArray(wanted) ? wanted : [wanted];
        const has: ReadonlyArray<unknown> = name === "tag" ? ticket.tags : [ticket[name as "status"]];
        if (!has.some((value) => list.includes(value))) return false;
      }
    }
    return true;
  });
  const byId = found.toSorted((a, b) => a.id - b.id);
  const key = sort.replace("-", "") as "createdAt" | "updatedAt" | "id";
  const ascending = byId.toSorted((a, b) => Number(a[key]) - Number(b[key]));
  return sort.startsWith("-") ? ascending.toReversed() : ascending;
};

const cursorOf = (sort: TicketSort, ticket: TicketRow): TicketCursor => ({
  value: Number(ticket[sort.replace("-", "") as "createdAt" | "updatedAt" | "id"]),
  id: ticket.id,
});

/** Asks in every way at once and compares with the twin. */
const compare = Effect.fnUntraced(function* (
  desk: Desk,
  all: ReadonlyArray<TicketRow>,
  filter: TicketFilter,
  sort: TicketSort,
  random: Random,
) {
  const { storage, tenant } = desk;
  const asked = JSON.stringify({ filter, sort });
  const expected = twin(all, filter, sort);
  const query = { filter, sort, after: null, offset: 0, limit: 1000 };
  assert.deepStrictEqual(yield* storage.tickets(tenant, query), expected, asked);
  assert.strictEqual(yield* storage.countTickets(tenant, filter), expected.length, asked);
  const [offset, limit] = [random.int(expected.length + 2), random.int(7)];
  const skipped = yield* storage.tickets(tenant, { ...query, offset, limit });
  assert.deepStrictEqual(skipped, expected.slice(offset, offset + limit), asked);
  if (expected.length === 0) return;
  const at = random.int(expected.length);
  const after = cursorOf(sort, expected[at] as TicketRow);
  const page = yield* storage.tickets(tenant, { ...query, after, limit: 5 });
  assert.deepStrictEqual(page, expected.slice(at + 1, at + 6), asked);
});

const property = (
  test: string,
  questions: number,
  ask: (random: Random, desk: RandomDesk, question: number) => readonly [TicketFilter, TicketSort],
): Case<Storage> => ({
  test,
  timeout: 30_000,
  body: Effect.gen(function* () {
    const random = yield* Random.make;
    const made = yield* randomDesk(random, 120);
    for (let question = 0; question < questions; question++)
      yield* compare(made.desk, made.tickets, ...ask(random, made, question), random);
  }),
});

/** Every filter and every order, against a slow and obvious twin on random data. */
export const filters: Group<Storage> = {
  about: "lists of tickets",
  cases: [
    property("every order lists, counts and pages as the twin does", sorts.length, (_, __, n) => [
      {},
      sorts[n] ?? "id",
    ]),
    ...names.map((name) =>
      property(`the filter ${name} lists, counts and pages as the twin does`, 8, (random, { people }) => [
        filterOf([name], random, people),
        random.pick(sorts),
      ]),
    ),
    property("filters taken together list, count and page as the twin does", 40, (random, { people }) => [
      filterOf(
        names.filter(() => random.chance(0.25)),
        random,
        people,
      ),
      random.pick(sorts),
    ]),
    {
      test: "an empty list of wanted values matches no ticket",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.newTicket({ tags: ["vip"] });
        for (const name of ["status", "assignee", "tag", "queue"] as const)
          assert.strictEqual(yield* desk.storage.countTickets(desk.tenant, { [name]: [] }), 0, name);
      }),
    },
  ],
};
