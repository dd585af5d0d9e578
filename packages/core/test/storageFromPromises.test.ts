import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import { Conflict, StorageError } from "../src/Errors.ts";
import { Storage } from "../src/Storage.ts";
import { type PromisedStorage, storageFromPromises } from "../src/storageFromPromises.ts";
import { emptyCommit } from "../src/Writer.ts";

const unused = () => Promise.reject(new Error("not part of this test"));

/** A store of which a test writes only what it is about. */
const store = (parts: Partial<PromisedStorage>): PromisedStorage => ({
  commit: unused,
  reserve: unused,
  tickets: unused,
  countTickets: unused,
  tallies: unused,
  messages: unused,
  find: unused,
  users: unused,
  records: unused,
  files: unused,
  events: unused,
  listen: () => () => {},
  signal: unused,
  claim: unused,
  extend: unused,
  jobs: unused,
  countJobs: unused,
  ...parts,
});

const using = <A, E>(parts: PromisedStorage, use: (storage: Storage["Service"]) => Effect.Effect<A, E>) =>
  Storage.use(use).pipe(Effect.provide(storageFromPromises(parts)));

const commit = emptyCommit("t", new Date(0));

describe("a storage of promises", () => {
  it.effect("tells a lost race by the Conflict that its author throws", () =>
    Effect.gen(function* () {
      const thrown = new Conflict({ kind: "ticket", id: 3 });
      const error = yield* Effect.flip(
        using(store({ commit: () => Promise.reject(thrown) }), (it) => it.commit(commit)),
      );
      assert.strictEqual(error, thrown);
    }),
  );

  it.effect("keeps a StorageError as it is, with what it says about trying again", () =>
    Effect.gen(function* () {
      const thrown = new StorageError({ reason: "too many connections", retryable: true });
      const failing = store({ commit: () => Promise.reject(thrown), tallies: () => Promise.reject(thrown) });
      assert.strictEqual(yield* Effect.flip(using(failing, (it) => it.commit(commit))), thrown);
      assert.strictEqual(yield* Effect.flip(using(failing, (it) => it.tallies("t"))), thrown);
    }),
  );

  for (const [what, tallies] of [
    ["rejected with", () => Promise.reject(new TypeError("socket hang up"))],
    [
      "thrown before any promise was made",
      () => {
        throw new TypeError("socket hang up");
      },
    ],
  ] as const)
    it.effect(`makes a StorageError of anything else that is ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(using(store({ tallies }), (it) => it.tallies("t")));
        assert.instanceOf(error, StorageError);
        assert.deepInclude({ ...error }, { reason: "socket hang up", retryable: false });
        assert.instanceOf(error.cause, TypeError);
      }),
    );

  it.effect("does not take a Conflict for an answer where none can be lost", () =>
    Effect.gen(function* () {
      const tallies = () => Promise.reject(new Conflict({ kind: "ticket", id: 3 }));
      assert.instanceOf(yield* Effect.flip(using(store({ tallies }), (it) => it.tallies("t"))), StorageError);
    }),
  );

  it.effect("may be an instance of a class", () =>
    Effect.gen(function* () {
      class Counting {
        #count = 41;
        async countTickets() {
          return ++this.#count;
        }
      }
      const { countTickets: _, ...others } = store({});
      const counting = Object.assign(new Counting(), others);
      assert.strictEqual(yield* using(counting, (it) => it.countTickets("t", {})), 42);
    }),
  );

  it.effect("listens while somebody reads, and stops then", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const listening = store({
        listen: async (onSignal) => {
          log.push("listening");
          onSignal({ topic: "jobs" });
          return async () => void log.push("stopped");
        },
      });
      const heard = yield* using(listening, (it) => Stream.runCollect(Stream.take(it.listen, 1)));
      assert.deepStrictEqual(heard, [{ topic: "jobs" }]);
      assert.deepStrictEqual(log, ["listening", "stopped"]);
    }),
  );

  it.effect("tries to listen again each second while it can't", () =>
    Effect.gen(function* () {
      let tries = 0;
      const failing = store({
        listen: async (onSignal) => {
          if (++tries < 4) throw new Error("no connection");
          onSignal({ topic: "events" });
          return () => {};
        },
      });
      const reading = yield* Effect.forkChild(using(failing, (it) => Stream.runHead(it.listen)));
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.join(reading);
      assert.strictEqual(tries, 4);
    }),
  );
});
