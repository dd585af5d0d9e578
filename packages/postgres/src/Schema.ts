import type { StorageError } from "@deskwright/core/effect";
import type { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import { failureOf, refusal } from "./failure.ts";
import { migrations } from "./migrations/all.ts";

/** The migration that this version of the package works with. */
const wanted = migrations.length;

/** What the steps of a schema's life are recorded in. */
const log = (s: string) => `${s}.migrations`;

const current = Effect.fnUntraced(function* (client: PgClient, s: string) {
  const [table] = yield* client.unsafe<{ exists: boolean }>("select to_regclass($1) is not null as exists", [log(s)])
    .unprepared;
  if (!table?.exists) return 0;
  const [last] = yield* client.unsafe<{ id: number }>(`select coalesce(max(id), 0)::int4 as id from ${log(s)}`)
    .unprepared;
  return last?.id ?? 0;
});

/** Brings the schema forward; of several processes at once one does it and the others wait. */
const forward = (client: PgClient, s: string) =>
  client.withTransaction(
    Effect.gen(function* () {
      const run = (text: string, values: ReadonlyArray<unknown> = []) => client.unsafe(text, values).unprepared;
      // Waiting for another process to finish is no reason to give up.
      yield* run("set local statement_timeout = 0");
      yield* run("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`deskwright ${s}`]);
      // `create schema if not exists` would ask for the right to create schemas even where there is nothing to create.
      const [schema] = yield* client.unsafe<{ exists: boolean }>("select to_regnamespace($1) is not null as exists", [
        s,
      ]).unprepared;
      if (!schema?.exists) yield* run(`create schema ${s}`);
      yield* run(`create table if not exists ${log(s)}
        (id integer primary key, name text not null, applied_at timestamptz not null default now())`);
      const done = yield* current(client, s);
      for (const { id, name, statements } of migrations) {
        if (id <= done) continue;
        for (const statement of statements(s)) yield* run(statement);
        yield* run(`insert into ${log(s)} (id, name) values ($1, $2)`, [id, name]);
      }
    }),
  );

/** Fails where the server can't keep what a helpdesk promises, whoever made the client. */
const checkServer = Effect.fnUntraced(function* (client: PgClient) {
  const [server] = yield* client.unsafe<{ version: number; encoding: string; isolation: string }>(
    `select current_setting('server_version_num')::int4 as version, current_setting('server_encoding') as encoding,
       current_setting('transaction_isolation') as isolation`,
  ).unprepared;
  if ((server?.version ?? 0) < 150_000) return yield* refusal("PostgreSQL 15 or later is needed");
  if (server?.encoding !== "UTF8") return yield* refusal(`the database has the encoding ${server?.encoding}, not UTF8`);
  if (server?.isolation !== "read committed")
    return yield* refusal(`transactions begin as "${server?.isolation}", and the event log needs "read committed"`);
});

/**
 * Brings the schema to the version this package works with, or with `migrate: false` only looks whether it is there.
 * A schema that a later version of the package made is refused.
 */
export const prepareSchema = (client: PgClient, s: string, migrate: boolean): Effect.Effect<number, StorageError> =>
  Effect.gen(function* () {
    yield* checkServer(client);
    if (migrate && (yield* current(client, s)) < wanted) yield* forward(client, s);
    const version = yield* current(client, s);
    if (version > wanted)
      return yield* refusal(`schema ${s} is at version ${version}, newer than the ${wanted} this package works with`);
    if (version < wanted)
      return yield* refusal(`schema ${s} is at version ${version} of ${wanted}: run deskwright-migrate`);
    return version;
  }).pipe(
    // A connection that breaks in a transaction ends it with a defect.
    Effect.catchDefect((defect) => Effect.fail(defect)),
    Effect.mapError(failureOf),
  );
