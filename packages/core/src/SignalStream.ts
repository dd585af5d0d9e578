import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Signal } from "./Query.ts";

/** How many `live` signals wait for a slow listener; the oldest go first. */
const waitingLive = 256;

/**
 * A stream of what a callback hears while the stream is read. A slow reader never grows memory: it may lose `live`
 * signals, and learns once of any number of new events or jobs.
 */
export const signalStream = <E>(
  subscribe: (hear: (signal: Signal) => void) => Effect.Effect<unknown, E, Scope.Scope>,
): Stream.Stream<Signal, E> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const queues = {
        events: yield* Queue.sliding<Signal>(1),
        jobs: yield* Queue.sliding<Signal>(1),
        live: yield* Queue.sliding<Signal>(waitingLive),
      };
      yield* subscribe((signal) => Queue.offerUnsafe(queues[signal.topic], signal));
      return Stream.mergeAll(Object.values(queues).map(Stream.fromQueue), { concurrency: "unbounded", bufferSize: 1 });
    }),
  );
