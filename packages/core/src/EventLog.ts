import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { InvalidInput, NotAllowed, StorageError } from "./Errors.ts";
import { Position } from "./Event.ts";
import { Hearing } from "./Hearing.ts";
import { inputOf } from "./Input.ts";
import { Permissions } from "./Permissions.ts";
import type { EventPage } from "./Query.ts";
import { Storage } from "./Storage.ts";

/** Which events, by ascending position; `limit` 1 to 1,000, 100 by default. */
export const EventPageQuery = Schema.Struct({
  /** Only positions above this one, 0 for the oldest; by default none, only the newest position to go on from. */
  after: Schema.optionalKey(Position),
  ticketId: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
});
export interface EventPageQuery extends Schema.Schema.Type<typeof EventPageQuery> {}

/** The log for those who come by to read it, page by page. */
export class EventLog extends Context.Service<
  EventLog,
  {
    /**
     * The events that the actor may hear, in position order. Pass its `position` as `after` for the next page; where
     * it is the same as before, there is nothing new.
     */
    readonly page: (query?: EventPageQuery) => Effect.Effect<EventPage, InvalidInput | NotAllowed | StorageError>;
  }
>()("@deskwright/core/EventLog") {
  static readonly layer = Layer.effect(
    EventLog,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const permissions = yield* Permissions;
      const hearing = yield* Hearing;
      const check = inputOf(EventPageQuery);

      const page = Effect.fnUntraced(function* (query: EventPageQuery = {}) {
        const { after = null, ticketId = null, limit = 100 } = yield* check(query);
        const actor = yield* permissions.actor;
        const { events, position } = yield* storage.events({ tenant: actor.tenant, ticketId, after, limit });
        return { events: yield* hearing.heardBy(actor, events), position };
      });

      return EventLog.of({ page });
    }),
  );
}
