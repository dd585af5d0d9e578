import { setTimeout as sleep } from "node:timers/promises";
import { type Event, NotAllowed } from "@deskwright/core";
import { type Listener, nameOf } from "./Audience.ts";
import type { Ref, Subscription, Target } from "./ClientFrame.ts";
import { authorise, type Guest } from "./Door.ts";
import type { Hub } from "./Hub.ts";
import type { Outbox } from "./Outbox.ts";
import type { Parcel } from "./Parcel.ts";
import type { Presence } from "./Presence.ts";
import { frameErrorOf } from "./refusal.ts";
import type { ServerFrame } from "./ServerFrame.ts";

/** How many events are read at a time to catch up. */
const pageSize = 100;

/** What subscriptions need of their socket and of the server. */
export interface Surroundings {
  readonly guest: Guest;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly outbox: Outbox;
  readonly maxSubscriptions: number;
  /** Sends a frame; false where the protocol has no words for it. */
  readonly say: (frame: ServerFrame) => boolean;
  readonly wants: (frame: ServerFrame) => boolean;
}

/** All that one socket listens to. */
export class Subscriptions {
  /** The tickets among it. */
  readonly tickets = new Set<number>();
  readonly #around: Surroundings;
  readonly #listeners = new Map<string, Listener>();
  /** What it listened to when it became too slow. */
  readonly #dropped = new Map<string, Target & { readonly after: number }>();
  #ended = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async subscribe(wanted: Subscription & { readonly ref?: Ref }): Promise<void> {
    await authorise(this.#around.guest.desk, wanted);
    this.begin(wanted);
  }

  /** Subscribes to what the actor is known to be allowed to hear. */
  begin({ after, ref, ...wanted }: Subscription & { readonly ref?: Ref }): void {
    if (this.#ended) return;
    const { guest, hub, presence, outbox, maxSubscriptions, say } = this.#around;
    const target: Target = "inbox" in wanted ? { inbox: true } : { ticketId: wanted.ticketId };
    const key = keyOf(target);
    const before = this.#listeners.get(key);
    if (!before && this.#listeners.size >= maxSubscriptions)
      throw new NotAllowed({ action: "subscribe", reason: `at most ${maxSubscriptions} subscriptions a socket` });
    // Asked for once more without a position, it goes on as it is.
    const isNew = before === undefined || after !== undefined;
    const from = after ?? before?.cursor ?? this.#dropped.get(key)?.after ?? hub.position;
    const present = "ticketId" in target && { present: presence.others(guest.actor, target.ticketId) };
    say({ type: "subscribed", ...target, position: from, ...present, ...(ref !== undefined && { ref }) });
    if (!isNew) return;
    if (before) this.#remove(before);
    if (outbox.isFull) {
      this.#dropped.set(key, { ...target, after: from });
      return;
    }
    const listener: Listener = { owner: this, target, from, cursor: from, live: from >= hub.position };
    this.#listeners.set(key, listener);
    hub.audience.add(listener, guest.actor, guest.desk);
    if ("ticketId" in target) {
      this.tickets.add(target.ticketId);
      presence.arrive(guest.actor, guest.desk, target.ticketId);
    }
    if (!listener.live) void this.#catchUp(listener).catch((error) => this.revoke(listener, error));
  }

  unsubscribe(target: Target): void {
    const listener = this.#listeners.get(keyOf(target));
    if (listener) this.#remove(listener);
    this.#dropped.delete(keyOf(target));
  }

  /** Sends an event to a subscription that has not been sent it yet. */
  hear(listener: Listener, event: Event, parcel: Parcel): void {
    if (!listener.live || listener.cursor >= event.position) return;
    listener.cursor = event.position;
    if (!this.#comesByTicket(listener, event)) this.offer(parcel);
  }

  /** Sends what is heard, where it is wanted and not too much. */
  offer({ frame, bytes }: Parcel): void {
    if (bytes !== null && this.#around.wants(frame)) this.#around.outbox.offer(bytes);
  }

  /** Ends a subscription that the actor has no right to any more. */
  revoke(listener: Listener, error: unknown): void {
    if (this.#listeners.get(keyOf(listener.target)) !== listener) return;
    this.#remove(listener);
    this.#around.say({ type: "error", error: frameErrorOf(error), ...listener.target });
  }

  /** Lets go of everything until the client has read what it was sent. */
  drop(): void {
    for (const listener of [...this.#listeners.values()]) {
      this.#dropped.set(keyOf(listener.target), { ...listener.target, after: listener.cursor });
      this.#remove(listener);
    }
  }

  /** Tells the client where to go on, or goes on where it has no word for that. */
  resume(): void {
    const { hub, say } = this.#around;
    const dropped = [...this.#dropped.values()];
    this.#dropped.clear();
    for (const subscription of dropped)
      if (!say({ type: "resume", ...subscription }))
        hub
          .patiently(() => this.subscribe(subscription))
          .catch((error) => say({ type: "error", error: frameErrorOf(error), ...targetOf(subscription) }));
  }

  /** Resolves when the others have been told that the actor has left. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#dropped.clear();
    await Promise.all([...this.#listeners.values()].map((listener) => this.#remove(listener)));
  }

  #remove(listener: Listener): Promise<void> {
    const { guest, hub, presence } = this.#around;
    const { target } = listener;
    this.#listeners.delete(keyOf(target));
    hub.audience.remove(listener, guest.actor);
    if (!("ticketId" in target)) return Promise.resolve();
    this.tickets.delete(target.ticketId);
    return presence.leave(guest.actor, target.ticketId);
  }

  /** Reads what was missed from the log until the hub has nothing before it, in the same turn as it goes live. */
  async #catchUp(listener: Listener): Promise<void> {
    const { guest, hub, outbox } = this.#around;
    const isOn = () => this.#listeners.get(keyOf(listener.target)) === listener;
    const about = "ticketId" in listener.target ? { ticketId: listener.target.ticketId } : {};
    while (isOn() && !listener.live) {
      const query = { ...about, after: listener.cursor, limit: pageSize };
      const page = await hub.patiently(() => guest.desk.eventPage(query));
      for (const event of page.events) {
        const parcel = await hub.parcelOf(nameOf(guest.actor), guest.desk, event);
        await outbox.room();
        if (!isOn()) return;
        listener.cursor = event.position;
        if (!this.#comesByTicket(listener, event)) this.offer(parcel);
      }
      listener.cursor = Math.max(listener.cursor, page.position);
      listener.live = listener.cursor >= hub.position;
      // The hub has been told of a newer event than this reader of the log: it will show in a moment.
      if (!listener.live && page.events.length === 0) await sleep(20);
    }
  }

  /** Whether an event of the inbox comes by the subscription to its ticket. */
  #comesByTicket({ target }: Listener, event: Event): boolean {
    if (!("inbox" in target) || !("ticketId" in event)) return false;
    const own = this.#listeners.get(keyOf({ ticketId: event.ticketId }));
    return own !== undefined && own.from < event.position;
  }
}

const keyOf = (target: Target): string => ("ticketId" in target ? String(target.ticketId) : "inbox");

const targetOf = (target: Target): Target => ("ticketId" in target ? { ticketId: target.ticketId } : { inbox: true });
