import { type Commit, type Event, type NewEvent, Storage, type StorageError } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { inject } from "vitest";
import { partsOf } from "../src/commitParts.ts";
import { makeCommitStatement } from "../src/commitStatement.ts";
import { connect, postgres } from "../src/postgres.ts";
import { createDatabase } from "./createDatabase.ts";

const at = new Date("2026-01-01T00:00:00Z");
const event = (jobId: number): NewEvent => ({
  type: "JobDied",
  jobId,
  kind: "test",
  version: 1,
  at,
  actor: { role: "system", user: null },
});
const commitOf = (...jobIds: ReadonlyArray<number>): Commit => ({
  tenant: "a",
  at,
  put: [],
  touch: [],
  add: { messages: [], jobs: [], events: jobIds.map(event) },
  drop: [],
  once: [],
  held: [],
  done: [],
});
const idsOf = (events: ReadonlyArray<Event>) => events.map((one) => (one.type === "JobDied" ? one.jobId : 0));

const commitStatement = makeCommitStatement('"deskwright"');

/** A storage, and a client on the same database for what a storage would never do. */
const open = Effect.gen(function* () {
  const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
  const context = yield* Layer.build(postgres({ url }));
  const client = yield* connect({ url, maxConnections: 12 });
  const storage = Context.get(context, Storage);
  const read = (after: number) => storage.events({ tenant: "a", ticketId: null, after, limit: 1000 });

  /** What a commit does, in a transaction of the test's own. */
  const apply = (jobId: number) => {
    const { text, values } = commitStatement("a", partsOf(commitOf(jobId)));
    return client.unsafe(text, values);
  };

  /** A commit of events that is applied, but not at its end before the gate opens. */
  const slowly = Effect.fnUntraced(function* (jobId: number, end: "commit" | "rollback") {
    const gate = yield* Deferred.make<void>();
    const applied = yield* Deferred.make<number>();
    const fiber = yield* Effect.forkScoped(
      Effect.ignoreCause(
        client.withTransaction(
          Effect.gen(function* () {
            const [backend] = yield* client.unsafe<{ pid: number }>("select pg_backend_pid() as pid");
            yield* apply(jobId);
            yield* Deferred.succeed(applied, backend?.pid ?? 0);
            yield* Deferred.await(gate);
            if (end === "rollback") yield* Effect.fail("rolled back");
          }),
        ),
      ),
    );
    return {
      pid: yield* Deferred.await(applied),
      end: Deferred.succeed(gate, undefined).pipe(Effect.andThen(Fiber.await(fiber))),
    };
  });
  return { storage, client, read, apply, slowly };
});

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(name, () => Effect.scoped(body));

describe("positions of events", () => {
  test(
    "a later commit that ends first waits for the earlier one, and both come in order",
    Effect.gen(function* () {
      const { storage, read, slowly } = yield* open;
      const slow = yield* slowly(1, "commit");
      yield* storage.commit(commitOf(2));
      const early = yield* read(0);
      assert.deepStrictEqual(idsOf(early.events), []);
      yield* slow.end;
      assert.deepStrictEqual(idsOf((yield* read(early.position)).events), [1, 2]);
    }),
  );

  test(
    "a commit that is rolled back holds nobody up",
    Effect.gen(function* () {
      const { storage, read, slowly } = yield* open;
      const slow = yield* slowly(1, "rollback");
      yield* storage.commit(commitOf(2));
      yield* slow.end;
      assert.deepStrictEqual(idsOf((yield* read(0)).events), [2]);
    }),
  );

  test(
    "a commit whose backend is killed holds nobody up",
    Effect.gen(function* () {
      const { storage, client, read, slowly } = yield* open;
      const slow = yield* slowly(1, "commit");
      yield* storage.commit(commitOf(2));
      yield* client.unsafe("select pg_terminate_backend($1, 5000)", [slow.pid]);
      assert.deepStrictEqual(idsOf((yield* read(0)).events), [2]);
      yield* slow.end;
    }),
  );

  test(
    "a stranger's long transaction holds nobody up",
    Effect.gen(function* () {
      const { storage, client, read } = yield* open;
      yield* client.unsafe("create table strangers (id int)");
      const gate = yield* Deferred.make<void>();
      const begun = yield* Deferred.make<void>();
      const stranger = yield* Effect.forkScoped(
        client.withTransaction(
          Effect.gen(function* () {
            yield* client.unsafe("insert into strangers values (1)");
            yield* client.unsafe("select pg_advisory_xact_lock_shared(42)");
            yield* Deferred.succeed(begun, undefined);
            yield* Deferred.await(gate);
          }),
        ),
      );
      yield* Deferred.await(begun);
      yield* storage.commit(commitOf(1));
      assert.deepStrictEqual(idsOf((yield* read(0)).events), [1]);
      yield* Deferred.succeed(gate, undefined);
      yield* Fiber.join(stranger);
    }),
  );

  test(
    "readers that remember one position miss nothing and hear nothing twice, whatever writers and rollbacks do",
    Effect.gen(function* () {
      const { storage, client, read, apply } = yield* open;
      const [writers, each] = [8, 60];
      let isOver = false;
      const write = (writer: number): Effect.Effect<void, unknown> =>
        Effect.forEach(
          Array.from({ length: each }, (_, n) => writer * each + n + 1),
          (id) =>
            id % 5 === 0
              ? // Takes positions and gives them up.
                Effect.ignore(client.withTransaction(Effect.andThen(apply(-id), Effect.fail("rolled back")))).pipe(
                  Effect.andThen(storage.commit(commitOf(id))),
                )
              : storage.commit(commitOf(id)),
          { discard: true },
        );
      const follow = (limit: number): Effect.Effect<ReadonlyArray<number>, StorageError> =>
        Effect.gen(function* () {
          const heard: Array<number> = [];
          for (let after = 0, idle = false; !idle; ) {
            const wasOver = isOver;
            const page = yield* storage.events({ tenant: "a", ticketId: null, after, limit });
            heard.push(...idsOf(page.events));
            idle = wasOver && page.events.length === 0 && page.position === after;
            after = page.position;
          }
          return heard;
        });
      const readers = yield* Effect.forkScoped(
        Effect.all([follow(1), follow(7), follow(500)], { concurrency: "unbounded" }),
      );
      yield* Effect.forEach(
        Array.from({ length: writers }, (_, n) => n),
        write,
        { concurrency: writers },
      );
      isOver = true;
      const all = idsOf((yield* read(0)).events);
      assert.strictEqual(all.length, writers * each);
      assert.strictEqual(new Set(all).size, writers * each);
      for (const heard of yield* Fiber.join(readers)) assert.deepStrictEqual(heard, all);
    }),
  );
});
