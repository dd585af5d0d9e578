import { setImmediate } from "node:timers/promises";
import type { PgClient } from "@effect/sql-pg/PgClient";
import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import * as Scope from "effect/Scope";
import { connect } from "../../src/embedded/Client.ts";
import { holdDirectory, openDatabase } from "../../src/embedded/Directory.ts";
import { loadEngine } from "../../src/embedded/Engine.ts";
import type { Session } from "../../src/embedded/Session.ts";
import { directoryWithDatabase } from "./fixtures/directory.ts";

/** Runs a test with a client of a new database that has one table. */
const onDatabase = <A, E>(body: (sql: PgClient, session: Session) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* openDatabase(yield* loadEngine, yield* holdDirectory(yield* directoryWithDatabase));
      const sql = yield* connect(session);
      yield* sql`create table counters (id int primary key, n int not null)`;
      yield* sql`insert into counters values (1, 0), (2, 0)`;
      return yield* body(sql, session);
    }),
  );

const read = (sql: PgClient) =>
  Effect.map(sql<{ n: number }>`select n from counters order by id`, (rows) => rows.map(({ n }) => n));

const add = (sql: PgClient, id: number) => sql`update counters set n = n + 1 where id = ${id}`;

const isOpen = (sql: PgClient) =>
  Effect.map(
    sql<{ id: string | null }>`select pg_current_xact_id_if_assigned()::text as id`,
    ([row]) => row?.id !== null,
  );

/** What a client says first: so many bytes, protocol 3.0, nothing more. */
const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);

const message = (type: string, body: string) => {
  const bytes = Buffer.from(`${type}....${body}`);
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
};

/** Lets everything else run so many times. */
const otherWork = (turns: number) =>
  Effect.promise(async () => {
    for (let turn = 0; turn < turns; turn++) await setImmediate();
  });

