import type * as Schema from "effect/Schema";
import type { NewEvent } from "./Event.ts";
import type { File } from "./file/File.ts";
import type { Conversation } from "./inbox/Conversation.ts";
import type { Claim, NewJob } from "./jobs/Job.ts";
import type { Message } from "./ticket/Message.ts";
import type { Side, TicketRow } from "./ticket/Ticket.ts";
import type { User } from "./user/User.ts";

/** A row of one of the helpdesk's small collections: queue, category, priority, password and so on. */
export interface RecordRow {
  readonly collection: string;
  /** Unique in its collection. */
  readonly key: string;
  readonly id: number;
  readonly version: number;
  readonly data: Schema.Json;
}

/** What was made or done under a key that may be used once. */
export interface Once {
  readonly key: string;
  /** What the caller is told again when the same key comes back. */
  readonly result: Schema.Json;
}

/** A stored row with the name of its kind. */
export type Row =
  | { readonly kind: "ticket"; readonly row: TicketRow }
  | { readonly kind: "message"; readonly row: Message }
  | { readonly kind: "user"; readonly row: User }
  | { readonly kind: "conversation"; readonly row: Conversation }
  | { readonly kind: "file"; readonly row: File }
  | { readonly kind: "record"; readonly row: RecordRow };

/**
 * A change of a ticket that commutes with others of its kind: counts are added, marks and times only ever grow.
 * `version` says which version the decision to touch was made on (the touch does not raise it); null where it
 * does not matter.
 */
export interface Touch {
  readonly ticketId: number;
  readonly version: number | null;
  readonly updatedAt: Date | null;
  /** Added to `sent`. */
  readonly sent: Readonly<Record<Side, number>>;
  /** `read` becomes at least this. */
  readonly read: Readonly<Record<Side, number>>;
}

/** How a claimed job ended. */
export type Outcome =
  | { readonly type: "finished"; readonly result: Schema.Json }
  /** Due again at `at`, for the next try. */
  | { readonly type: "retry"; readonly at: Date; readonly error: string }
  | { readonly type: "dead"; readonly error: string }
  /** Still held by the same claim, with this payload from now on: the cursor of something that never ends. */
  | { readonly type: "going"; readonly payload: Schema.Json };

/**
 * One write, applied whole or not at all. Ids were reserved before, so its parts refer to each other by their real
 * ids; only event positions are given by the store.
 */
export interface Commit {
  readonly tenant: string;
  readonly at: Date;
  /**
   * Rows, each with the version it was read at; 0 = must be new. Stored with that version plus one.
   * Of a ticket that exists already `sent`, `read` and `updatedAt` are left as they are: they change by touches.
   */
  readonly put: ReadonlyArray<Row>;
  readonly touch: ReadonlyArray<Touch>;
  readonly add: {
    /** New messages, stored with version 1. */
    readonly messages: ReadonlyArray<Message>;
    readonly events: ReadonlyArray<NewEvent>;
    /** Added after what `done` and `drop` end, so that a job can be followed by one with its key. */
    readonly jobs: ReadonlyArray<NewJob>;
  };
  /** Ended jobs and unattached files to forget: no conflict where it is gone already, one where it is neither. */
  readonly drop: ReadonlyArray<{ readonly kind: "job" | "file"; readonly id: number }>;
  /** Keys that must be new in the tenant. */
  readonly once: ReadonlyArray<Once>;
  /** Claims that must still be held when the commit is applied. */
  readonly held: ReadonlyArray<Claim>;
  /** Claimed jobs that this commit ends or moves on; each must still be held. */
  readonly done: ReadonlyArray<Claim & { readonly outcome: Outcome }>;
}
