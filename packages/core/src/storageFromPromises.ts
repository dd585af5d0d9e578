import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import { Conflict } from "./Errors.ts";
import { fromPromise, type Promised } from "./promises.ts";
import type { Signal } from "./Query.ts";
import { signalStream } from "./SignalStream.ts";
import { Storage } from "./Storage.ts";

/** Ends what it was given for. */
export type Stop = () => void | Promise<void>;

/**
 * A storage as plain async functions. A lost race is told by throwing `Conflict`, an outage that may pass by throwing
 * a `StorageError` that is `retryable`; whatever else is thrown becomes a `StorageError`, never an empty answer.
 */
export interface PromisedStorage extends Promised<Omit<Storage["Service"], "listen">> {
  /** Calls back with each signal of this process and all others from now on, until stopped. */
  readonly listen: (onSignal: (signal: Signal) => void) => Stop | Promise<Stop>;
}

/** Makes a storage of async functions, for authors of adapters who do not use Effect. */
export const storageFromPromises = (store: PromisedStorage): Layer.Layer<Storage> => {
  const listen = signalStream((hear) =>
    Effect.acquireRelease(
      fromPromise(async () => store.listen(hear)).pipe(
        Effect.tapError((error) => Effect.logWarning("The storage can't listen yet", error)),
        Effect.retry(Schedule.spaced("1 second")),
        Effect.orDie,
      ),
      (stop) => Effect.ignore(fromPromise(async () => stop())),
    ),
  );

  return Layer.succeed(
    Storage,
    Storage.of({
      commit: (commit) => fromPromise(() => store.commit(commit), isConflict),
      reserve: calling(store.reserve.bind(store)),
      tickets: calling(store.tickets.bind(store)),
      countTickets: calling(store.countTickets.bind(store)),
      tallies: calling(store.tallies.bind(store)),
      messages: calling(store.messages.bind(store)),
      find: calling(store.find.bind(store)),
      users: calling(store.users.bind(store)),
      records: calling(store.records.bind(store)),
      files: calling(store.files.bind(store)),
      events: calling(store.events.bind(store)),
      listen,
      signal: calling(store.signal.bind(store)),
      claim: calling(store.claim.bind(store)),
      extend: calling(store.extend.bind(store)),
      jobs: calling(store.jobs.bind(store)),
      countJobs: calling(store.countJobs.bind(store)),
    }),
  );
};

const calling =
  <Args extends ReadonlyArray<unknown>, A>(call: (...args: Args) => Promise<A>) =>
  (...args: Args) =>
    fromPromise(() => call(...args));

const isConflict = (error: unknown): error is Conflict => error instanceof Conflict;
