import { describe, expect, it, layer } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

/** One behaviour that a contract demands. */
export interface Case<R> {
  /** A sentence, unique in its contract. */
  readonly test: string;
  readonly body: Effect.Effect<void, unknown, R | Scope.Scope>;
  /** Milliseconds; 20 seconds by default, for databases far away. */
  readonly timeout?: number;
}

/** Cases under one heading. */
export interface Group<R> {
  readonly about: string;
  readonly cases: ReadonlyArray<Case<R>>;
}

/** A behaviour that an adapter does not have, and why. The reason stands in the name of the skipped test. */
export interface Skip {
  /** The sentence that names the test. */
  readonly test: string;
  readonly reason: string;
}

/** What every contract takes. */
export interface ContractOptions {
  readonly skip?: ReadonlyArray<Skip>;
  /** Repeats a run with random data; a failing test prints its seed. */
  readonly seed?: number;
}

/** What random data begins with, so that a failure can be repeated. */
export class Seed extends Context.Reference<number>("@deskwright/testkit/Seed", {
  defaultValue: () => Math.trunc(Math.random() * 2 ** 31),
}) {}

/** Registers the cases as tests that share one instance of the adapter. */
export const runContract = <R, E>(
  name: string,
  adapter: Layer.Layer<R, E>,
  groups: ReadonlyArray<Group<R>>,
  { skip = [], seed }: ContractOptions,
): void => {
  describe(name, () => {
    layer(adapter, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      for (const { about, cases } of groups)
        describe(about, () => {
          for (const { test, body, timeout } of cases) {
            const skipped = skip.find((entry) => entry.test === test);
            if (skipped) it.skip(`${test} (skipped: ${skipped.reason})`, () => {});
            else it.effect(test, () => seeded(body, seed), timeout ?? 20_000);
          }
        });
    });

    it("every skip names a test of the contract and a reason", () => {
      expect(problemsOf(groups, skip)).toEqual([]);
    });
  });
};

/** What is wrong with the names of tests and with what is to be skipped. */
export const problemsOf = <R>(groups: ReadonlyArray<Group<R>>, skip: ReadonlyArray<Skip>): ReadonlyArray<string> => {
  const tests = groups.flatMap(({ cases }) => cases.map(({ test }) => test));
  return [
    ...tests.filter((test, n) => tests.indexOf(test) !== n).map((test) => `two tests are called "${test}"`),
    ...skip.filter(({ test }) => !tests.includes(test)).map(({ test }) => `no test is called "${test}"`),
    ...skip.filter(({ reason }) => reason.trim() === "").map(({ test }) => `no reason to skip "${test}"`),
  ];
};

const seeded = <A, E, R>(body: Effect.Effect<A, E, R>, given: number | undefined) =>
  Effect.gen(function* () {
    const seed = given ?? (yield* Seed);
    const failed = Effect.sync(() =>
      console.error(`To repeat this run, give the contract the option { seed: ${seed} }`),
    );
    return yield* body.pipe(
      Effect.provideService(Seed, seed),
      Effect.tapCause(() => failed),
    );
  });
