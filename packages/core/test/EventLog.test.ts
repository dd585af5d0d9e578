import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { EventLog } from "../src/EventLog.ts";
import { Messages } from "../src/ticket/Messages.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { desk, people } from "./TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };

describe("the log, page by page", () => {
  it.effect("is read to its end without a gap, and says where to go on, whatever the reader may hear", () =>
    Effect.gen(function* () {
      const [log, tickets, messages] = [yield* EventLog, yield* Tickets, yield* Messages];
      const { ada, bob, agent } = yield* people;
      for (const one of [ada, bob]) yield* one.does(tickets.open(printer));
      for (let number = 0; number < 7; number++)
        yield* agent.does(number % 3 ? messages.note(1, { text: "x" }) : messages.reply(1, { text: "x" }));
      const read = Effect.fnUntraced(function* (who: typeof ada, limit: number) {
        const types: Array<string> = [];
        let after = 0;
        while (true) {
          const { events, position } = yield* who.does(log.page({ after, limit }));
          types.push(...events.map(({ type }) => type));
          if (position === after) return types;
          after = position;
        }
      });
      const hers = ["TicketOpened", "ReplyAdded", "StatusChanged", "ReplyAdded", "ReplyAdded"];
      for (const limit of [1, 2, 3, 1000]) assert.deepStrictEqual(yield* read(ada, limit), hers);
      assert.deepStrictEqual(yield* read(bob, 4), ["TicketOpened"]);
      const { events, position } = yield* ada.does(log.page());
      assert.deepStrictEqual(events, []);
      yield* ada.does(messages.reply(1, { text: "x" }));
      assert.lengthOf((yield* ada.does(log.page({ after: position }))).events, 1);
      assert.lengthOf((yield* bob.does(log.page({ after: 0, ticketId: 1 }))).events, 0);
    }).pipe(desk()),
  );
});
