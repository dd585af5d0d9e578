import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { Role } from "./Actor.ts";
import type { HelpdeskError } from "./Errors.ts";
import { inputOf } from "./Input.ts";
import { Permissions } from "./Permissions.ts";
import { Rows } from "./Rows.ts";
import { Storage } from "./Storage.ts";
import { ticketOf } from "./ticket/change.ts";

/** What somebody does right now; told once to whoever listens, never stored. */
export const LiveState = Schema.Literals(["typing", "stopped-typing", "here", "gone"]);
export type LiveState = typeof LiveState.Type;

/** Typing or presence of somebody on a ticket. */
export const LiveSignal = Schema.Struct({
  tenant: Schema.String,
  ticketId: Schema.Int,
  requester: Schema.Int,
  state: LiveState,
  role: Role,
  user: Schema.NullOr(Schema.Int),
});
export interface LiveSignal extends Schema.Schema.Type<typeof LiveSignal> {}

/** Typing and presence on tickets, across processes. */
export class Live extends Context.Service<
  Live,
  {
    /** Tells everybody on a ticket what the actor does. */
    readonly tell: (ticketId: number, state: LiveState) => Effect.Effect<void, HelpdeskError>;
    /** What is told from now on, of every tenant. */
    readonly heard: Stream.Stream<LiveSignal>;
  }
>()("@deskwright/core/Live") {
  static readonly layer = Layer.effect(
    Live,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const permissions = yield* Permissions;
      const rows = yield* Rows;
      const check = inputOf(Schema.Struct({ state: LiveState }));
      const isSignal = Schema.is(LiveSignal);

      const tell = Effect.fnUntraced(function* (ticketId: number, given: LiveState) {
        const { state } = yield* check({ state: given });
        const { tenant } = yield* permissions.actor;
        const row = yield* rows.ticket(tenant, ticketId);
        const { role, user } = yield* permissions.demand("ticket.read", { ticket: ticketOf(row) });
        const data: LiveSignal = { tenant, ticketId, requester: row.requester, state, role, user };
        yield* storage.signal({ topic: "live", tenant, data: { ...data } });
      });

      // Other versions of the library may share the database: what is not understood is let pass.
      const heard = storage.listen.pipe(
        Stream.map((signal) => (signal.topic === "live" ? signal.data : null)),
        Stream.filter(isSignal),
      );

      return Live.of({ tell, heard });
    }),
  );
}
