import { setTimeout as sleep } from "node:timers/promises";
import {
  type Actor,
  type Desk,
  type Event,
  type Heard,
  type Helpdesk,
  type LiveSignal,
  NotAllowed,
  NotFound,
} from "@deskwright/core";
import { Audience, nameOf, type Party } from "./Audience.ts";
import { eventFrame } from "./eventFrame.ts";
import type { LiveProtocol } from "./LiveProtocol.ts";
import { eventTextOf, isOutage, type Parcel, parcelOf, report, textOf } from "./Parcel.ts";
import { Recent } from "./Recent.ts";
import type { EventFrame } from "./ServerFrame.ts";

/** Reads the helpdesk's events and signals once for all sockets, and hands each to those who may hear it. */
export class Hub {
  readonly audience = new Audience();
  /** Rejects where the helpdesk can't be heard at all. */
  readonly ready: Promise<void>;
  /** Resolves when the helpdesk has closed, or the hub. */
  readonly ended: Promise<void>;
  readonly #desk: Helpdesk;
  readonly #protocol: LiveProtocol;
  readonly #onEvent: (event: Event) => void;
  readonly #stopped = new AbortController();
  /** Parties that are being asked whether they may still read their ticket. */
  readonly #doubted = new Set<Party>();
  readonly #recent = new Recent();
  #signals = Promise.resolve();
  #position = 0;

  constructor(
    desk: Helpdesk,
    protocol: LiveProtocol,
    onEvent: (event: Event) => void,
    onSignal: (signal: LiveSignal) => Promise<void>,
  ) {
    this.#desk = desk;
    this.#protocol = protocol;
    this.#onEvent = onEvent;
    this.ready = this.patiently(() => desk.eventPage()).then(({ position }) => {
      this.#position = position;
    });
    const { signal } = this.#stopped;
    this.ended = this.ready
      .then(() =>
        Promise.all([
          this.#follow(() => desk.events({ everyTenant: true, after: this.#position, signal }), this.#tell),
          this.#follow(() => desk.liveSignals({ signal }), onSignal),
        ]),
      )
      .then(
        () => {},
        (error) => report("The live feed can't begin", error),
      );
  }

  /** The position of the newest event that has been handed out. */
  get position(): number {
    return this.#position;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Tries again each second while the storage is away. */
  async patiently<A>(read: () => Promise<A>): Promise<A> {
    while (true) {
      try {
        return await read();
      } catch (error) {
        if (!isOutage(error) || this.#stopped.signal.aborted) throw error;
        await sleep(1_000, undefined, { ref: false });
      }
    }
  }

  /** What an actor with this view is sent of an event. */
  parcelOf(view: string, desk: Desk, event: Event): Promise<Parcel> {
    return this.#recent.get(`${event.position} ${view}`, () => this.#read(desk, event));
  }

  /** Hands a signal to everybody on the ticket but the one whom it is about, one signal after another. */
  signal(signal: LiveSignal): Promise<void> {
    this.#signals = this.#signals.then(() => this.#signal(signal));
    return this.#signals;
  }

  async #signal({ state, role, user, ...about }: LiveSignal): Promise<void> {
    const parties = this.audience.onTicket(about.tenant, about.ticketId);
    if (parties.length === 0) return;
    const frame = { type: "live", ticketId: about.ticketId, state, role, user } as const;
    const parcel = parcelOf(frame, textOf(this.#protocol, frame));
    for (const party of parties)
      if (nameOf(party.actor) !== nameOf(frame) && (await this.#viewOf(party, about)) !== null)
        for (const { owner } of party.members) owner.offer(parcel);
  }

  async #follow<A>(listen: () => AsyncIterable<A>, handle: (heard: A) => Promise<void>): Promise<void> {
    while (true) {
      try {
        for await (const heard of listen()) await handle(heard);
        return;
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        report("The live feed was interrupted and goes on", error);
        await sleep(1_000, undefined, { ref: false });
      }
    }
  }

  /** What can't be read for good is left out, so that nothing stands still. */
  async #read(desk: Desk, event: Event): Promise<Parcel> {
    const frame = await this.patiently(() => eventFrame(desk, event)).catch((error): EventFrame => {
      if (this.#stopped.signal.aborted) throw error;
      report(`What event ${event.position} is about can't be read`, error);
      return { type: "event", event };
    });
    return parcelOf(frame, await this.patiently(() => eventTextOf(this.#protocol, frame)));
  }

  /** Whoever subscribes while something is being read is handed it, too: only then does the position move on. */
  readonly #tell = async (event: Event): Promise<void> => {
    this.#onEvent(event);
    const views = new Map<Party, string | null>();
    const parcels = new Map<string, Parcel>();
    const listening = () => [
      ...("ticketId" in event ? this.audience.onTicket(event.tenant, event.ticketId) : []),
      ...this.audience.onInbox(event.tenant),
    ];
    for (let parties = listening(); parties.length > 0; parties = listening().filter((party) => !views.has(party)))
      for (const party of parties) {
        const view = await this.#viewOf(party, event);
        views.set(party, view);
        if (view !== null && !parcels.has(view)) parcels.set(view, await this.parcelOf(view, party.desk, event));
      }
    this.#position = event.position;
    for (const [party, view] of views) {
      const parcel = view === null ? undefined : parcels.get(view);
      if (parcel) for (const listener of party.members) listener.owner.hear(listener, event, parcel);
      else if ("ticketId" in party.target) void this.#doubt(party, party.target.ticketId);
    }
  };

  /** Those with the same view are sent the same bytes; null for those who may not hear of it. */
  #viewOf({ actor }: Party, heard: Heard): string | null | Promise<string | null> {
    const may = this.#desk.mayHear(actor, heard);
    if (typeof may !== "boolean") return this.#viewByHost(actor, heard);
    if (!may) return null;
    return actor.role === "customer" ? nameOf(actor) : "agents";
  }

  /** Where the host has a say of its own, no two people need see the same; one that can't be asked says no. */
  async #viewByHost(actor: Actor, heard: Heard): Promise<string | null> {
    try {
      return (await this.patiently(async () => this.#desk.mayHear(actor, heard))) ? nameOf(actor) : null;
    } catch (error) {
      report("The helpdesk's rule on who may hear an event failed", error);
      return null;
    }
  }

  /** Looks whether those who may not hear an event may still read its ticket, and ends their subscriptions if not. */
  async #doubt(party: Party, ticketId: number): Promise<void> {
    if (this.#doubted.has(party)) return;
    this.#doubted.add(party);
    try {
      await party.desk.tickets.get(ticketId);
    } catch (error) {
      if (error instanceof NotFound || error instanceof NotAllowed)
        for (const listener of [...party.members]) listener.owner.revoke(listener, error);
    } finally {
      this.#doubted.delete(party);
    }
  }
}
