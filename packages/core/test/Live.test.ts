import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import { Live } from "../src/Live.ts";
import { mayHear } from "../src/permission.ts";
import { Storage } from "../src/Storage.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { changesNothing, desk, failureOf, people } from "./TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };
const settle = Effect.replicateEffect(TestClock.adjust("1 millis"), 5, { discard: true });

describe("what somebody does right now", () => {
  it.effect("is heard by who listens, and stored nowhere", () =>
    Effect.gen(function* () {
      const [live, tickets, storage, { ada, bob, agent }] = [
        yield* Live,
        yield* Tickets,
        yield* Storage,
        yield* people,
      ];
      yield* ada.does(tickets.open(printer));
      const listening = yield* live.heard.pipe(Stream.take(2), Stream.runCollect, Effect.forkScoped);
      yield* settle;
      yield* changesNothing(ada.does(live.tell(1, "typing")));
      // What another version of the library says is let pass.
      yield* storage.signal({ topic: "live", tenant: "default", data: { mood: "good" } });
      yield* agent.does(live.tell(1, "here"));
      const [first, second] = yield* Fiber.join(listening);
      const about = { tenant: "default", ticketId: 1, requester: ada.id };
      assert.deepStrictEqual(first, { ...about, state: "typing", role: "customer", user: ada.id });
      assert.deepStrictEqual(second, { ...about, state: "here", role: "agent", user: agent.id });
      const heardBy = (who: { readonly id: number }, role: "customer" | "agent", tenant = "default") =>
        mayHear({ role, user: who.id, tenant }, first as NonNullable<typeof first>);
      assert.deepStrictEqual(
        [heardBy(ada, "customer"), heardBy(bob, "customer"), heardBy(agent, "agent"), heardBy(agent, "agent", "other")],
        [true, false, true, false],
      );
      assert.strictEqual((yield* failureOf(bob.does(live.tell(1, "typing"))))._tag, "NotFound");
    }).pipe(desk()),
  );
});
