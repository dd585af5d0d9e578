import type * as Schema from "effect/Schema";
import type { Once, Row } from "./Commit.ts";
import type { Event } from "./Event.ts";
import type { Job, JobState } from "./jobs/Job.ts";
import type { TicketCursor, TicketFilter, TicketSort } from "./ticket/TicketQuery.ts";
import type { UserRole } from "./user/User.ts";

/** What ids can be reserved for. Tickets count from 1 in each tenant; the others only have to be new and growing. */
export type IdKind = "ticket" | "message" | "user" | "file" | "record" | "job";

/** Names one row, or one used `once` key. */
export type RowKey =
  | { readonly kind: "ticket" | "message" | "file" | "job" | "user"; readonly id: number }
  /** `email` in lower case. */
  | { readonly kind: "user"; readonly email: string }
  | { readonly kind: "user"; readonly externalId: string }
  | { readonly kind: "conversation"; readonly channel: string; readonly address: string }
  | { readonly kind: "record"; readonly collection: string; readonly key: string }
  | { readonly kind: "once"; readonly key: string };

/** What a key was found to name. */
export type Found = Row | { readonly kind: "job"; readonly row: Job } | { readonly kind: "once"; readonly row: Once };

/** A list of tickets in one order; deleted tickets are never in it. */
export interface TicketQuery {
  readonly filter: TicketFilter;
  readonly sort: TicketSort;
  readonly limit: number;
  /** Start after this ticket. */
  readonly after: TicketCursor | null;
  /** Or skip so many. */
  readonly offset: number;
}

/** Messages of a ticket by ascending id, deleted ones as tombstones. */
export interface MessageQuery {
  readonly ticketId: number;
  readonly notes: boolean;
  /** Only ids above this one; 0 = from the start. */
  readonly after: number;
  readonly limit: number;
}

/** Users by ascending id. */
export interface UserQuery {
  readonly role: UserRole | null;
  readonly active: boolean | null;
  readonly after: number;
  readonly limit: number;
}

/** Jobs by ascending id; null = any tenant, state or kind. */
export interface JobQuery {
  readonly tenant: string | null;
  readonly state: JobState | null;
  readonly kind: string | null;
  /** Only those that ended before. */
  readonly endedBefore: Date | null;
  readonly after: number;
  readonly limit: number;
}

/** How many jobs of a kind are in this state; for those that finished also the `outcome` that their result names. */
export interface JobTally {
  readonly state: JobState;
  readonly outcome: string | null;
  readonly count: number;
}

/** Events by ascending position; null = any tenant or ticket. */
export interface EventQuery {
  readonly tenant: string | null;
  readonly ticketId: number | null;
  /** Only positions above this one; null = from now on: no events, and the newest position to go on from. */
  readonly after: number | null;
  readonly limit: number;
}

export interface EventPage {
  readonly events: ReadonlyArray<Event>;
  /** Read on from here: everything up to this position has been looked at, matching or not. */
  readonly position: number;
}

/** How many tickets that are not deleted have this status and this assignee. Kept, not counted. */
export interface Tally {
  readonly status: string;
  readonly assignee: number | null;
  readonly count: number;
}

/** Something that wakes listeners in every process. `events` and `jobs` say that there are new ones to read. */
export type Signal =
  | { readonly topic: "events" | "jobs" }
  /** Typing, presence and the like: told once, never stored, lost without harm. At most 4,000 bytes of JSON. */
  | { readonly topic: "live"; readonly tenant: string; readonly data: Schema.Json };
