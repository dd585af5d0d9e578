import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "./Actor.ts";
import type { StorageError } from "./Errors.ts";
import { type Heard, isKeptFrom, mayHear } from "./permission.ts";
import { Rows } from "./Rows.ts";
import { Settings } from "./Settings.ts";
import { ticketOf } from "./ticket/change.ts";

/** Says who hears of what: whoever may read a ticket, by the host's own rule where there is one. */
export class Hearing extends Context.Service<
  Hearing,
  {
    /** Leaves out what the actor may not hear of. */
    readonly heardBy: <A extends Heard>(
      actor: Actor,
      things: ReadonlyArray<A>,
    ) => Effect.Effect<ReadonlyArray<A>, StorageError>;
  }
>()("@deskwright/core/Hearing") {
  static readonly layer = Layer.effect(
    Hearing,
    Effect.gen(function* () {
      const rows = yield* Rows;
      const { authorize } = yield* Settings;

      /** What the host says to reading a ticket; undefined where it leaves that to the role. */
      const askHost = Effect.fnUntraced(function* (actor: Actor, ticketId: number) {
        const row = authorize && (yield* rows.anyTicket(actor.tenant, ticketId));
        if (authorize === null || row === null) return undefined;
        return yield* Effect.promise(async () => authorize(actor, "ticket.read", { ticket: ticketOf(row) }));
      });

      const heardBy = Effect.fnUntraced(function* <A extends Heard>(actor: Actor, things: ReadonlyArray<A>) {
        if (authorize === null) return things.filter((heard) => mayHear(actor, heard));
        const said = new Map<number, boolean | undefined>();
        return yield* Effect.filter(things, (heard) =>
          Effect.gen(function* () {
            if (heard.tenant !== actor.tenant || isKeptFrom(actor, heard)) return false;
            if (!("ticketId" in heard)) return mayHear(actor, heard);
            if (!said.has(heard.ticketId)) said.set(heard.ticketId, yield* askHost(actor, heard.ticketId));
            return said.get(heard.ticketId) ?? mayHear(actor, heard);
          }),
        );
      });

      return Hearing.of({ heardBy });
    }),
  );
}
