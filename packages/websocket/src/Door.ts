import type { IncomingMessage } from "node:http";
import { type Actor, type ActorRef, type Desk, type Helpdesk, NotAllowed, NotFound } from "@deskwright/core";
import { nameOf } from "./Audience.ts";
import type { Subscription, Target } from "./ClientFrame.ts";
import type { LiveOptions } from "./LiveOptions.ts";

/** Somebody who was let in. */
export interface Guest {
  readonly actor: Actor;
  readonly desk: Desk;
  /** What they hear from the start. */
  readonly subscriptions: ReadonlyArray<Subscription>;
  /** Gives their place back. */
  readonly leave: () => void;
}

/** Lets actors in: so many sockets of each at a time, and only where they may hear what they come for. */
export class Door {
  readonly #desk: Helpdesk;
  readonly #subscribe: NonNullable<LiveOptions["subscribe"]>;
  readonly #maxSockets: number;
  readonly #sockets = new Map<string, number>();

  constructor(desk: Helpdesk, subscribe: LiveOptions["subscribe"], maxSockets: number) {
    this.#desk = desk;
    this.#subscribe = subscribe ?? (() => []);
    this.#maxSockets = maxSockets;
  }

  /** Whom the host means. */
  whoIs(who: ActorRef): Promise<Actor> {
    return this.#desk.as(who).actor();
  }

  async admit(who: ActorRef, params: Readonly<Record<string, string>>, request: IncomingMessage): Promise<Guest> {
    const actor = await this.whoIs(who);
    const { role, tenant, user } = actor;
    const desk = this.#desk.as({ role, tenant, ...(user !== null && { user }) });
    const subscriptions = this.#subscribe(params, request);
    for (const subscription of subscriptions) await authorise(desk, subscription);
    return { actor, desk, subscriptions, leave: this.#takePlace(actor) };
  }

  #takePlace(actor: Actor): () => void {
    const key = `${nameOf(actor)} ${actor.tenant}`;
    const sockets = this.#sockets.get(key) ?? 0;
    if (sockets >= this.#maxSockets)
      throw new NotAllowed({ action: "connect", reason: `at most ${this.#maxSockets} sockets at a time` });
    this.#sockets.set(key, sockets + 1);
    return () => {
      const left = (this.#sockets.get(key) ?? 1) - 1;
      if (left > 0) this.#sockets.set(key, left);
      else this.#sockets.delete(key);
    };
  }
}

/** Rejects unless the actor may hear the target. Everybody has an inbox: what is in it is asked event by event. */
export const authorise = async (desk: Desk, target: Target): Promise<void> => {
  if ("inbox" in target) return;
  if (!Number.isSafeInteger(target.ticketId)) throw new NotFound({ kind: "ticket", id: String(target.ticketId) });
  await desk.tickets.get(target.ticketId);
};
