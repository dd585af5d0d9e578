import { randomUUID } from "node:crypto";
import { StorageError } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Group } from "./Case.ts";

/** An adapter of the tested kind whose connection the suite may cut for good. */
export interface Outage<R> {
  /** Built for this test alone. */
  readonly adapter: Layer.Layer<R, unknown>;
  /** Breaks the connection that `adapter` was built with: stops its server, ends its socket, takes its folder away. */
  readonly cut: () => Promise<void>;
}

/** The name of the test to skip, with a reason, where an adapter has nothing that could break. */
export const outageTest = "after its connection broke every method fails with StorageError, and none answers";

/** An outage is an error, never an answer. `callsOf` makes one call of each method, by name. */
export const outageOf = <Id, Port>(
  key: Context.Key<Id, Port>,
  given: Outage<Id> | undefined,
  callsOf: (port: Port, tenant: string) => Readonly<Record<string, Effect.Effect<unknown, unknown>>>,
): Group<never> => ({
  about: "an outage",
  cases: [
    {
      test: outageTest,
      timeout: 60_000,
      body: Effect.gen(function* () {
        if (given === undefined)
          return yield* Effect.die(new Error("Give the option `outage`, or skip this test with a reason"));
        const port = Context.get(yield* Layer.build(given.adapter), key);
        const calls = callsOf(port, `tenant-${randomUUID()}`);
        for (const [name, call] of Object.entries(calls)) {
          const exit = yield* Effect.exit(call);
          assert.strictEqual(exit._tag, "Success", `${name} works before: ${exit}`);
        }
        yield* Effect.promise(given.cut);
        for (const [name, call] of Object.entries(calls)) {
          const error = yield* call.pipe(
            Effect.flip,
            Effect.timeout("20 seconds"),
            Effect.catchCause((cause) => Effect.die(new Error(`${name} did not fail as it should`, { cause }))),
          );
          assert.instanceOf(error, StorageError, name);
        }
      }),
    },
  ],
});
