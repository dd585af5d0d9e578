import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import * as TestClock from "effect/testing/TestClock";
import type { Event } from "../src/Event.ts";
import { Helpdesk } from "../src/Helpdesk.ts";
import { Jobs } from "../src/jobs/Jobs.ts";
import { Worker } from "../src/jobs/Worker.ts";
import { makeMemoryStorage } from "../src/memory/MemoryStorage.ts";
import { Subscriptions } from "../src/Subscriptions.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { asSystem, desk, type Line, lineTo } from "./TestDesk.ts";

const open = Effect.flatMap(Tickets, (tickets) =>
  asSystem(tickets.open({ subject: "s", text: "t", requester: { externalId: "u" } })),
);
const ticketOf = (event: Event) => ("ticketId" in event ? event.ticketId : 0);
const hearing = (name: string, handle: (event: Event) => Effect.Effect<void, unknown>) =>
  Effect.flatMap(Subscriptions, (subscriptions) => subscriptions.durable(name, "TicketOpened", handle));
const working = Effect.flatMap(Worker, (worker) => worker.run(4));

/** A process: a helpdesk over a storage that outlives it, until it is killed or closed. */
const process = Effect.fnUntraced(function* (line: Line, store: ReturnType<typeof makeMemoryStorage>) {
  const scope = yield* Scope.make();
  const context = yield* Layer.buildWithScope(Helpdesk.layer({ storage: lineTo(line, store) }), scope);
  return {
    does: <A, E, R>(body: Effect.Effect<A, E, R>) => Scope.provide(Effect.provideContext(body, context), scope),
    close: Scope.close(scope, Exit.void),
  };
});

describe("a durable handler", () => {
  it.effect("is called at least once for each event, when its process is killed again and again", () =>
    Effect.gen(function* () {
      const store = makeMemoryStorage();
      const heard = new Map<number, number>();
      const handle = (event: Event) =>
        Effect.sync(() => void heard.set(ticketOf(event), (heard.get(ticketOf(event)) ?? 0) + 1));
      const writer = yield* process({ isCut: false, waitFor: {} }, store);
      for (let life = 0; life < 6; life++) {
        const line: Line = { isCut: false, waitFor: {} };
        const one = yield* process(line, store);
        yield* one.does(Effect.andThen(hearing("pager", handle), working));
        for (let number = 0; number < 5; number++) yield* writer.does(open);
        yield* TestClock.adjust(`${life} millis`);
        // Killed: whatever it still says comes nowhere, and nothing is given back.
        line.isCut = true;
        yield* one.close;
        yield* writer.does(open);
        yield* TestClock.adjust("31 seconds");
      }
      const last = yield* process({ isCut: false, waitFor: {} }, store);
      yield* last.does(Effect.andThen(hearing("pager", handle), working));
      yield* TestClock.adjust("2 minutes");
      assert.deepStrictEqual(
        [...heard.keys()].sort((a, b) => a - b),
        Array.from({ length: 36 }, (_, index) => index + 1),
      );
      yield* last.close;
      yield* writer.close;
    }),
  );

  it.effect("that keeps failing for one event leaves it as a dead job, to be retried by hand, and hears the rest", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs;
      const heard: Array<number> = [];
      let isBroken = true;
      yield* hearing("pager", (event) => {
        const id = ticketOf(event);
        return id === 2 && isBroken ? Effect.fail(new Error("Not this one")) : Effect.sync(() => void heard.push(id));
      });
      yield* working;
      for (let number = 0; number < 3; number++) yield* open;
      for (let minute = 0; minute < 10; minute++) yield* TestClock.adjust("1 minute");
      assert.deepStrictEqual(heard, [1, 3]);
      const [dead, ...more] = yield* asSystem(jobs.list({ state: "dead" }));
      assert.lengthOf(more, 0);
      assert.deepInclude(dead, { kind: "on:pager:TicketOpened", error: "Not this one", attempts: 8 });
      isBroken = false;
      yield* asSystem(jobs.retry(dead?.id ?? 0));
      yield* TestClock.adjust("2 seconds");
      assert.deepStrictEqual(heard, [1, 3, 2]);
    }).pipe(desk()),
  );

  it.effect("begins when the storage is there, and is told apart by its name", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: true, waitFor: {} };
      return Effect.gen(function* () {
        const heard: Array<string> = [];
        const note = (name: string) => (event: Event) =>
          Effect.sync(() => void heard.push(`${name} ${ticketOf(event)}`));
        yield* hearing("a", note("a"));
        yield* working;
        yield* TestClock.adjust("10 seconds");
        line.isCut = false;
        yield* TestClock.adjust("3 seconds");
        yield* open;
        yield* TestClock.adjust("3 seconds");
        yield* hearing("b", note("b"));
        yield* open;
        yield* TestClock.adjust("3 seconds");
        assert.sameMembers(heard, ["a 1", "a 2", "b 2"]);
      }).pipe(desk({ storage: lineTo(line) }));
    }),
  );

  it.effect("writes its place down as it goes, where events of other kinds pass by thousands", () =>
    Effect.gen(function* () {
      const store = makeMemoryStorage();
      const line: Line = { isCut: false, waitFor: {} };
      const one = yield* process(line, store);
      yield* one.does(hearing("pager", () => Effect.void));
      yield* one.does(open);
      const markRead = Effect.flatMap(Tickets, (tickets) => asSystem(tickets.update(1, { subject: "x" })));
      const back = Effect.flatMap(Tickets, (tickets) => asSystem(tickets.update(1, { subject: "y" })));
      for (let round = 0; round < 600; round++) yield* one.does(Effect.andThen(markRead, back));
      yield* TestClock.adjust("10 seconds");
      const [follower] = yield* store.jobs({
        tenant: null,
        state: null,
        kind: "follow:pager:TicketOpened",
        endedBefore: null,
        after: 0,
        limit: 1,
      });
      assert.isAtLeast(Object(follower?.payload).after, 1000);
      yield* one.close;
    }),
  );
});

describe("a handler of this process", () => {
  it.effect("hears again after an outage what was written meanwhile, once", () =>
    Effect.suspend(() => {
      const line: Line = { isCut: false, waitFor: {} };
      const store = makeMemoryStorage();
      return Effect.gen(function* () {
        const heard: Array<number> = [];
        const subscriptions = yield* Subscriptions;
        yield* subscriptions.live("TicketOpened", (event) => Effect.sync(() => void heard.push(ticketOf(event))));
        const other = yield* process({ isCut: false, waitFor: {} }, store);
        yield* other.does(open);
        yield* TestClock.adjust("1 second");
        line.isCut = true;
        for (let number = 0; number < 3; number++) yield* other.does(open);
        yield* TestClock.adjust("20 seconds");
        assert.deepStrictEqual(heard, [1]);
        line.isCut = false;
        yield* TestClock.adjust("3 seconds");
        assert.deepStrictEqual(heard, [1, 2, 3, 4]);
        yield* other.close;
      }).pipe(desk({ storage: lineTo(line, store) }));
    }),
  );
});
