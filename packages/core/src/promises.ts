import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { StorageError } from "./Errors.ts";

/** An effectful function as its await users see it. */
export type PromisedFunction<F> = F extends (...args: infer Args) => Effect.Effect<infer A, infer _E, infer _R>
  ? (...args: Args) => Promise<A>
  : never;

/** A service with each function turned into one that returns a promise. Docstrings stay with it. */
export type Promised<S> = { readonly [K in keyof S]: PromisedFunction<S[K]> };

/** Turns a service into promises; `run` decides on which runtime and as which actor. */
export const toPromises = <S extends object>(
  service: S,
  run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>,
): Promised<S> =>
  Object.fromEntries(
    Object.entries(service).map(([name, call]) => [
      name,
      (...args: ReadonlyArray<unknown>) =>
        run((call as (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown>)(...args)),
    ]),
  ) as Promised<S>;

/** Runs to a promise that rejects with the typed error itself, so that `instanceof` and `_tag` work on it. */
export const runToPromise =
  (runExit: <A, E>(effect: Effect.Effect<A, E>) => Promise<Exit.Exit<A, E>>) =>
  async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
    const exit = await runExit(effect);
    if (Exit.isSuccess(exit)) return exit.value;
    throw Cause.squash(exit.cause);
  };

/** Turns a function that returns a promise into an effect; an error that `known` does not know is `StorageError`. */
export const fromPromise = <A, E = StorageError>(
  call: () => Promise<A>,
  known: (error: unknown) => error is E = (_): _ is never => false,
): Effect.Effect<A, E | StorageError> =>
  Effect.tryPromise({
    try: call,
    catch: (error) =>
      known(error) || error instanceof StorageError
        ? error
        : new StorageError({
            reason: error instanceof Error ? error.message : String(error),
            retryable: false,
            cause: error,
          }),
  });

/** Calls the host; what it throws is the failure as it is. */
export const calling = <A>(call: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: call, catch: (error) => error });

/** Iterates over a stream that begins as soon as the iteration does, before anything is asked of it. */
export const iterableOf = <A>(
  begin: Effect.Effect<Stream.Stream<A, unknown>, unknown>,
  end: Effect.Effect<void>,
): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => {
    const stream = Stream.unwrap(Fiber.join(Effect.runFork(begin)));
    return Stream.toAsyncIterable(Stream.interruptWhen(stream, end))[Symbol.asyncIterator]();
  },
});

/** Runs what never waits, at once; throws the typed error itself. */
export const runNow = <A, E>(effect: Effect.Effect<A, E>): A => {
  const exit = Effect.runSyncExit(effect);
  if (Exit.isSuccess(exit)) return exit.value;
  throw Cause.squash(exit.cause);
};

/** Ends when the signal is aborted, and never without one. */
export const abortOf = (signal: AbortSignal | undefined): Effect.Effect<void> =>
  signal === undefined
    ? Effect.never
    : Effect.callback<void>((resume) => {
        const abort = () => resume(Effect.void);
        if (signal.aborted) abort();
        else signal.addEventListener("abort", abort);
        // The signal may live as long as the process, and see any number of iterations.
        return Effect.sync(() => signal.removeEventListener("abort", abort));
      });

/**
 * What listens from now on must listen before the next call is made, or it would miss what that call does: calls wait
 * for those that are still to begin.
 */
export class Beginnings {
  readonly #pending = new Set<Promise<void>>();

  /** Waits for what has not begun yet; undefined where there is nothing to wait for. */
  get all(): Promise<unknown> | undefined {
    return this.#pending.size === 0 ? undefined : Promise.all(this.#pending);
  }

  /** An effect whose end others wait for once it runs. */
  watch<A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.suspend(() => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#pending.add(promise);
      return Effect.ensuring(
        effect,
        Effect.sync(() => {
          this.#pending.delete(promise);
          resolve();
        }),
      );
    });
  }
}
