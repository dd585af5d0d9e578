import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CurrentActor, defaultTenant, Helpdesk, Messages, People, Tickets } from "@deskwright/core/effect";
import { assert, layer, test } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Refunds } from "../src/Refunds.ts";

const customer = "u-7f3";

layer(Refunds.layer.pipe(Layer.provideMerge(Helpdesk.layer())))("a shop that uses the helpdesk as layers", (it) => {
  it.effect("opens one ticket for an order, however often it is asked", () =>
    Effect.gen(function* () {
      const refunds = yield* Refunds;
      const first = yield* refunds.ask(customer, "order-1");
      const again = yield* refunds.ask(customer, "order-1");
      assert.strictEqual(first.subject, "Refund of order order-1");
      assert.strictEqual(again.id, first.id);
    }),
  );

  it.effect("answers the customer, resolves the ticket, and keeps the reason among colleagues", () =>
    Effect.gen(function* () {
      const refunds = yield* Refunds;
      const people = yield* People;
      const messages = yield* Messages;
      const { id } = yield* refunds.ask(customer, "order-2");
      const granted = yield* refunds.grant("a-1", id, "The parcel was lost.");
      assert.strictEqual(granted.status, "resolved");
      assert.deepStrictEqual(granted.unread, { customer: 1, agents: 0 });
      const seen = yield* Effect.provideService(
        messages.list(id),
        CurrentActor,
        yield* people.actorOf(defaultTenant, "customer", { externalId: customer }),
      );
      assert.deepStrictEqual(
        seen.map(({ text }) => text),
        ["Please send the money back.", "It is on its way."],
      );
    }),
  );

  it.effect("shows a customer nobody else's refund, and lets nobody ask without saying who they are", () =>
    Effect.gen(function* () {
      const refunds = yield* Refunds;
      const people = yield* People;
      const tickets = yield* Tickets;
      const { id } = yield* refunds.ask(customer, "order-3");
      const other = yield* people.actorOf(defaultTenant, "customer", { externalId: "u-2" });
      const hidden = yield* Effect.flip(Effect.provideService(tickets.get(id), CurrentActor, other));
      assert.strictEqual(hidden._tag, "NotFound");
      const refused = yield* Effect.flip(tickets.get(id));
      assert.strictEqual(refused._tag, "NotAllowed");
    }),
  );
});

test("the program runs on its own", () => {
  const main = join(import.meta.dirname, "..", "src", "main.ts");
  const output = execFileSync(process.execPath, [main], { encoding: "utf8" });
  assert.strictEqual(output, "#1 Refund of order order-17: resolved\n");
});
