import { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";
import { everyMethod } from "./everyMethod.ts";

/** The port as a whole. */
export const port: Group<Storage> = {
  about: "the port",
  cases: [
    {
      test: "the port has at most twenty methods, and the store has each of them",
      body: Effect.gen(function* () {
        const storage = yield* Storage;
        const names = [...Object.keys(everyMethod(storage, "")), "listen"];
        assert.isAtMost(names.length, 20);
        for (const name of names) assert.exists(storage[name as keyof typeof storage], name);
      }),
    },
    {
      test: "every method answers in a tenant that is empty",
      body: Effect.gen(function* () {
        const { storage, tenant } = yield* makeDesk;
        for (const [name, call] of Object.entries(everyMethod(storage, tenant))) {
          const exit = yield* Effect.exit(call);
          assert.strictEqual(exit._tag, "Success", `${name}: ${exit}`);
        }
      }),
    },
  ],
};