describe("the client of an embedded database", () => {
  it.live("speaks the types of a server", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const [row] = yield* sql`select 7::int8 as big, '2026-03-29T01:30:00.123Z'::timestamptz as time,
          ${sql.json({ a: [1, null] })} as json, 'Сломался принтер' as text, array[1, 2] as list`;
        assert.deepStrictEqual(row, {
          big: 7n,
          time: new Date("2026-03-29T01:30:00.123Z"),
          json: { a: [1, null] },
          text: "Сломался принтер",
          list: [1, 2],
        });
      }),
    ),
  );

  it.live("lets nobody into a transaction that is open", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>();
        const seen: Array<ReadonlyArray<number>> = [];
        const transaction = sql.withTransaction(
          Effect.gen(function* () {
            yield* add(sql, 1);
            yield* Deferred.succeed(begun, undefined);
            yield* otherWork(20);
            yield* add(sql, 2);
          }),
        );
        const reading = Effect.andThen(
          Deferred.await(begun),
          Effect.tap(read(sql), (rows) => Effect.sync(() => seen.push(rows))),
        );
        yield* Effect.all([transaction, reading, reading], { concurrency: "unbounded" });
        assert.deepStrictEqual(seen, [
          [1, 1],
          [1, 1],
        ]);
      }),
    ),
  );

  it.live("keeps the answers of many at once apart", () =>
    onDatabase((sql) =>
      Effect.forEach(
        Array.from({ length: 500 }, (_, i) => i),
        Effect.fnUntraced(function* (i) {
          if (i % 5 === 0) return yield* Effect.asVoid(Effect.flip(sql`select ${i} / 0`));
          const answer = sql<{ i: number; pad: string }>`select ${i}::int as i, repeat('x', ${i}) as pad`;
          const [row] = yield* i % 3 === 0 ? sql.withTransaction(Effect.andThen(add(sql, 1), answer)) : answer;
          assert.deepStrictEqual(row, { i, pad: "x".repeat(i) });
        }),
        { concurrency: 16, discard: true },
      ),
    ),
  );

  it.live("goes on after a statement that failed", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(sql`insert into counters values (1, 1)`);
        assert.strictEqual(error.reason._tag, "UniqueViolation");
        yield* Effect.flip(sql.withTransaction(Effect.andThen(add(sql, 1), sql`select * from nowhere`)));
        assert.deepStrictEqual(yield* read(sql), [0, 0]);
        assert.isFalse(yield* isOpen(sql));
      }),
    ),
  );

  it.live("rolls back a transaction that is interrupted", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>();
        const fiber = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* add(sql, 1);
              yield* Deferred.succeed(begun, undefined);
              return yield* Effect.never;
            }),
          ),
        );
        yield* Deferred.await(begun);
        yield* Fiber.interrupt(fiber);
        assert.deepStrictEqual(yield* read(sql), [0, 0]);
      }),
    ),
  );

  it.live("leaves no transaction open, whenever it is interrupted", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        for (let turns = 0; turns < 60; turns++) {
          const fiber = yield* Effect.forkChild(
            sql.withTransaction(Effect.andThen(add(sql, 1), Effect.andThen(sql`select pg_sleep(0.002)`, add(sql, 2)))),
          );
          yield* otherWork(turns);
          yield* Fiber.interrupt(fiber);
          const [one, two] = yield* read(sql);
          assert.strictEqual(one, two, `after ${turns} turns`);
        }
      }),
    ),
  );

  it.live("rolls back what a destroyed connection has begun, and forgets its statements", () =>
    onDatabase((sql, session) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make();
        const other = yield* Scope.provide(connect(session), scope);
        const prepared = Effect.map(
          sql<{
            n: number;
          }>`select count(*)::int as n from pg_prepared_statements where statement = 'select 1 as other'`,
          ([row]) => row?.n,
        );
        yield* other`select 1 as other`;
        assert.strictEqual(yield* prepared, 1);
        yield* Scope.close(scope, Exit.void);
        assert.strictEqual(yield* prepared, 0);

        const raw = session.connect();
        raw.write(startup);
        raw.write(message("Q", "BEGIN; update counters set n = 100\0"));
        const waiting = yield* Effect.forkChild(read(sql));
        yield* otherWork(10);
        assert.isUndefined(waiting.pollUnsafe());
        raw.destroy();
        assert.deepStrictEqual(yield* Fiber.join(waiting), [0, 0]);
      }),
    ),
  );

  it.live("gives the turn to nobody between the halves of a batch", () =>
    onDatabase((sql, session) =>
      Effect.gen(function* () {
        const raw = session.connect();
        raw.write(startup);
        const half = [
          message("P", "\0update counters set n = 5\0\0\0"),
          message("B", "\0\0\0\0\0\0\0\0"),
          message("E", "\0\0\0\0\0"),
          message("H", ""),
        ];
        raw.write(Buffer.concat(half));
        const other = yield* Effect.forkChild(sql.withTransaction(Effect.andThen(add(sql, 1), read(sql))));
        yield* otherWork(10);
        assert.isUndefined(other.pollUnsafe());
        // The other half comes in two writes, of which the second arrives while the first is being executed.
        raw.write(Buffer.concat(half));
        raw.write(message("S", ""));
        assert.deepStrictEqual((yield* Fiber.join(other)).toSorted(), [5, 6]);
        raw.destroy();
      }),
    ),
  );

  it.live("tells listeners, of whom one that stops does not silence the others", () =>
    onDatabase((sql, session) =>
      Effect.gen(function* () {
        const other = yield* connect(session);
        const one = yield* sql.listen("news");
        const scope = yield* Scope.make();
        const two = yield* Scope.provide(other.listen("news"), scope);
        yield* sql.notify("news", "first");
        assert.strictEqual((yield* Queue.take(one)).payload, "first");
        assert.strictEqual((yield* Queue.take(two)).payload, "first");
        yield* Scope.close(scope, Exit.void);
        yield* sql.withTransaction(Effect.andThen(add(sql, 1), sql`select pg_notify('news', 'second')`));
        yield* other.notify("other news", "not for us");
        yield* sql.notify("news", "third");
        assert.strictEqual((yield* Queue.take(one)).payload, "second");
        assert.strictEqual((yield* Queue.take(one)).payload, "third");
      }),
    ),
  );

  it.live("lets timers and sockets have their turn while it has much to do", () =>
    onDatabase((sql) =>
      Effect.gen(function* () {
        let turns = 0;
        const timer = setInterval(() => turns++, 1);
        for (let i = 0; i < 2000; i++) yield* add(sql, 1);
        clearInterval(timer);
        assert.isAtLeast(turns, 2);
      }),
    ),
  );

  it.live("ends what is running before it closes", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const scope = yield* Scope.make();
        const open = Effect.gen(function* () {
          return yield* connect(yield* openDatabase(yield* loadEngine, yield* holdDirectory(directory)));
        });
        const sql = yield* Scope.provide(open, scope);
        yield* sql`create table counters (id int primary key, n int not null)`;
        const begun = yield* Deferred.make<void>();
        const fiber = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`insert into counters values (1, 0)`;
              yield* Deferred.succeed(begun, undefined);
              for (let i = 0; i < 20; i++) yield* add(sql, 1);
            }),
          ),
        );
        yield* Deferred.await(begun);
        yield* Scope.close(scope, Exit.void);
        yield* Fiber.join(fiber);
        assert.deepStrictEqual(yield* Effect.flatMap(open, read), [20]);
      }),
    ),
  );
});
