import type { Event, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { Random } from "../Random.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { newEvent, put, ticketEvent } from "./rows.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const numbersOf = (events: ReadonlyArray<Event>) => events.map((event) => ("userId" in event ? event.userId : null));

/** Reads page by page, as a durable reader does, until the end; answers all of it and where it ended. */
const readAll = Effect.fnUntraced(function* ({ storage, tenant }: Desk, limit: number, from = 0) {
  const read: Array<Event> = [];
  let after = from;
  while (true) {
    const page = yield* storage.events({ tenant, ticketId: null, after, limit });
    assert.isAtMost(page.events.length, limit);
    assert.isAtLeast(page.position, page.events.at(-1)?.position ?? after);
    read.push(...page.events);
    if (page.position === after) return { read, position: after };
    after = page.position;
  }
});

/** The log that live feeds and durable readers go by. */
export const events: Group<Storage> = {
  about: "events",
  cases: [
    {
      test: "events are read as they were appended, in their order, at the positions that the commit answered",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const added = [newEvent(1), ticketEvent(ticket.id, desk.customer.id), newEvent(2)];
        const positions = yield* desk.commit({ events: added });
        const { read } = yield* readAll(desk, 10);
        const expected = added.map((event, n) => ({ ...event, tenant: desk.tenant, position: positions[n] }));
        assert.deepStrictEqual<unknown>(read, expected);
        assert.deepStrictEqual(
          positions,
          positions.toSorted((a, b) => a - b),
        );
        assert.lengthOf(new Set(positions), 3);
        assert.isTrue(positions.every((position) => Number.isSafeInteger(position) && position > 0));
      }),
    },
    {
      test: "a commit without events answers no positions, and one that is refused appends nothing",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        assert.deepStrictEqual(yield* desk.commit({ put: [put("ticket", ticket)] }), []);
        yield* expectConflict(desk.commit({ put: [put("ticket", ticket)], events: [newEvent(1)] }));
        assert.deepStrictEqual((yield* readAll(desk, 10)).read, []);
      }),
    },
    {
      test: "a reader can go on from any position with any limit",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const stranger = yield* makeDesk;
        const random = yield* Random.make;
        for (const n of upTo(20)) {
          yield* desk.commit({ events: [newEvent(2 * n), newEvent(2 * n + 1)] });
          if (random.chance(0.5)) yield* stranger.commit({ events: [newEvent(1000 + n)] });
        }
        const { read } = yield* readAll(desk, 100);
        assert.deepStrictEqual(numbersOf(read), upTo(40));
        for (const limit of [1, 3, 7, 40]) assert.deepStrictEqual((yield* readAll(desk, limit)).read, read);
        for (const event of [random.pick(read), random.pick(read)])
          assert.deepStrictEqual(
            (yield* readAll(desk, 5, event.position)).read,
            read.filter(({ position }) => position > event.position),
          );
      }),
    },
    {
      test: "events of one ticket and of all tenants can be read apart",
      body: Effect.gen(function* () {
        const [desk, other] = [yield* makeDesk, yield* makeDesk];
        const [one, two] = [yield* desk.newTicket(), yield* desk.newTicket()];
        const twin = yield* other.newTicket();
        const about = (ticket: number) => ticketEvent(ticket, desk.customer.id);
        const [first] = yield* desk.commit({ events: [about(one.id), about(two.id), newEvent(1)] });
        yield* other.commit({ events: [ticketEvent(twin.id, other.customer.id)] });
        yield* desk.commit({ events: [about(one.id)] });

        const mine = yield* desk.storage.events({ tenant: desk.tenant, ticketId: one.id, after: 0, limit: 100 });
        assert.lengthOf(mine.events, 2);
        const after = (first as number) - 1;
        const all = yield* desk.storage.events({ tenant: null, ticketId: null, after, limit: 1000 });
        const tenants = all.events
          .map(({ tenant }) => tenant)
          .filter((id) => id === desk.tenant || id === other.tenant);
        assert.deepStrictEqual(tenants, [desk.tenant, desk.tenant, desk.tenant, other.tenant, desk.tenant]);
        const positions = all.events.map(({ position }) => position);
        assert.deepStrictEqual(
          positions,
          positions.toSorted((a, b) => a - b),
        );
      }),
    },
    {
      test: "a reader from now on begins after all there is and misses nothing that follows",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.commit({ events: [newEvent(1)] });
        const now = yield* desk.storage.events({ tenant: desk.tenant, ticketId: null, after: null, limit: 100 });
        assert.deepStrictEqual(now.events, []);
        yield* desk.commit({ events: [newEvent(2)] });
        assert.deepStrictEqual(numbersOf((yield* readAll(desk, 10, now.position)).read), [2]);
      }),
    },
    {
      test: "a reader that follows while twenty writers append sees every event once and in order",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const random = yield* Random.make;
        const writing = yield* Effect.forEach(
          upTo(20),
          (writer) =>
            Effect.forEach(upTo(15), (n) => {
              const first = 1000 * writer + 2 * n;
              return desk.commit({ events: [newEvent(first), newEvent(first + 1)] });
            }),
          { concurrency: "unbounded" },
        ).pipe(Effect.forkChild);

        const read: Array<Event> = [];
        let after = 0;
        while (true) {
          const ended = writing.pollUnsafe() !== undefined;
          const limit = 1 + random.int(20);
          const page = yield* desk.storage.events({ tenant: desk.tenant, ticketId: null, after, limit });
          read.push(...page.events);
          if (ended && page.position === after) break;
          after = page.position;
          yield* Effect.yieldNow;
        }
        const positions = (yield* Fiber.join(writing)).flat(2);
        assert.deepStrictEqual(
          read.map(({ position }) => position),
          positions.toSorted((a, b) => a - b),
        );
        for (const writer of upTo(20)) {
          const own = numbersOf(read).filter((number) => Math.floor((number ?? -1) / 1000) === writer);
          assert.deepStrictEqual(
            own,
            upTo(30).map((n) => 1000 * writer + n),
          );
        }
      }),
    },
  ],
};
