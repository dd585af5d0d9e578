import { type Commit, Conflict, Storage } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { inject } from "vitest";
import { postgres } from "../src/postgres.ts";
import { createDatabase } from "./createDatabase.ts";

const at = new Date("2026-01-01T00:00:00Z");

/** Writes a key that must be new and as many events as its number says, so that each can be told from the others. */
const commitOf = (tenant: string, number: number, key = `key ${number}`): Commit => ({
  tenant,
  at,
  put: [],
  touch: [],
  add: {
    messages: [],
    jobs: [],
    events: Array.from({ length: number % 4 }, () => ({
      type: "JobDied",
      jobId: number,
      kind: "test",
      version: 1,
      at,
      actor: { role: "system", user: null },
    })),
  },
  drop: [],
  once: [{ key, result: number }],
  held: [],
  done: [],
});

const open = Effect.gen(function* () {
  const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
  return Context.get(yield* Layer.build(postgres({ url })), Storage);
});

const numbers = Array.from({ length: 200 }, (_, index) => index + 1);

describe("commits that come together", () => {
  it.live("answer each its own positions", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* open;
        const answered = yield* Effect.forEach(numbers, (number) => storage.commit(commitOf("a", number)), {
          concurrency: "unbounded",
        });
        const { events } = yield* storage.events({ tenant: "a", ticketId: null, after: 0, limit: 1000 });
        const written = new Map(events.map((event) => [event.position, event.type === "JobDied" && event.jobId]));
        numbers.forEach((number, index) => {
          const positions = answered[index] ?? [];
          assert.deepStrictEqual(
            positions.map((position) => written.get(position)),
            Array.from({ length: number % 4 }, () => number),
          );
        });
      }),
    ),
  );

  it.live("fail alone, for what is wrong with one of them", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* open;
        yield* storage.commit(commitOf("a", 4, "taken"));
        const exits = yield* Effect.forEach(
          numbers,
          (number) => Effect.exit(storage.commit(commitOf("a", number, number % 20 === 0 ? "taken" : `key ${number}`))),
          { concurrency: "unbounded" },
        );
        const lost = numbers.filter((_, index) => Exit.isFailure(exits[index] as Exit.Exit<unknown>));
        assert.deepStrictEqual(
          lost,
          numbers.filter((number) => number % 20 === 0),
        );
        const again = yield* Effect.flip(storage.commit(commitOf("a", 20, "taken")));
        assert.instanceOf(again, Conflict);
        const { events } = yield* storage.events({ tenant: "a", ticketId: null, after: 0, limit: 1000 });
        const kept = numbers.filter((number) => number % 20 > 0).reduce((sum, number) => sum + (number % 4), 0);
        assert.strictEqual(events.length, kept);
      }),
    ),
  );

  it.live("are answered, all of them, when the storage is closed meanwhile", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const storage = yield* Scope.provide(open, scope);
      const written = yield* Effect.forEach(numbers, (number) =>
        Effect.forkChild(storage.commit(commitOf("a", number))),
      );
      yield* Scope.close(scope, Exit.void);
      yield* Effect.forEach(written, (fiber) => Fiber.await(fiber));
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(storage.commit(commitOf("a", 1000)))));
    }),
  );

  it.live("of several tenants stay apart", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* open;
        const asked = numbers.flatMap((number) => [
          { tenant: "a", number },
          { tenant: "b", number },
        ]);
        const exits = yield* Effect.forEach(
          asked,
          ({ tenant, number }) => Effect.exit(storage.commit(commitOf(tenant, number, "same"))),
          { concurrency: "unbounded" },
        );
        for (const tenant of ["a", "b"]) {
          const won = asked.filter((one, at) => one.tenant === tenant && exits[at]?._tag === "Success");
          const [row] = yield* storage.find(tenant, [{ kind: "once", key: "same" }]);
          assert.deepStrictEqual(
            won.map(({ number }) => number),
            [row?.kind === "once" ? (row.row.result as number) : null],
          );
        }
      }),
    ),
  );
});
