import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { expectConflict } from "../expectations.ts";
import { makeDesk } from "./Desk.ts";
import { recordRow } from "./rows.ts";

/** The helpdesk's small collections. */
export const records: Group<Storage> = {
  about: "records",
  cases: [
    {
      test: "a collection lists all its records by id, and none of another's",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ids = yield* desk.ids("record", 4);
        const row = (n: number) => recordRow(ids[n] as number, { collection: n === 1 ? "category" : "queue" });
        const [a, b, c, d] = [row(0), row(1), row(2), row(3)];
        for (const row of [d, b, a, c]) yield* desk.put("record", row);
        const changed = yield* desk.put("record", { ...a, version: 1, data: "changed" });
        assert.deepStrictEqual(yield* desk.storage.records(desk.tenant, "queue"), [
          changed,
          { ...c, version: 1 },
          { ...d, version: 1 },
        ]);
        assert.deepStrictEqual(yield* desk.storage.records(desk.tenant, "category"), [{ ...b, version: 1 }]);
      }),
    },
    {
      test: "a key is unique in its collection alone",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        yield* desk.put("record", recordRow(yield* desk.id("record"), { key: "general" }));
        const same = recordRow(yield* desk.id("record"), { key: "general" });
        assert.strictEqual((yield* expectConflict(desk.put("record", same))).kind, "record");
        yield* desk.put("record", { ...same, collection: "category" });
      }),
    },
  ],
};
