import { type Actor, type Desk, type LiveSignal, NotAllowed, NotFound } from "@deskwright/core";
import { nameOf } from "./Audience.ts";
import type { Person } from "./ServerFrame.ts";

/** An actor with sockets of this process on a ticket. */
interface Local {
  readonly actor: Actor;
  readonly desk: Desk;
  readonly ticketId: number;
  sockets: number;
  /** What the others were told last; null = nothing that still counts. */
  told: "here" | "gone" | null;
  toldAt: number;
  telling: boolean;
}

interface Seen {
  readonly signal: LiveSignal;
  readonly until: number;
}

/** How soon somebody new is told again who is there. */
const againAfter = 1_000;

/**
 * Who is on which ticket now, in all processes. Each process tells of its own actors when they come and go and every
 * `everyMs`; whoever was not told of for 2.5 times as long has gone with their process.
 */
export class Presence {
  readonly #everyMs: number;
  readonly #announce: (signal: LiveSignal) => unknown;
  readonly #locals = new Map<string, Map<string, Local>>();
  readonly #seen = new Map<string, Map<string, Seen>>();
  readonly #timer: NodeJS.Timeout | undefined;

  /** With `everyMs` 0 nobody is shown. */
  constructor(everyMs: number, announce: (signal: LiveSignal) => unknown) {
    this.#everyMs = everyMs;
    this.#announce = announce;
    this.#timer = everyMs > 0 ? setInterval(() => this.#beat(), everyMs).unref() : undefined;
  }

  /** The others on a ticket. */
  others(actor: Actor, ticketId: number): ReadonlyArray<Person> {
    const seen = [...(this.#seen.get(keyOf(actor.tenant, ticketId))?.values() ?? [])];
    return seen
      .map(({ signal: { role, user } }) => ({ role, user }))
      .filter((person) => nameOf(person) !== nameOf(actor));
  }

  arrive(actor: Actor, desk: Desk, ticketId: number): void {
    if (this.#everyMs === 0) return;
    const locals = inner(this.#locals, keyOf(actor.tenant, ticketId));
    const local = locals.get(nameOf(actor));
    if (local) local.sockets++;
    else locals.set(nameOf(actor), { actor, desk, ticketId, sockets: 1, told: null, toldAt: 0, telling: false });
    void this.#settle(locals.get(nameOf(actor)) as Local);
  }

  async leave(actor: Actor, ticketId: number): Promise<void> {
    const local = this.#locals.get(keyOf(actor.tenant, ticketId))?.get(nameOf(actor));
    if (local === undefined) return;
    local.sockets--;
    await this.#settle(local);
  }

  /** Takes a signal in and hands on what is news to those on the ticket. */
  hear(signal: LiveSignal): void {
    if (signal.state === "here" || signal.state === "gone") {
      if (this.#everyMs > 0) this.#note(signal);
    } else this.#announce(signal);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #note(signal: LiveSignal): void {
    const key = keyOf(signal.tenant, signal.ticketId);
    const locals = this.#locals.get(key);
    const local = locals?.get(nameOf(signal));
    if (signal.state === "gone") {
      // Their last socket in another process: they are still here in this one.
      if (local && local.sockets > 0) this.#repeat(local, 0);
      else this.#forget(key, signal);
      return;
    }
    const isNew = this.#seen.get(key)?.has(nameOf(signal)) !== true;
    inner(this.#seen, key).set(nameOf(signal), { signal, until: Date.now() + 2.5 * this.#everyMs });
    if (!isNew) return;
    this.#announce(signal);
    // Somebody new in another process, which may know of none of ours yet.
    if (local === undefined) for (const other of locals?.values() ?? []) this.#repeat(other, againAfter);
  }

  #beat(): void {
    for (const locals of this.#locals.values()) for (const local of locals.values()) this.#repeat(local, 0);
    for (const [key, seen] of this.#seen)
      for (const { signal, until } of [...seen.values()]) if (until < Date.now()) this.#forget(key, signal);
  }

  #forget(key: string, signal: LiveSignal): void {
    const seen = this.#seen.get(key);
    if (!seen?.delete(nameOf(signal))) return;
    if (seen.size === 0) this.#seen.delete(key);
    this.#announce({ ...signal, state: "gone" });
  }

  #repeat(local: Local, unlessWithin: number): void {
    if (Date.now() - local.toldAt < unlessWithin) return;
    local.told = null;
    void this.#settle(local);
  }

  /** Tells what is so until what was told is so: one call at a time, so that `here` and `gone` stay in order. */
  async #settle(local: Local): Promise<void> {
    if (local.telling) return;
    local.telling = true;
    const { actor, desk, ticketId } = local;
    try {
      for (let state = stateOf(local); local.told !== state; state = stateOf(local)) {
        await desk.live.tell(ticketId, state);
        local.told = state;
        local.toldAt = Date.now();
      }
    } catch (error) {
      // An outage is made good by the next beat; whoever may not read the ticket any more has nothing to tell.
      if (error instanceof NotFound || error instanceof NotAllowed) local.told = stateOf(local);
    } finally {
      local.telling = false;
    }
    const locals = this.#locals.get(keyOf(actor.tenant, ticketId));
    if (local.sockets === 0 && local.told === "gone") locals?.delete(nameOf(actor));
    if (locals?.size === 0) this.#locals.delete(keyOf(actor.tenant, ticketId));
  }
}

const stateOf = ({ sockets }: Local): "here" | "gone" => (sockets > 0 ? "here" : "gone");

const keyOf = (tenant: string, ticketId: number): string => `${ticketId} ${tenant}`;

const inner = <A>(maps: Map<string, Map<string, A>>, key: string): Map<string, A> => {
  const found = maps.get(key) ?? new Map<string, A>();
  maps.set(key, found);
  return found;
};
