import * as Schema from "effect/Schema";

/** How many messages each side has sent, or has read. */
const Sides = Schema.Struct({ customer: Schema.Int, agents: Schema.Int });

const fields = {
  /** The ticket's number in its tenant, from 1. */
  id: Schema.Int,
  /** Raised by each change of what a decision reads; messages and read marks leave it alone. */
  version: Schema.Int,
  subject: Schema.String,
  /** A status of the helpdesk's status machine. */
  status: Schema.String,
  /** The key of a priority. */
  priority: Schema.String,
  /** The key of a category. */
  category: Schema.NullOr(Schema.String),
  tags: Schema.Array(Schema.String),
  /** The key of a queue. */
  queue: Schema.NullOr(Schema.String),
  /** The user who asks. */
  requester: Schema.Int,
  /** The user who answers; null while nobody does. */
  assignee: Schema.NullOr(Schema.Int),
  /** The way it came by, such as `web`, `chat` or `email`. */
  channel: Schema.String,
  /** Fields of the host's own. */
  custom: Schema.Record(Schema.String, Schema.Json),
  /** The ticket this one goes on from, where a message on an old ticket opened a new one. */
  followsUp: Schema.NullOr(Schema.Int),
  /** The ticket that goes on in this one's place; what is sent here goes there. */
  mergedInto: Schema.NullOr(Schema.Int),
  createdAt: Schema.Date,
  /** When anything about the ticket last changed; equals `createdAt` at first. */
  updatedAt: Schema.Date,
  /** When an agent first answered in public. */
  firstReplyAt: Schema.NullOr(Schema.Date),
  /** When it last became solved; null again once reopened. */
  resolvedAt: Schema.NullOr(Schema.Date),
  /** When it was closed; null again once reopened. */
  closedAt: Schema.NullOr(Schema.Date),
};

/** A customer's request and all that is known about it. */
export const Ticket = Schema.Struct({
  ...fields,
  /** Public messages of the other side that each side has not read yet. */
  unread: Sides,
}).annotate({ identifier: "Ticket" });
export interface Ticket extends Schema.Schema.Type<typeof Ticket> {}

/**
 * A ticket as it is stored. `sent`, `read` and `updatedAt` change by touches, which commute: two messages at once
 * never conflict. Everything else changes only with the version.
 */
export const TicketRow = Schema.Struct({
  ...fields,
  /** Public messages sent by each side. */
  sent: Sides,
  /** How many of the other side's messages each side has read. */
  read: Sides,
  /** Set on the tombstone that a deleted ticket leaves. */
  deletedAt: Schema.NullOr(Schema.Date),
});
export interface TicketRow extends Schema.Schema.Type<typeof TicketRow> {}

export type Side = "customer" | "agents";
