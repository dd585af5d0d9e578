import { Storage, type TicketFilter, type TicketQuery, type TicketSort } from "@deskwright/core/effect";
import { PgClient } from "@effect/sql-pg/PgClient";
import { assert, layer } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { inject } from "vitest";
import { storage } from "../src/PostgresStorage.ts";
import { connect } from "../src/postgres.ts";
import { listStatement } from "../src/ticketList.ts";
import { createDatabase } from "./createDatabase.ts";

/** 20,000 tickets of which most are closed, as in an old helpdesk. */
const fill = [
  `insert into deskwright.ticket_activity (tenant, id, version, status, queue, requester, assignee, deleted, updated_at,
     sent_customer, sent_agents, read_customer, read_agents)
   select 'a', n, 1, case when n % 10 > 0 then 'closed' else 'open' end, case when n % 7 > 0 then 'queue-' || n % 20 end,
     n * 7919 % 2000, case when n % 4 > 0 then n % 50 end, false,
     '2026-01-01'::timestamptz + n * 7919 % 20000 * interval '1 minute', 1, 0, 0, 0 from generate_series(1, 20000) n`,
  `insert into deskwright.tickets (tenant, id, subject, status, priority, tags, queue, requester, assignee, channel,
     custom, created_at)
   select tenant, id, 'Ticket ' || id, status, 'normal', '{}', queue, requester, assignee, 'web', '{}',
     '2026-01-01'::timestamptz + id * interval '1 minute' from deskwright.ticket_activity`,
  "analyze deskwright.tickets",
  "analyze deskwright.ticket_activity",
];

const filters: Readonly<Record<string, TicketFilter>> = {
  "all tickets": {},
  "those of a rare status": { status: "open" },
  "those of a common status": { status: "closed" },
  "those of an assignee": { assignee: 7 },
  "those of no assignee": { assignee: null },
  "those of a requester": { requester: 19 },
  "those of a queue": { queue: "queue-3" },
  "those of no queue": { queue: null },
};
const sorts: ReadonlyArray<TicketSort> = ["createdAt", "-createdAt", "updatedAt", "-updatedAt"];

interface Plan {
  readonly "Node Type": string;
  readonly Plans?: ReadonlyArray<Plan>;
}
const nodesOf = (plan: Plan): ReadonlyArray<string> => [plan["Node Type"], ...(plan.Plans ?? []).flatMap(nodesOf)];

const filled = Layer.unwrap(
  Effect.gen(function* () {
    const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
    const client = yield* connect({ url, maxConnections: 2 });
    const own = Layer.succeed(PgClient, client);
    const made = storage({ schema: "deskwright", migrate: true, listener: null, reader: client });
    const full = Layer.effectDiscard(Effect.forEach(fill, (text) => client.unsafe(text)));
    return Layer.provideMerge(full, Layer.provideMerge(made, own));
  }),
);

layer(filled, { excludeTestServices: true, timeout: "60 seconds" })("lists of tickets", (it) => {
  for (const [name, filter] of Object.entries(filters))
    it.effect(
      `${name} come from an index in every order of time, without sorting, at the start and in the middle`,
      () =>
        Effect.gen(function* () {
          const client = yield* PgClient;
          for (const sort of sorts)
            for (const after of [null, { value: Date.parse("2026-01-07"), id: 10_000 }]) {
              const query: TicketQuery = { filter, sort, limit: 51, after, offset: 0 };
              const { text, values } = listStatement('"deskwright"', "a", query);
              const [row] = yield* client.unsafe<{ "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(
                `explain (format json) ${text}`,
                values,
              );
              const nodes = nodesOf(row?.["QUERY PLAN"][0]?.Plan as Plan);
              assert.include(nodes, "Index Scan", sort);
              for (const slow of [
                "Seq Scan",
                "Sort",
                "Incremental Sort",
                "Bitmap Heap Scan",
                "Hash Join",
                "Merge Join",
              ])
                assert.notInclude(nodes, slow, `${sort} ${JSON.stringify(after)}`);
            }
        }),
    );

  it.effect("several statuses at once are read one by one, each up to the page, and merged", () =>
    Effect.gen(function* () {
      const db = yield* Storage;
      const filter = { status: ["open", "nonsense", "closed"] };
      for (const sort of sorts) {
        const page = yield* db.tickets("a", { filter, sort, limit: 30, after: null, offset: 5 });
        const all = yield* db.tickets("a", { filter: {}, sort, limit: 30, after: null, offset: 5 });
        assert.deepStrictEqual(page, all);
      }
    }),
  );
});
