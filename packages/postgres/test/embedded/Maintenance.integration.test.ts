import { setTimeout } from "node:timers/promises";
import type { PgClient } from "@effect/sql-pg/PgClient";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { openClient } from "../../src/embedded/Client.ts";
import { keepMaintained } from "../../src/embedded/Maintenance.ts";
import { directoryWithDatabase } from "./fixtures/directory.ts";

/** Runs a test on a database that is being maintained, with two tables of which one has many dead rows. */
const onDatabase = <A, E>(body: (sql: PgClient) => Effect.Effect<A, E>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sql = yield* openClient(yield* directoryWithDatabase);
      yield* sql`create table busy (id int primary key, text text)`;
      yield* sql`insert into busy select n, repeat('x', 1000) from generate_series(1, 2000) n`;
      yield* keepMaintained(sql);
      return yield* body(sql);
    }),
  );

/** Lets minutes go by until it is so. The clock is the test's, the database is not: it takes the time it takes. */
const eventually = Effect.fnUntraced(function* <E>(condition: Effect.Effect<boolean, E>) {
  const deadline = Date.now() + 20_000;
  while (!(yield* condition)) {
    assert.isBelow(Date.now(), deadline, "within 20 s");
    yield* TestClock.adjust("1 minute");
    yield* Effect.promise(() => setTimeout(5));
  }
});

const size = (sql: PgClient) =>
  Effect.map(sql<{ size: number }>`select pg_relation_size('busy')::float8 as size`, ([row]) => row?.size ?? 0);

const vacuums = (sql: PgClient) =>
  Effect.map(
    sql<{ n: number }>`select vacuum_count::int as n from pg_stat_user_tables where relname = 'busy'`,
    ([row]) => row?.n ?? 0,
  );

const startOfLog = (sql: PgClient) =>
  Effect.map(sql<{ lsn: string }>`select redo_lsn::text as lsn from pg_control_checkpoint()`, ([row]) => row?.lsn);

describe("the maintenance of an embedded database", () => {
  it.effect("makes room of what was deleted, again and again, so that tables do not grow for ever", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const before = yield* size(sql);
        for (let round = 1; round <= 4; round++) {
          yield* sql`update busy set text = reverse(text)`;
          yield* eventually(Effect.map(vacuums(sql), (n) => n === round));
        }
        assert.isAtMost(yield* size(sql), before * 2.5);
      }),
    ),
  );

  it.effect("leaves alone what has not changed", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        yield* eventually(Effect.map(vacuums(sql), (n) => n === 1));
        yield* sql`create table later (n int)`;
        yield* TestClock.adjust("1 minute");
        const later = sql<{
          n: number;
        }>`select vacuum_count::int as n from pg_stat_user_tables where relname = 'later'`;
        yield* eventually(Effect.map(later, ([row]) => row?.n === 1));
        assert.strictEqual(yield* vacuums(sql), 1);
      }),
    ),
  );

  it.effect("moves the start of the log on, so that neither it nor the recovery after a crash grows for ever", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const before = yield* startOfLog(sql);
        for (let written = 0; written <= 70; written += 2)
          yield* sql`select pg_logical_emit_message(false, 'test', repeat('x', 2000000))::text`;
        assert.strictEqual(yield* startOfLog(sql), before);
        yield* eventually(Effect.map(startOfLog(sql), (lsn) => lsn !== before));
      }),
    ),
  );
});
