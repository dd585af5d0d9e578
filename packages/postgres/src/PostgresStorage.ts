import { type Commit, compareBy, type Found, Storage, type StorageError } from "@deskwright/core/effect";
import { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { partsOf } from "./commitParts.ts";
import { makeCommitStatement } from "./commitStatement.ts";
import { makeDatabase, type Statement, type Values } from "./Database.ts";
import { conflictOf } from "./failure.ts";
import { alike, answersTo, findStatement, type Wanted, wantedOf } from "./find.ts";
import { makeGroupCommit } from "./GroupCommit.ts";
import { makeGroups } from "./Groups.ts";
import { makeIds } from "./Ids.ts";
import { claimStatement, countJobsStatement, extendStatement, jobStatement } from "./jobs.ts";
import {
  claimedJobOf,
  eventOf,
  fileColumns,
  fileOf,
  jobOf,
  jobTallyOf,
  messageColumns,
  messageOf,
  recordColumns,
  recordOf,
  tallyOf,
  ticketOf,
  userColumns,
  userOf,
} from "./rows.ts";
import { prepareSchema } from "./Schema.ts";
import { makeSignals } from "./Signals.ts";
import { countStatement, listStatement } from "./ticketList.ts";

export interface StorageOptions {
  /** The name of the schema, as it was checked. */
  readonly schema: string;
  readonly migrate: boolean;
  /** Holds one connection of it to listen for signals; null = no connection stays as it is, so only polling. */
  readonly listener: PgClient | null;
  /** Answers what is found at once, so that it waits neither for the disk as commits do nor for long searches. */
  readonly reader: PgClient;
}

/** The storage over a client that exists. All its SQL is here and in the migrations. */
export const storage = ({
  schema,
  migrate,
  listener,
  reader,
}: StorageOptions): Layer.Layer<Storage, StorageError, PgClient> =>
  Layer.effect(
    Storage,
    Effect.gen(function* () {
      const client = yield* PgClient;
      const s = `"${schema}"`;
      yield* prepareSchema(client, s, migrate);
      const database = makeDatabase(client);
      const short = makeDatabase(reader, true);
      const run = ({ text, values, isLong = false }: Statement) => (isLong ? database : short).query(text, values);
      const list = <A>(statement: Statement, rowOf: (row: Values) => A) =>
        Effect.map(run(statement), (rows) => rows.map(rowOf));
      const commitStatement = makeCommitStatement(s);
      const commitTogether = yield* makeGroupCommit(({ tenant, parts }) => {
        const { text, values } = commitStatement(tenant, parts);
        return database.query(text, values).pipe(
          Effect.mapError((error) => conflictOf(error.cause, parts) ?? error),
          Effect.map(([row]) => ((row?.at(-1) ?? []) as ReadonlyArray<bigint>).map(Number)),
        );
      });
      /** Lookups that come together are one: each is told all that was found, and takes what it asked for. */
      const look = yield* makeGroups<Wanted, ReadonlyArray<Found>, StorageError>(
        (group) => {
          const [first] = group as readonly [Wanted];
          const statement = findStatement(s, { ...first, keys: group.flatMap(({ keys }) => keys) });
          return Effect.map(list(statement, statement.found), (found) => group.map(() => Exit.succeed(found)));
        },
        { lanes: 4, pick: alike },
      );
      const reserve = yield* makeIds(short, s);
      const signals = yield* makeSignals(database, listener, `${schema}:signals`);

      return Storage.of({
        commit: (commit) =>
          Effect.tap(commitTogether({ tenant: commit.tenant, parts: partsOf(commit) }), () =>
            signals.tell([
              ...(commit.add.events.length > 0 ? (["events"] as const) : []),
              ...(bringsJobs(commit) ? (["jobs"] as const) : []),
            ]),
          ),
        reserve,
        tickets: (tenant, wanted) =>
          Effect.map(list(listStatement(s, tenant, wanted), ticketOf), (rows) =>
            rows.sort(compareBy(wanted.sort)).slice(0, wanted.limit),
          ),
        countTickets: (tenant, filter) =>
          Effect.map(run(countStatement(s, tenant, filter)), ([row]) => row?.[0] as number),
        tallies: (tenant) => {
          const text = `select k.status, nullif(k.assignee, 0)::float8, sum(k.count)::float8
            from ${s}.tallies k where k.tenant = $1 group by k.status, k.assignee having sum(k.count) > 0`;
          return list({ text, values: [tenant] }, tallyOf);
        },
        messages: (tenant, { ticketId, notes, after, limit }) => {
          const text = `select ${messageColumns} from ${s}.messages m
            where m.tenant = $1 and m.ticket_id = $2 and m.id > $3 ${notes ? "" : "and not m.note"}
            order by m.id limit $4`;
          return list({ text, values: [tenant, ticketId, after, limit] }, messageOf);
        },
        find: (tenant, keys) => {
          const wanted = wantedOf(tenant, keys);
          const found =
            wanted.length === 1
              ? Effect.map(look(wanted[0] as Wanted), (one) => [one])
              : Effect.forEach(wanted, look, { concurrency: "unbounded" });
          return Effect.map(found, (all) => answersTo(keys, all.flat()));
        },
        users: (tenant, { role, active, after, limit }) => {
          const text = `select ${userColumns} from ${s}.users u where u.tenant = $1 and u.id > $2
            ${role === null ? "" : "and u.role = $4"} ${active === null ? "" : `and u.active = ${active}`}
            order by u.id limit $3`;
          const values = [tenant, after, limit, ...(role === null ? [] : [role])];
          return list({ text, values, isLong: active !== null }, userOf);
        },
        records: (tenant, collection) => {
          const text = `select ${recordColumns} from ${s}.records r
            where r.tenant = $1 and r.collection = $2 order by r.id`;
          return list({ text, values: [tenant, collection] }, recordOf);
        },
        files: ({ unattachedBefore, limit }) => {
          const text = `select ${fileColumns}, f.tenant from ${s}.files f
            where f.message_id is null and f.created_at < $1 order by f.id limit $2`;
          return list({ text, values: [unattachedBefore, limit], isLong: true }, (row) => ({
            tenant: row.at(-1) as string,
            file: fileOf(row),
          }));
        },
        events: ({ tenant, ticketId, after, limit }) => {
          const text = `select of_position::float8, of_tenant, of_at, of_data from ${s}.events_after($1, $2, $3, $4)`;
          return Effect.map(run({ text, values: [tenant, ticketId, after, limit] }), (rows) => {
            const events = rows.slice(0, -1).map(eventOf);
            const last = events.length < limit ? undefined : events.at(-1);
            return { events, position: last?.position ?? (rows.at(-1)?.[0] as number) };
          });
        },
        listen: signals.listen,
        signal: signals.signal,
        claim: (request) =>
          Effect.map(list(claimStatement(s, request), claimedJobOf(request.token)), (claimed) =>
            claimed.sort((a, b) => a.job.runAt.getTime() - b.job.runAt.getTime() || a.id - b.id),
          ),
        extend: (claims, until) => list(extendStatement(s, claims, until), ([id]) => id as number),
        jobs: (wanted) => list(jobStatement(s, wanted), jobOf),
        countJobs: (tenant, kind) => list(countJobsStatement(s, tenant, kind), jobTallyOf),
      });
    }),
  );

const bringsJobs = ({ add, done }: Commit) =>
  add.jobs.length > 0 || done.some(({ outcome }) => outcome.type === "retry");
