import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import type { Event } from "../src/Event.ts";
import { Feed, type FeedQuery } from "../src/Feed.ts";
import { Storage } from "../src/Storage.ts";
import { emptyCommit, eventsBy } from "../src/Writer.ts";
import { Dice } from "./Dice.ts";
import { asTimePasses, desk, farMemory, type Line, lineTo } from "./TestDesk.ts";

/** So many events of a tenant, in one commit; each is of the ticket with its number. */
const write = (count: number, tenant = "default", first = 1) =>
  Effect.flatMap(Storage, (storage) => {
    const at = new Date(0);
    const bodies = Array.from({ length: count }, (_, index) => ({
      type: "TicketDeleted" as const,
      ticketId: first + index,
      requester: 1,
    }));
    const events = eventsBy({ tenant, role: "system", user: null }, at, bodies);
    return storage.commit({ ...emptyCommit(tenant, at), add: { messages: [], jobs: [], events } });
  });
const follow = (query: Partial<FeedQuery>, count: number) =>
  Effect.flatMap(Feed, (feed) =>
    feed.follow({ tenant: "default", ...query }).pipe(Stream.take(count), Stream.runCollect, Effect.forkScoped),
  );
const positions = (events: Iterable<Event>) => [...events].map(({ position }) => position);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const settle = Effect.replicateEffect(TestClock.adjust("1 millis"), 5, { discard: true });

describe("a follower", () => {
  it.effect("begins now, however far behind the reader of the log is", () =>
    Effect.gen(function* () {
      const feed = yield* Feed;
      yield* write(3);
      const early = yield* follow({}, 1);
      yield* settle;
      // Nobody has read these when the next one begins.
      yield* write(2);
      assert.strictEqual(yield* feed.newest, 5);
      const late = yield* follow({}, 1);
      yield* settle;
      yield* write(1);
      assert.deepStrictEqual(positions(yield* Fiber.join(early)), [4]);
      assert.deepStrictEqual(positions(yield* Fiber.join(late)), [6]);
    }).pipe(desk()),
  );

  it.effect("from far behind catches up page by page, and goes on without a gap or a double", () =>
    Effect.gen(function* () {
      for (let block = 0; block < 7; block++) yield* write(1000);
      const follower = yield* follow({ after: 0 }, 7500);
      yield* settle;
      yield* write(500);
      assert.deepStrictEqual(positions(yield* asTimePasses(Fiber.join(follower))), range(1, 7500));
    }).pipe(desk()),
  );

  it.effect("that stands still while thousands of events pass reads them from the store", () =>
    Effect.gen(function* () {
      const feed = yield* Feed;
      yield* write(1);
      const heard: Array<number> = [];
      let isStuck = true;
      const follower = yield* feed.follow({ tenant: "default", after: 0 }).pipe(
        Stream.take(12_001),
        Stream.runForEach(({ position }) => {
          heard.push(position);
          return isStuck ? Effect.sleep("1 minute") : Effect.void;
        }),
        Effect.forkChild,
      );
      yield* settle;
      for (let block = 0; block < 12; block++) {
        yield* write(1000);
        yield* settle;
      }
      isStuck = false;
      yield* TestClock.adjust("1 minute");
      yield* asTimePasses(Fiber.join(follower));
      assert.deepStrictEqual(heard, range(1, 12_001));
    }).pipe(desk()),
  );

  it.effect("hears its tenant and its ticket alone, all tenants where it may", () =>
    Effect.gen(function* () {
      const ticket = yield* follow({ ticketId: 7 }, 2);
      const other = yield* follow({ tenant: "other" }, 2);
      const all = yield* follow({ tenant: null, after: 0 }, 14);
      yield* settle;
      for (const tenant of ["default", "other"]) yield* write(2, tenant, 7);
      yield* write(9);
      yield* settle;
      yield* write(1, "default", 7);
      const heard = yield* asTimePasses(Effect.all([ticket, other, all].map((follower) => Fiber.join(follower))));
      assert.deepStrictEqual(heard.map(positions), [[1, 11], [3, 4], range(1, 14)]);
    }).pipe(desk()),
  );

  it.effect("that begins at any place while many write hears everything after it once", () =>
    Effect.gen(function* () {
      const dice = new Dice(5);
      const followers: Array<readonly [number, Fiber.Fiber<ReadonlyArray<Event>, unknown>]> = [];
      const total = 600;
      let written = 0;
      const writers = Array.from({ length: 6 }, () =>
        Effect.gen(function* () {
          for (let round = 0; round < 20; round++) {
            yield* write(5);
            written += 5;
            if (dice.chance(0.3)) {
              const after = dice.int(0, written);
              followers.push([after, yield* follow({ after }, total - after)]);
            }
            yield* Effect.yieldNow;
          }
        }),
      );
      yield* asTimePasses(
        Effect.gen(function* () {
          yield* Effect.all(writers, { concurrency: "unbounded" });
          assert.isAbove(followers.length, 10);
          for (const [after, follower] of followers)
            assert.deepStrictEqual(positions(yield* Fiber.join(follower)), range(after + 1, total));
        }),
      );
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("sits out an outage, before it began and in the middle, and misses nothing", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: true, waitFor: {} };
      return Effect.gen(function* () {
        const follower = yield* follow({ after: 0 }, 6);
        yield* TestClock.adjust("10 seconds");
        line.isCut = false;
        yield* write(2);
        yield* TestClock.adjust("3 seconds");
        line.isCut = true;
        yield* TestClock.adjust("10 seconds");
        line.isCut = false;
        yield* write(4);
        yield* TestClock.adjust("3 seconds");
        assert.deepStrictEqual(positions(yield* Fiber.join(follower)), range(1, 6));
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );

  it.effect("that is broken off leaves the others hearing, even the first of all", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: true, waitFor: {} };
      return Effect.gen(function* () {
        const first = yield* follow({ after: 0 }, 1);
        yield* TestClock.adjust("2 seconds");
        yield* Fiber.interrupt(first);
        line.isCut = false;
        const second = yield* follow({ after: 0 }, 2);
        const third = yield* follow({ after: 0 }, 2);
        yield* settle;
        yield* write(1);
        yield* settle;
        yield* Fiber.interrupt(second);
        yield* write(1);
        yield* TestClock.adjust("2 seconds");
        assert.deepStrictEqual(positions(yield* Fiber.join(third)), [1, 2]);
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );
});
