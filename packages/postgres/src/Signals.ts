import { randomUUID } from "node:crypto";
import { type Signal, type StorageError, signalStream } from "@deskwright/core/effect";
import type { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as RcRef from "effect/RcRef";
import * as Schedule from "effect/Schedule";
import type * as Stream from "effect/Stream";
import type { Database } from "./Database.ts";

type Wake = Exclude<Signal["topic"], "live">;

/** What is sent to other processes; the sender knows its own again and leaves them out. */
interface Notice {
  readonly from: string;
  readonly signals: ReadonlyArray<Signal>;
}

export interface Signals {
  readonly listen: Stream.Stream<Signal>;
  readonly signal: (signal: Signal) => Effect.Effect<void, StorageError>;
  /** Tells soon, together with whatever else happens meanwhile. */
  readonly tell: (topics: ReadonlyArray<Wake>) => Effect.Effect<unknown>;
}

/**
 * Signals between processes by LISTEN and NOTIFY on one channel for each schema. A NOTIFY in each commit's own
 * transaction would let the commits of the whole server go one by one, so at most one goes out every few milliseconds,
 * after them. Nobody relies on it: whoever listens is also woken every second, and after each lost connection.
 */
export const makeSignals = Effect.fnUntraced(function* (database: Database, client: PgClient | null, channel: string) {
  const scope = yield* Effect.scope;
  const me = randomUUID();
  const listeners = new Set<(signal: Signal) => void>();
  const untold = new Set<Wake>();
  let isTelling = false;

  const hear = (signals: ReadonlyArray<Signal>) => {
    for (const signal of signals) for (const listener of listeners) listener(signal);
  };
  const wake = Effect.sync(() => hear([{ topic: "events" }, { topic: "jobs" }]));

  const notify = (signals: ReadonlyArray<Signal>) =>
    // Nothing is lost with a notification, so it need not wait for the disk.
    database.query("select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", [
      channel,
      JSON.stringify({ from: me, signals } satisfies Notice),
    ]);

  const receive = (from: PgClient) =>
    Effect.gen(function* () {
      const notices = yield* from.listen(channel);
      // Whatever was told while nobody listened.
      yield* wake;
      while (true) {
        const notice = JSON.parse((yield* Queue.take(notices)).payload) as Notice;
        if (notice.from !== me) hear(notice.signals);
      }
    }).pipe(
      Effect.scoped,
      Effect.catchCause((cause) => Effect.logDebug("PostgreSQL does not tell of news, which are polled", cause)),
      Effect.repeat(Schedule.spaced("1 second")),
    );

  /** Held open by whoever listens. */
  const ears = yield* RcRef.make({
    acquire: Effect.gen(function* () {
      if (client !== null) yield* Effect.forkScoped(receive(client));
      yield* Effect.forkScoped(Effect.repeat(wake, Schedule.spaced("1 second")));
    }),
    idleTimeToLive: "10 seconds",
  });

  /** At once, then one notification for all that comes up in the next few milliseconds, until nothing does. */
  const tellOthers = Effect.gen(function* () {
    while (untold.size > 0) {
      const signals = [...untold].map((topic) => ({ topic }));
      untold.clear();
      yield* Effect.ignore(notify(signals));
      yield* Effect.sleep("25 millis");
    }
    isTelling = false;
  });

  const signals: Signals = {
    listen: signalStream((listener) =>
      Effect.andThen(
        Effect.acquireRelease(
          Effect.sync(() => listeners.add(listener)),
          () => Effect.sync(() => listeners.delete(listener)),
        ),
        RcRef.get(ears),
      ),
    ),
    signal: (signal) =>
      Effect.asVoid(
        Effect.andThen(
          Effect.sync(() => hear([signal])),
          notify([signal]),
        ),
      ),
    tell: (topics) => {
      hear(topics.map((topic) => ({ topic })));
      for (const topic of topics) untold.add(topic);
      if (isTelling || untold.size === 0) return Effect.void;
      isTelling = true;
      return Effect.forkIn(tellOthers, scope);
    },
  };
  return signals;
});
