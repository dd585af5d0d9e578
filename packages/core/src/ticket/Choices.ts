import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "../Actor.ts";
import { Catalog } from "../Catalog.ts";
import { type InvalidInput, NotAllowed, type StorageError } from "../Errors.ts";
import { invalidField } from "../Input.ts";
import { People } from "../People.ts";
import { Rows } from "../Rows.ts";
import type { UserRef } from "../user/User.ts";
import type { TicketRow } from "./Ticket.ts";

/** What a caller may choose for a ticket, undefined where they leave it. */
export interface Chosen {
  readonly priority?: string | undefined;
  readonly category?: string | null | undefined;
  readonly queue?: string | null | undefined;
  readonly assignee?: UserRef | null | undefined;
}
type Fields = Partial<Pick<TicketRow, "priority" | "category" | "queue" | "assignee">>;

/** Checks what callers choose for a ticket against the lists and the people there are. */
export class Choices extends Context.Service<
  Choices,
  {
    /** The chosen fields with people as ids; what stays as it was is not asked again. */
    readonly check: (
      tenant: string,
      before: TicketRow | null,
      chosen: Chosen,
    ) => Effect.Effect<Fields, InvalidInput | StorageError>;
    /** Who the ticket is for: the actor, or whom an agent names. */
    readonly requesterOf: (
      actor: Actor,
      ref: UserRef | undefined,
    ) => Effect.Effect<number, InvalidInput | NotAllowed | StorageError>;
    /** Whether a filter lets this one through. */
    readonly names: (filter: number | ReadonlyArray<number> | undefined, id: number) => boolean;
  }
>()("@deskwright/core/Choices") {
  static readonly layer = Layer.effect(
    Choices,
    Effect.gen(function* () {
      const rows = yield* Rows;
      const catalog = yield* Catalog;
      const people = yield* People;

      const assigneeOf = Effect.fnUntraced(function* (tenant: string, ref: UserRef, queue: string | null) {
        const { assigneeMustBeAgent } = yield* catalog.policiesOf(tenant, queue);
        const id = yield* people.idOf(tenant, ref, assigneeMustBeAgent ? "agent" : "customer", "assignee");
        if (!assigneeMustBeAgent) return id;
        const refused = invalidField(["assignee"], `User ${id} is no active agent`);
        const user = yield* Effect.catchTag(rows.user(tenant, id), "NotFound", () => Effect.fail(refused));
        return user.role === "customer" || !user.active ? yield* refused : id;
      });

      const check = Effect.fnUntraced(function* (tenant: string, before: TicketRow | null, chosen: Chosen) {
        const fields: { -readonly [K in keyof Fields]: Fields[K] } = {};
        for (const kind of ["priority", "category", "queue"] as const) {
          const key = chosen[kind];
          if (key === undefined || key === before?.[kind]) continue;
          if (key !== null) yield* catalog.demandKey(tenant, kind, key);
          Object.assign(fields, { [kind]: key });
        }
        const queue = fields.queue === undefined ? (before?.queue ?? null) : fields.queue;
        const { assignee } = chosen;
        if (assignee === null) fields.assignee = null;
        else if (assignee !== undefined && assignee !== before?.assignee)
          fields.assignee = yield* assigneeOf(tenant, assignee, queue);
        return fields;
      });

      const requesterOf = Effect.fnUntraced(function* (actor: Actor, ref: UserRef | undefined) {
        if (ref === undefined || ref === actor.user) {
          if (actor.user !== null) return actor.user;
          return yield* invalidField(["requester"], "Expected who asks, as the caller is no person");
        }
        if (actor.role === "customer")
          return yield* new NotAllowed({ action: "ticket.open", reason: "customers ask for themselves" });
        return yield* people.idOf(actor.tenant, ref, "customer", "requester");
      });

      const names = (filter: number | ReadonlyArray<number> | undefined, id: number) =>
        filter === undefined || (typeof filter === "number" ? filter === id : filter.includes(id));

      return Choices.of({ check, requesterOf, names });
    }),
  );
}
