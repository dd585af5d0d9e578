import { type Commit, Conflict, Storage, StorageError } from "@deskwright/core/effect";
import type { PgClient } from "@effect/sql-pg/PgClient";
import { assert, describe, it } from "@effect/vitest";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { inject } from "vitest";
import { ownPostgres } from "../../../scripts/services.ts";
import { connect, postgres } from "../src/postgres.ts";
import { createDatabase } from "./createDatabase.ts";

const at = new Date("2026-01-01T00:00:00Z");

/** A commit of three parts that must come together: a used key, a record and an event, all with the number. */
const commitOf = (n: number): Commit => ({
  tenant: "a",
  at,
  put: [{ kind: "record", row: { collection: "kept", key: `${n}`, id: n, version: 0, data: n } }],
  touch: [],
  add: {
    messages: [],
    jobs: [],
    events: [{ type: "JobDied", jobId: n, kind: "x", version: 1, at, actor: { role: "system", user: null } }],
  },
  drop: [],
  once: [{ key: `${n}`, result: n }],
  held: [],
  done: [],
});

/** What is there of the commits: the numbers of the events, after it was made sure that the other parts agree. */
const kept = Effect.fnUntraced(function* (storage: Storage["Service"], upTo: number) {
  const { events } = yield* storage.events({ tenant: "a", ticketId: null, after: 0, limit: upTo });
  const numbers = events.flatMap((event) => (event.type === "JobDied" ? [event.jobId] : []));
  const records = yield* storage.records("a", "kept");
  const keys = Array.from({ length: upTo }, (_, n) => ({ kind: "once", key: `${n + 1}` }) as const);
  const used = (yield* storage.find("a", keys)).flatMap((found) => (found?.kind === "once" ? [found.row.result] : []));
  assert.sameMembers(numbers, [...records.map(({ id }) => id)]);
  assert.sameMembers(numbers, used as Array<number>);
  return new Set(numbers);
});

/** Commits one after the other in eight lanes until told to stop; what became of each. */
const commitOn = Effect.fnUntraced(function* (storage: Storage["Service"]) {
  const exits = new Map<number, Exit.Exit<unknown, Conflict | StorageError>>();
  let [next, isOver] = [1, false];
  const lane = Effect.gen(function* () {
    while (!isOver) {
      const n = next++;
      exits.set(n, yield* Effect.exit(storage.commit(commitOf(n))));
    }
  });
  const fiber = yield* Effect.forkScoped(
    Effect.all(
      Array.from({ length: 8 }, () => lane),
      { concurrency: "unbounded" },
    ),
  );
  const succeeded = () => [...exits].flatMap(([n, exit]) => (Exit.isSuccess(exit) ? [n] : []));
  return {
    exits,
    succeeded,
    /** Goes on until so many more are through. */
    more: Effect.fnUntraced(function* (count: number) {
      const enough = succeeded().length + count;
      yield* until(() => succeeded().length >= enough);
    }),
    stop: Effect.suspend(() => {
      isOver = true;
      return Fiber.join(fiber);
    }),
  };
});

const until = (isSo: () => boolean) =>
  Effect.suspend(() => (isSo() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("5 millis")),
    Effect.timeout("20 seconds"),
  );

/** Nothing that was acknowledged is missing, nothing is there in part, and every failure says to try again. */
const judge = Effect.fnUntraced(function* (
  storage: Storage["Service"],
  { exits, succeeded }: Effect.Success<ReturnType<typeof commitOn>>,
) {
  const there = yield* kept(storage, exits.size);
  assert.isEmpty(succeeded().filter((n) => !there.has(n)));
  const failures = [...exits.values()].flatMap((exit) => (Exit.isFailure(exit) ? [Cause.squash(exit.cause)] : []));
  assert.isNotEmpty(failures);
  for (const failure of failures) {
    assert.instanceOf(failure, StorageError);
    assert.isTrue(failure.retryable, failure.message);
  }
});

