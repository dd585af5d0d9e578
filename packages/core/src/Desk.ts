import type * as Schema from "effect/Schema";
import type { Actor, Role } from "./Actor.ts";
import type { Deliveries } from "./channel/Deliveries.ts";
import type { Event, EventOf, EventType } from "./Event.ts";
import type { EventPageQuery } from "./EventLog.ts";
import type { Files } from "./file/Files.ts";
import type { HealthReport } from "./Health.ts";
import type { HelpdeskOptions } from "./Helpdesk.ts";
import type { Inbox } from "./inbox/Inbox.ts";
import type { Intakes } from "./inbox/Intakes.ts";
import type { Jobs } from "./jobs/Jobs.ts";
import type { Live, LiveSignal } from "./Live.ts";
import type { Heard } from "./permission.ts";
import type { Promised } from "./promises.ts";
import type { EventPage } from "./Query.ts";
import type { ListCalls } from "./queue/Lists.ts";
import type { Messages } from "./ticket/Messages.ts";
import type { Tickets } from "./ticket/Tickets.ts";
import type { Passwords } from "./user/Passwords.ts";
import type { UserRef } from "./user/User.ts";
import type { Users } from "./user/Users.ts";

/** Who is asking, as the host knows them. */
export interface ActorRef {
  readonly role: Role;
  /** Who it is; may be left out only for `bot`, `rule` and `system`. */
  readonly user?: UserRef;
  /** `"default"` by default. */
  readonly tenant?: string;
}

export interface EventsQuery {
  /** Only events after this position, those of the past first; from now on by default. */
  readonly after?: number;
  readonly ticketId?: number;
  /** Hears all tenants; for `system` alone. */
  readonly everyTenant?: boolean;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** All that one actor can ask of a helpdesk. */
export interface Desk {
  readonly tickets: Promised<Tickets["Service"]>;
  readonly messages: Promised<Messages["Service"]>;
  readonly users: Promised<Users["Service"]>;
  readonly passwords: Promised<Passwords["Service"]>;
  readonly queues: Promised<ListCalls>;
  readonly categories: Promised<ListCalls>;
  readonly priorities: Promised<ListCalls>;
  readonly files: Promised<Files["Service"]>;
  readonly jobs: Promised<Jobs["Service"]>;
  readonly inbox: Promised<Inbox["Service"]>;
  readonly inbound: Promised<Pick<Intakes["Service"], "accept" | "list" | "get" | "raw" | "replay" | "balance">>;
  readonly deliveries: Promised<Deliveries["Service"]>;
  readonly live: Promised<Pick<Live["Service"], "tell">>;
  /** How the parts that work by themselves are doing, for whoever may see jobs. */
  readonly health: () => Promise<HealthReport>;
  /** Who all these calls act as: an `externalId` is resolved, and created where it is new. */
  readonly actor: () => Promise<Actor>;
  /** Events that the actor may hear, in position order, each once, until the iteration is ended. */
  readonly events: (query?: EventsQuery) => AsyncIterable<Event>;
  /** One page of the same events, for those who poll. */
  readonly eventPage: (query?: EventPageQuery) => Promise<EventPage>;
}

/** Does one kind of job; what it returns is kept as the job's result, what it throws makes it run again later. */
export type JobHandler = (payload: Schema.Json, desk: Desk) => Promise<Schema.Json | undefined> | Promise<void>;

/** A running helpdesk; called directly it acts as `system` of the tenant `"default"`. */
export interface Helpdesk extends Desk, AsyncDisposable {
  /** The same calls as somebody else, in another tenant if asked. */
  readonly as: (who: ActorRef) => Desk;
  /**
   * Calls a handler for events of one type, of every tenant; the answer stops it. Without `as` in this process, for
   * events from now on. With `as` at least once for each event since the name was first used, in one of the processes
   * that use it: retried, then left as a dead job. The handler acts as `rule` of the event's tenant. What is called
   * after `on` is heard: calls wait until the handler listens. An unknown type or no handler throws `InvalidInput`.
   */
  readonly on: {
    <T extends EventType>(type: T, handler: (event: EventOf<T>, desk: Desk) => unknown): () => Promise<void>;
    <T extends EventType>(
      type: T,
      options: { readonly as: string },
      handler: (event: EventOf<T>, desk: Desk) => unknown,
    ): () => Promise<void>;
  };
  /**
   * Whether somebody may hear of an event or a signal; a promise where the host's own rule has to be asked. For those
   * who hand on `events({ everyTenant: true })` and `liveSignals`: a desk's own events are those its actor may hear.
   */
  readonly mayHear: (actor: Actor, heard: Heard) => boolean | Promise<boolean>;
  /** Typing and presence of every tenant, from now on; whom to tell is `mayHear`'s to say. */
  readonly liveSignals: (options?: { readonly signal?: AbortSignal }) => AsyncIterable<LiveSignal>;
  /**
   * Begins more work in this process than `run` said: jobs, and reading what channels read from. The answer ends it. A
   * process for work alone is a helpdesk that is asked nothing.
   */
  readonly worker: (options?: NonNullable<CreateHelpdeskOptions["run"]>) => Promise<() => Promise<void>>;
  /**
   * Ends the work of this process in good order: jobs it had begun are finished, or given back where that takes longer
   * than three seconds; iterations end. Calls are refused from then on.
   */
  readonly close: () => Promise<void>;
}

export interface CreateHelpdeskOptions extends HelpdeskOptions {
  /** How the host's own kinds of jobs are done. */
  readonly jobs?: Readonly<Record<string, JobHandler>>;
  readonly run?: {
    /** How many jobs this process does at a time; 0 leaves them to other processes. 4 by default. */
    readonly workers?: number;
    /** Whether this process reads what its channels read from, where no other process does; true by default. */
    readonly channels?: boolean;
  };
}
