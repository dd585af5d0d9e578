import type { Actor, Desk } from "@deskwright/core";
import type { Target } from "./ClientFrame.ts";
import type { Subscriptions } from "./Subscriptions.ts";

/** One subscription of one socket. */
export interface Listener {
  readonly owner: Subscriptions;
  readonly target: Target;
  /** Where it began. */
  readonly from: number;
  /** What it has been sent, or did not have to be sent, ends here. */
  cursor: number;
  /** False while it is still catching up by itself. */
  live: boolean;
}

/** The subscriptions that one actor has to one target: what they may hear is the same. */
export interface Party {
  readonly tenant: string;
  readonly target: Target;
  readonly actor: Actor;
  readonly desk: Desk;
  readonly members: Set<Listener>;
}

/** Who listens to what in this process: by tenant and target, then by actor. */
export class Audience {
  readonly #parties = new Map<string, Map<string, Party>>();

  add(listener: Listener, actor: Actor, desk: Desk): void {
    const key = keyOf(actor.tenant, listener.target);
    const parties = this.#parties.get(key) ?? new Map<string, Party>();
    this.#parties.set(key, parties);
    const name = nameOf(actor);
    const party = parties.get(name);
    if (party) party.members.add(listener);
    else
      parties.set(name, {
        tenant: actor.tenant,
        target: listener.target,
        actor,
        desk,
        members: new Set([listener]),
      });
  }

  remove(listener: Listener, actor: Actor): void {
    const key = keyOf(actor.tenant, listener.target);
    const parties = this.#parties.get(key);
    const party = parties?.get(nameOf(actor));
    party?.members.delete(listener);
    if (party?.members.size === 0) parties?.delete(nameOf(actor));
    if (parties?.size === 0) this.#parties.delete(key);
  }

  /** Those who listen to a ticket itself. */
  onTicket(tenant: string, ticketId: number): ReadonlyArray<Party> {
    return [...(this.#parties.get(keyOf(tenant, { ticketId }))?.values() ?? [])];
  }

  /** Those who listen to everything they may hear. */
  onInbox(tenant: string): ReadonlyArray<Party> {
    return [...(this.#parties.get(keyOf(tenant, { inbox: true }))?.values() ?? [])];
  }
}

/** Names a person in their tenant. */
export const nameOf = ({ role, user }: Pick<Actor, "role" | "user">): string => `${role} ${user}`;

const keyOf = (tenant: string, target: Target): string =>
  "ticketId" in target ? `${target.ticketId} ${tenant}` : `inbox ${tenant}`;
