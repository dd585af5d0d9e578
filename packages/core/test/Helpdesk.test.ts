import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Helpdesk } from "../src/Helpdesk.ts";
import { makeMemoryStorage } from "../src/memory/MemoryStorage.ts";
import { Storage } from "../src/Storage.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { asSystem, refusedFields } from "./TestDesk.ts";

const open = Effect.flatMap(Tickets, (tickets) =>
  asSystem(tickets.open({ subject: "s", text: "t", requester: { externalId: "u" } })),
);
const count = Effect.flatMap(Tickets, (tickets) => Effect.map(asSystem(tickets.stats()), ({ total }) => total));

describe("the layer of a helpdesk", () => {
  it.effect("makes a helpdesk of its own each time, two in one program, one within the other", () =>
    Effect.gen(function* () {
      yield* open;
      const inner = Effect.gen(function* () {
        yield* open;
        yield* open;
        return yield* count;
      }).pipe(Effect.provide(Helpdesk.layer()));
      assert.strictEqual(yield* inner, 2);
      assert.strictEqual(yield* inner, 2);
      assert.strictEqual(yield* count, 1);
    }).pipe(Effect.provide(Helpdesk.layer())),
  );

  it.effect("over one storage makes helpdesks that share it", () =>
    Effect.gen(function* () {
      const storage = Layer.succeed(Storage, makeMemoryStorage());
      yield* open.pipe(Effect.provide(Helpdesk.layer({ storage })));
      assert.strictEqual(yield* count.pipe(Effect.provide(Helpdesk.layer({ storage }))), 1);
    }),
  );

  it.effect("fails with the fields of bad settings", () =>
    Effect.gen(function* () {
      const bad = Helpdesk.layer({ defaultPriority: "asap" });
      assert.deepStrictEqual(yield* refusedFields(count.pipe(Effect.provide(bad))), ["defaultPriority"]);
    }),
  );
});
