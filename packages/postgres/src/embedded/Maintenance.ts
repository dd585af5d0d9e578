import type { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";

/** So much of the log (bytes) is read again at most when the database is opened after a crash. */
const log = 64 * 1024 * 1024;

const checkpointIsDue = `select pg_current_wal_lsn() - redo_lsn > ${log} as due from pg_control_checkpoint()`;

/**
 * What autovacuum goes by, with its defaults. Counts begin with the process, so each table has a turn soon after the
 * start; where nothing has changed that is nothing to do. The catalogs too: transaction ids must be freed everywhere.
 */
const vacuumsThatAreDue = `
  select format('vacuum (analyze %s) %I.%I',
    (c.reltuples < 0 or s.n_mod_since_analyze > 50 + 0.1 * s.n_live_tup)::text, s.schemaname, s.relname) as statement
  from pg_stat_all_tables s join pg_class c on c.oid = s.relid
  where s.schemaname not in ('pg_toast', 'information_schema')
    and (s.last_vacuum is null or s.n_dead_tup > 50 + 0.2 * s.n_live_tup
      or s.n_mod_since_analyze > 50 + 0.1 * s.n_live_tup)`;

/**
 * Does what a PostgreSQL server does in processes of its own, which an embedded one has not: checkpoints, without which
 * the log on the disk only grows, and vacuuming, without which the tables do.
 */
const maintain = Effect.fnUntraced(function* (client: PgClient) {
  const run = (text: string) => client.unsafe<Record<string, unknown>>(text).unprepared;
  const [checkpoint] = yield* run(checkpointIsDue);
  if (checkpoint?.["due"] === true) yield* run("checkpoint");
  yield* run("select pg_stat_force_next_flush()");
  // One by one: whoever waits for the database has a turn in between.
  for (const { statement } of yield* run(vacuumsThatAreDue)) yield* run(String(statement));
});

/** Maintains the database every minute for as long as the scope is open. */
export const keepMaintained = (client: PgClient) =>
  maintain(client).pipe(
    Effect.ignore({ log: "Warn", message: "The embedded database could not be maintained" }),
    Effect.delay("1 minute"),
    Effect.forever,
    Effect.forkScoped,
  );
