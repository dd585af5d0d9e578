import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { type Actor, CurrentActor } from "./Actor.ts";
import { NotAllowed, NotFound } from "./Errors.ts";
import { type Action, permissionOf, type Resource } from "./permission.ts";
import { Settings } from "./Settings.ts";

/** Asks, for the current actor, whether something may be done. */
export class Permissions extends Context.Service<
  Permissions,
  {
    /** The current actor; nobody fails with `NotAllowed`. */
    readonly actor: Effect.Effect<Actor, NotAllowed>;
    /** Whether the host has a say, which may hide anything from anybody. */
    readonly hasOwnRule: boolean;
    /** Fails with `NotFound` for what the actor may not see and `NotAllowed` for what they see and may not do. */
    readonly demand: (action: Action, resource?: Resource) => Effect.Effect<Actor, NotAllowed | NotFound>;
    /** Leaves out what the actor may not read. */
    readonly readable: <A>(
      items: ReadonlyArray<A>,
      resourceOf: (item: A) => Resource,
    ) => Effect.Effect<ReadonlyArray<A>, NotAllowed>;
  }
>()("@deskwright/core/Permissions") {
  static readonly layer = Layer.effect(
    Permissions,
    Effect.gen(function* () {
      const { authorize } = yield* Settings;

      const actor = Effect.flatMap(CurrentActor, (actor) =>
        actor ? Effect.succeed(actor) : Effect.fail(new NotAllowed({ action: "anything", reason: "nobody is asking" })),
      );

      const ask = (actor: Actor, action: Action, resource: Resource) => {
        const byDefault = permissionOf(actor, action, resource);
        if (authorize === null) return Effect.succeed(byDefault);
        return Effect.promise(async () => authorize(actor, action, resource)).pipe(
          Effect.map((said) =>
            said === undefined ? byDefault : said ? "yes" : byDefault === "hidden" ? "hidden" : "no",
          ),
        );
      };

      const hidden = ({ message, ticket, user }: Resource) =>
        message
          ? NotFound.of("message", message.id)
          : ticket
            ? NotFound.of("ticket", ticket.id)
            : NotFound.of("user", user?.id);

      const demand = Effect.fnUntraced(function* (action: Action, resource: Resource = {}) {
        const who = yield* actor;
        // What the host's own rule hides from this actor is hidden from every other question, too.
        if (authorize && resource.ticket && action !== "ticket.read") {
          const { ticket, message } = resource;
          const sees = yield* ask(who, "ticket.read", message ? { ticket, message } : { ticket });
          if (sees !== "yes") return yield* hidden(resource);
        }
        const answer = yield* ask(who, action, resource);
        if (answer === "yes") return who;
        if (answer === "hidden" || action === "ticket.read" || action === "user.read") return yield* hidden(resource);
        return yield* new NotAllowed({ action, reason: `the role ${who.role} may not` });
      });

      const readable = Effect.fnUntraced(function* <A>(items: ReadonlyArray<A>, resourceOf: (item: A) => Resource) {
        const who = yield* actor;
        return yield* Effect.filter(items, (item) =>
          Effect.map(ask(who, "ticket.read", resourceOf(item)), (answer) => answer === "yes"),
        );
      });

      return Permissions.of({ actor, demand, readable, hasOwnRule: authorize !== null });
    }),
  );
}
