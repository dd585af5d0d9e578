import { Conflict } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";

/** Expects a lost race; answers the conflict. */
export const expectConflict = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Conflict, never, R> =>
  effect.pipe(
    Effect.matchEffect({
      onSuccess: () => Effect.die(new Error("It went through, where Conflict was due")),
      onFailure: (error) =>
        error instanceof Conflict ? Effect.succeed(error) : Effect.die(new Error("Not a Conflict", { cause: error })),
    }),
  );

/** Runs again after a lost race, as core does, until it goes through. */
export const untilWon = <A, E, R>(write: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(write, { while: (error) => error instanceof Conflict, times: 1000 });

/** Looks again until the check holds; fails with its last complaint after some seconds. */
export const eventually = <E, R>(check: Effect.Effect<void, E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    const end = Date.now() + 10_000;
    while (Date.now() < end) {
      const complaint = yield* Effect.exit(check);
      if (complaint._tag === "Success") return;
      yield* Effect.sleep("10 millis");
    }
    yield* check;
  });

/** The only element; fails where there are none or more. */
export const only = <A>(list: ReadonlyArray<A>): A => {
  assert.strictEqual(list.length, 1);
  return list[0] as A;
};