/** Does something with the backend that waits for a lock in this database, once there is one. */
const onceItWaits = (watcher: PgClient, what: string, backends = 1) =>
  watcher
    .unsafe(`select ${what} from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
    .pipe(Effect.repeat({ until: (rows) => rows.length >= backends, schedule: Schedule.spaced("5 millis") }));

const storageAt = (url: string) =>
  Effect.map(Layer.build(postgres({ url })), (context) => Context.get(context, Storage));

/** A storage, a client that gets in its way, and one that sees what waits. */
const openWatched = Effect.gen(function* () {
  const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
  const storage = yield* storageAt(url);
  const client = yield* connect({ url, maxConnections: 1 });
  return { storage, client, watcher: yield* connect({ url, maxConnections: 1 }) };
});

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(name, () => Effect.scoped(body), 60_000);

describe("recovery", () => {
  test(
    "a server that dies and comes back keeps every acknowledged commit, and needs no new storage",
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => ownPostgres({ durable: true })),
        ({ stop }) => Effect.promise(stop),
      );
      const storage = yield* storageAt(server.url);
      const run = yield* commitOn(storage);
      yield* run.more(20);
      yield* Effect.promise(server.kill);
      const failed = run.exits.size;
      yield* until(() => run.exits.size > failed + 20);
      const error = yield* Effect.flip(storage.find("a", [{ kind: "ticket", id: 1 }]));
      assert.isTrue(error.retryable, error.message);
      yield* Effect.promise(server.start);
      yield* run.more(20);
      yield* run.stop;
      yield* judge(storage, run);
    }),
  );

  test(
    "a commit whose backend is ended while it waits for a row fails as retryable, and nothing of it stays",
    Effect.gen(function* () {
      const { storage, client, watcher } = yield* openWatched;
      yield* client.withTransaction(
        Effect.gen(function* () {
          yield* client.unsafe("insert into deskwright.once (tenant, key) values ('a', '1')");
          const waiting = yield* Effect.forkChild(Effect.flip(storage.commit(commitOf(1))));
          yield* onceItWaits(watcher, "pg_terminate_backend(pid)");
          const error = yield* Fiber.join(waiting);
          assert.instanceOf(error, StorageError);
          assert.isTrue(error.retryable, error.message);
        }),
      );
      assert.isEmpty(yield* storage.records("a", "kept"));
      yield* storage.commit(commitOf(2));
    }),
  );

  test(
    "a commit that the server gives up for a deadlock is done again, and nobody hears of it",
    Effect.gen(function* () {
      const { storage, client, watcher } = yield* openWatched;
      for (const n of [1, 2]) yield* storage.commit(commitOf(n));
      const lock = (id: number) => client.unsafe("select from deskwright.records where id = $1 for update", [id]);
      const change: Commit = {
        ...commitOf(3),
        put: [1, 2].map((id) => ({
          kind: "record",
          row: { collection: "kept", key: `${id}`, id, version: 1, data: "changed" },
        })),
      };
      const changing = yield* client.withTransaction(
        Effect.gen(function* () {
          // So that it is never this one that is given up.
          yield* client.unsafe("set local deadlock_timeout = '30s'");
          yield* lock(2);
          const changing = yield* Effect.forkScoped(storage.commit(change));
          yield* onceItWaits(watcher, "pid");
          // Now each waits for the other.
          yield* lock(1);
          return changing;
        }),
      );
      yield* Fiber.join(changing);
      const records = yield* storage.records("a", "kept");
      assert.deepStrictEqual(
        records.map(({ version, data }) => [version, data]),
        [
          [2, "changed"],
          [2, "changed"],
        ],
      );
      const [database] = yield* client.unsafe<{ deadlocks: number }>(
        "select deadlocks::int4 from pg_stat_database where datname = current_database()",
      );
      assert.isAtLeast(database?.deadlocks ?? 0, 1);
    }),
  );

  test(
    "commits that wait for somebody's lock hold up nobody else",
    Effect.gen(function* () {
      const { storage, client: stranger, watcher } = yield* openWatched;
      const waiting = yield* stranger.withTransaction(
        Effect.gen(function* () {
          yield* stranger.unsafe("insert into deskwright.once (tenant, key) values ('a', '1'), ('a', '2')");
          const first = yield* Effect.forkScoped(Effect.flip(storage.commit(commitOf(1))));
          yield* onceItWaits(watcher, "pid");
          const second = yield* Effect.forkScoped(Effect.flip(storage.commit(commitOf(2))));
          yield* onceItWaits(watcher, "pid", 2);
          yield* storage.commit(commitOf(3));
          return [first, second];
        }),
      );
      for (const fiber of waiting) assert.instanceOf(yield* Fiber.join(fiber), Conflict);
    }),
  );

  test(
    "a listener whose connection is ended is woken, and hears other processes again",
    Effect.gen(function* () {
      const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
      const [listening, telling] = [yield* storageAt(url), yield* storageAt(url)];
      const client = yield* connect({ url, maxConnections: 1 });
      const heard: Array<unknown> = [];
      yield* listening.listen.pipe(
        Stream.runForEach((signal) =>
          Effect.sync(() => heard.push(signal.topic === "live" ? signal.data : signal.topic)),
        ),
        Effect.forkScoped,
      );
      const hears = (data: string) =>
        telling
          .signal({ topic: "live", tenant: "a", data })
          .pipe(
            Effect.andThen(Effect.sleep("20 millis")),
            Effect.repeat({ until: () => heard.includes(data) }),
            Effect.timeout("20 seconds"),
          );
      yield* hears("before");
      yield* client.unsafe(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' and datname = current_database()",
      );
      heard.length = 0;
      yield* until(() => heard.includes("events") && heard.includes("jobs"));
      yield* hears("after");
    }),
  );
});
