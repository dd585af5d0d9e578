import { randomUUID } from "node:crypto";
import type { Signal, Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Group } from "../Case.ts";
import { eventually } from "../expectations.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { newEvent, newJob } from "./rows.ts";

/** Listens in the background; what was heard. It listens for certain once this answers. */
const listen = Effect.fnUntraced(function* (
  desk: Desk,
  onSignal: (signal: Signal) => Effect.Effect<void> = () => Effect.void,
) {
  const heard: Array<Signal> = [];
  yield* desk.storage.listen.pipe(
    Stream.runForEach((signal) =>
      Effect.andThen(
        Effect.sync(() => heard.push(signal)),
        onSignal(signal),
      ),
    ),
    Effect.forkScoped,
  );
  const probe = randomUUID();
  yield* eventually(
    Effect.gen(function* () {
      yield* desk.storage.signal({ topic: "live", tenant: desk.tenant, data: probe });
      yield* Effect.yieldNow;
      assert.isTrue(
        heard.some((signal) => signal.topic === "live" && signal.data === probe),
        "heard the probe",
      );
    }),
  );
  return heard;
});

const liveOf = (heard: ReadonlyArray<Signal>, { tenant }: Desk) =>
  heard.flatMap((signal) => (signal.topic === "live" && signal.tenant === tenant ? [signal.data] : []));
const topics = (heard: ReadonlyArray<Signal>) => heard.map(({ topic }) => topic);

/** What wakes listeners. */
export const signals: Group<Storage> = {
  about: "signals",
  cases: [
    {
      test: "every listener hears of new events and new jobs after the commit that brought them",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const listeners = [yield* listen(desk), yield* listen(desk)];
        for (const heard of listeners) heard.length = 0;
        const [position] = yield* desk.commit({ events: [newEvent(1)] });
        yield* eventually(Effect.sync(() => listeners.map((heard) => assert.include(topics(heard), "events"))));
        const page = yield* desk.storage.events({ tenant: desk.tenant, ticketId: null, after: 0, limit: 10 });
        assert.strictEqual(page.events[0]?.position, position);

        for (const heard of listeners) heard.length = 0;
        yield* desk.commit({ jobs: [newJob(yield* desk.id("job"), desk.kind)] });
        yield* eventually(Effect.sync(() => listeners.map((heard) => assert.include(topics(heard), "jobs"))));
      }),
    },
    {
      test: "live data arrives whole, up to 4,000 bytes, with its tenant",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const heard = yield* listen(desk);
        const data = { typing: true, name: 'Zoë "Z" \\ 🙂\n', text: "é".repeat(1900), list: [1, null, { a: "" }] };
        assert.isAtMost(Buffer.byteLength(JSON.stringify(data)), 4000);
        for (const each of [data, null, "", 0, [[]]])
          yield* desk.storage.signal({ topic: "live", tenant: desk.tenant, data: each });
        yield* eventually(
          Effect.sync(() => assert.deepStrictEqual(liveOf(heard, desk).slice(-5), [data, null, "", 0, [[]]])),
        );
      }),
    },
    {
      test: "a listener that is slow still learns that there are new events and new jobs",
      timeout: 30_000,
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        let open = (): void => {};
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        let isSlow = false;
        const heard = yield* listen(desk, () => (isSlow ? Effect.promise(() => gate) : Effect.void));
        isSlow = true;
        yield* desk.storage.signal({ topic: "live", tenant: desk.tenant, data: "the first that it is slow with" });
        heard.length = 0;
        yield* desk.commit({ events: [newEvent(1)], jobs: [newJob(yield* desk.id("job"), desk.kind)] });
        const told = Array.from({ length: 600 }, (_, n) => n);
        yield* Effect.forEach(told, (data) => desk.storage.signal({ topic: "live", tenant: desk.tenant, data }), {
          concurrency: 8,
        });
        open();
        yield* eventually(Effect.sync(() => assert.includeMembers(topics(heard), ["events", "jobs"])));
      }),
    },
  ],
};
