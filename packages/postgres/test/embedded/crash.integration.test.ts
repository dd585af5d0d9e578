import { type Event, Storage } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { embedded } from "../../src/embedded.ts";
import { directoryWithDatabase } from "./fixtures/directory.ts";
import { start } from "./fixtures/Program.ts";
import { tenant } from "./fixtures/tickets.ts";

/** Everything in the storage, read page by page. */
const readAll = Effect.gen(function* () {
  const storage = yield* Storage;
  const events: Array<Event> = [];
  for (let after = 0; ; ) {
    const page = yield* storage.events({ tenant, ticketId: null, after, limit: 1000 });
    events.push(...page.events);
    if (page.position === after) break;
    after = page.position;
  }
  const tickets = yield* storage.tickets(tenant, { filter: {}, sort: "id", limit: 1_000_000, after: null, offset: 0 });
  const jobs = yield* storage.jobs({ tenant, state: null, kind: null, endedBefore: null, after: 0, limit: 1_000_000 });
  return { events, tickets, jobs, tallies: yield* storage.tallies(tenant) };
});

/** Each commit is there whole or not at all: a ticket with its message, events and job, and counted. */
const assertWhole = Effect.fnUntraced(function* ({ events, tickets, jobs, tallies }: Effect.Success<typeof readAll>) {
  const storage = yield* Storage;
  const eventsOf = Map.groupBy(events, (event) => ("ticketId" in event ? event.ticketId : 0));
  assert.deepStrictEqual(
    [...eventsOf.keys()].toSorted((a, b) => a - b),
    tickets.map(({ id }) => id),
  );
  assert.deepStrictEqual(
    jobs.map(({ payload }) => (payload as { ticket: number }).ticket).toSorted((a, b) => a - b),
    tickets.map(({ id }) => id),
  );
  for (const { id, status, version } of tickets) {
    const types = eventsOf.get(id)?.map(({ type }) => type);
    const closed = status === "closed";
    assert.deepStrictEqual(types, ["TicketOpened", "StatusChanged", ...(closed ? ["StatusChanged"] : [])], `${id}`);
    assert.strictEqual(version, closed ? 2 : 1);
    const messages = yield* storage.messages(tenant, { ticketId: id, notes: true, after: 0, limit: 10 });
    assert.lengthOf(messages, 1);
    assert.lengthOf(messages[0]?.text ?? "", "It smells of smoke. ".length + (id % 5000));
  }
  const counted = Map.groupBy(tickets, ({ status, assignee }) => `${status} ${assignee}`);
  assert.deepStrictEqual(
    tallies.map(({ status, assignee, count }) => `${status} ${assignee}: ${count}`).toSorted(),
    [...counted].map(([key, { length }]) => `${key}: ${length}`).toSorted(),
  );
});

describe("an embedded database whose process is killed", { timeout: 180_000 }, () => {
  it.live("keeps every commit that was accepted, and each commit whole", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const accepted: Array<string> = [];
        for (let round = 0; round < 4; round++) {
          const program = yield* start("committer.ts", directory);
          const enough = 1 + Math.floor(Math.random() * 400);
          yield* Effect.promise(() => program.reached(() => program.lines.length >= enough));
          yield* Effect.promise(() => program.kill());
          accepted.push(...program.lines);
        }
        yield* Effect.gen(function* () {
          const everything = yield* readAll;
          yield* assertWhole(everything);
          const at = new Map(everything.events.map((event) => [event.position, event]));
          assert.strictEqual(at.size, everything.events.length);
          for (const line of accepted) {
            const [what, ticket, ...positions] = line.split(" ");
            assert.lengthOf(positions, what === "opened" ? 2 : 1);
            for (const position of positions)
              assert.propertyVal(at.get(Number(position)), "ticketId", Number(ticket), line);
          }
        }).pipe(Effect.provide(embedded({ directory })));
      }),
    ),
  );
});
