import type { Event, IdKind, Job, Signal, Tally, TicketFilter } from "@deskwright/core/effect";
import { compareBy, isAfter, jobMatches, matches, storageFromPromises, tallyJobs } from "@deskwright/core/effect";
import { applyCommit } from "./commit.ts";
import type { Database } from "./Database.ts";
import { claimJobs, extendClaims, type StoredJob } from "./jobs.ts";
import { find, type Listed, listRows, type RowOf } from "./rows.ts";

/** A storage in your database, for `createHelpdesk({ storage: myStorage(database) })`. */
export const myStorage = (database: Database) => {
  const tell = (signal: Signal) => database.publish(JSON.stringify(signal));
  const list = async <K extends Listed>(tenant: string, kind: K, passes: (row: RowOf<K>) => boolean) => {
    const isMeant = (row: RowOf<K>, owner: string) => owner === tenant && passes(row);
    return (await database.transaction((tx) => listRows(tx, kind, isMeant))).map(({ row }) => row);
  };
  const listTickets = (tenant: string, filter: TicketFilter) =>
    list(tenant, "ticket", (ticket) => ticket.deletedAt === null && matches(filter, ticket));
  const listJobs = async (passes: (job: Job) => boolean) => {
    const isMeant = ({ job }: StoredJob) => passes(job);
    return (await database.transaction((tx) => tx.list("jobs", isMeant))).map(({ job }) => job);
  };

  return storageFromPromises({
    commit: async (commit) => {
      const positions = await database.transaction((tx) => applyCommit(tx, commit));
      // After the transaction, never in it: who hears it reads at once.
      if (positions.length > 0) await tell({ topic: "events" });
      if (commit.add.jobs.length > 0) await tell({ topic: "jobs" });
      return positions;
    },
    reserve: (tenant, wanted) =>
      database.transaction(async (tx) => {
        const ids: Partial<Record<IdKind, ReadonlyArray<number>>> = {};
        for (const [kind, count] of Object.entries(wanted))
          ids[kind as IdKind] = await tx.next(kind === "ticket" ? `tickets of ${tenant}` : kind, count);
        return ids;
      }),
    tickets: async (tenant, { filter, sort, after, offset, limit }) => {
      const found = (await listTickets(tenant, filter)).filter((ticket) => !after || isAfter(after, sort, ticket));
      return found.sort(compareBy(sort)).slice(offset, offset + limit);
    },
    countTickets: async (tenant, filter) => (await listTickets(tenant, filter)).length,
    // Where there are many tickets, keep these numbers in the commit.
    tallies: async (tenant) => {
      const tallies: Record<string, Tally> = {};
      for (const { status, assignee } of await listTickets(tenant, {})) {
        const name = `${assignee} ${status}`;
        tallies[name] = { status, assignee, count: (tallies[name]?.count ?? 0) + 1 };
      }
      return Object.values(tallies);
    },
    messages: async (tenant, { ticketId, notes, after, limit }) => {
      const isMeant = (row: RowOf<"message">) => row.ticketId === ticketId && row.id > after && (notes || !row.note);
      return (await list(tenant, "message", isMeant)).slice(0, limit);
    },
    find: (tenant, keys) => database.transaction((tx) => Promise.all(keys.map((key) => find(tx, tenant, key)))),
    users: async (tenant, { role, active, after, limit }) => {
      const isMeant = (row: RowOf<"user">) => row.id > after && is(role, row.role) && is(active, row.active);
      return (await list(tenant, "user", isMeant)).slice(0, limit);
    },
    records: (tenant, collection) => list(tenant, "record", (record) => record.collection === collection),
    files: async ({ unattachedBefore, limit }) => {
      const isLeft = (file: RowOf<"file">) => file.messageId === null && file.createdAt < unattachedBefore;
      const left = await database.transaction((tx) => listRows(tx, "file", isLeft));
      return left.slice(0, limit).map(({ tenant, row }) => ({ tenant, file: row }));
    },
    events: async ({ tenant, ticketId, after, limit }) => {
      const all = await database.transaction((tx) =>
        tx.list<Event>("events", ({ position }) => position > (after ?? 0)),
      );
      const isAbout = (event: Event) => ticketId === null || ("ticketId" in event && event.ticketId === ticketId);
      const found = all.filter((event) => after !== null && is(tenant, event.tenant) && isAbout(event));
      const events = found.sort((a, b) => a.position - b.position).slice(0, limit);
      // All there is was looked at, unless the page is full.
      const seen = found.length > limit ? events : all;
      return { events, position: Math.max(after ?? 0, ...seen.map(({ position }) => position)) };
    },
    listen: (onSignal) => database.subscribe((message) => onSignal(JSON.parse(message))),
    signal: tell,
    claim: (request) => database.transaction((tx) => claimJobs(tx, request)),
    extend: (claims, until) => database.transaction((tx) => extendClaims(tx, claims, until)),
    jobs: async (query) => {
      const found = await listJobs((job) => jobMatches(query, job));
      return found.sort((a, b) => a.id - b.id).slice(0, query.limit);
    },
    countJobs: async (tenant, kind) => tallyJobs(await listJobs((job) => job.tenant === tenant && job.kind === kind)),
  });
};

/** Whether a value is the one that is wanted; null = any. */
const is = <A>(wanted: A | null, value: A) => wanted === null || wanted === value;
