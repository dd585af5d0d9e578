import {
  CurrentActor,
  defaultTenant,
  type HelpdeskError,
  Messages,
  People,
  type Ticket,
  Tickets,
} from "@deskwright/core/effect";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

/** A part of somebody's shop: it asks the helpdesk's services as it asks its own. */
export class Refunds extends Context.Service<
  Refunds,
  {
    /** Opens a ticket for an order; asked again, the same ticket is answered. */
    readonly ask: (customer: string, order: string) => Effect.Effect<Ticket, HelpdeskError>;
    /** Answers the customer and leaves the reason for colleagues, then resolves the ticket. */
    readonly grant: (agent: string, ticketId: number, reason: string) => Effect.Effect<Ticket, HelpdeskError>;
  }
>()("shop/Refunds") {
  static readonly layer = Layer.effect(
    Refunds,
    Effect.gen(function* () {
      const people = yield* People;
      const tickets = yield* Tickets;
      const messages = yield* Messages;

      const ask = Effect.fn("Refunds.ask")(function* (customer: string, order: string) {
        const actor = yield* people.actorOf(defaultTenant, "customer", { externalId: customer });
        const ticket = { subject: `Refund of order ${order}`, text: "Please send the money back.", once: order };
        return yield* Effect.provideService(tickets.open(ticket), CurrentActor, actor);
      });

      const grant = Effect.fn("Refunds.grant")(function* (agent: string, ticketId: number, reason: string) {
        const actor = yield* people.actorOf(defaultTenant, "agent", { externalId: agent });
        return yield* Effect.gen(function* () {
          yield* messages.note(ticketId, { text: reason });
          yield* messages.reply(ticketId, { text: "It is on its way." });
          return yield* tickets.setStatus(ticketId, "resolved");
        }).pipe(Effect.provideService(CurrentActor, actor));
      });

      return Refunds.of({ ask, grant });
    }),
  );
}
