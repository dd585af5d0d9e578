import * as Schema from "effect/Schema";
import { isJsonUpTo, textOf } from "../Text.ts";
import { UserRef } from "../user/User.ts";
import { Ticket } from "./Ticket.ts";
import { TicketFilter, TicketSort } from "./TicketQuery.ts";

const key = Schema.String.check(Schema.isMaxLength(200));
const tags = Schema.Array(textOf(100)).check(Schema.isMaxLength(100));
/** Fields of the host's own: up to 100,000 characters of JSON in all. */
export const Custom = Schema.Record(Schema.String, Schema.Json).check(isJsonUpTo(100_000));

/** What may be said with a message: up to 2,000,000 characters, and files uploaded before. */
export const messageFields = {
  text: textOf(2_000_000),
  html: Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxLength(5_000_000)))),
  /** Ids of files that the same actor uploaded and that no message carries yet. */
  files: Schema.optionalKey(Schema.Array(Schema.Int).check(Schema.isMaxLength(100))),
  /** The way it comes by; `web` by default. */
  channel: Schema.optionalKey(textOf(50)),
  /** Does it once: the same key again answers what it answered first, and for other input is refused. */
  once: Schema.optionalKey(textOf(200)),
};

/** A new ticket with its first message. */
export const NewTicket = Schema.Struct({
  subject: textOf(1000),
  ...messageFields,
  /** Who asks; the actor by default. Needed from an actor who stands for no person. */
  requester: Schema.optionalKey(UserRef),
  priority: Schema.optionalKey(key),
  category: Schema.optionalKey(Schema.NullOr(key)),
  queue: Schema.optionalKey(Schema.NullOr(key)),
  assignee: Schema.optionalKey(Schema.NullOr(UserRef)),
  tags: Schema.optionalKey(tags),
  custom: Schema.optionalKey(Custom),
}).annotate({ identifier: "NewTicket" });
export interface NewTicket extends Schema.Schema.Type<typeof NewTicket> {}

/** What of a ticket is to change; everything in one step or nothing. */
export const TicketChange = Schema.Struct({
  subject: Schema.optionalKey(textOf(1000)),
  status: Schema.optionalKey(key),
  priority: Schema.optionalKey(key),
  category: Schema.optionalKey(Schema.NullOr(key)),
  queue: Schema.optionalKey(Schema.NullOr(key)),
  requester: Schema.optionalKey(UserRef),
  assignee: Schema.optionalKey(Schema.NullOr(UserRef)),
  tags: Schema.optionalKey(tags),
  /** Merged into what there is; null removes a field. */
  custom: Schema.optionalKey(Custom),
}).annotate({ identifier: "TicketChange" });
export interface TicketChange extends Schema.Schema.Type<typeof TicketChange> {}

/** Which tickets, in which order; `limit` 1 to 1,000, 50 by default, newest first by default. */
export const TicketListQuery = Schema.Struct({
  ...TicketFilter.fields,
  sort: Schema.optionalKey(TicketSort),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
  /** The `next` of the page before; stable while tickets are added. */
  after: Schema.optionalKey(Schema.String),
  /** Or skip so many; costs more the larger it is. */
  offset: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000_000 }))),
  /** Also count all that match. */
  total: Schema.optionalKey(Schema.Boolean),
});
export interface TicketListQuery extends Schema.Schema.Type<typeof TicketListQuery> {}

/** A page of tickets. */
export const TicketPage = Schema.Struct({
  items: Schema.Array(Ticket),
  /** Pass it as `after` for the next page; null on the last one. */
  next: Schema.NullOr(Schema.String),
  /** How many match in all; null unless asked for, and where `authorize` may hide some of them. */
  total: Schema.NullOr(Schema.Int),
}).annotate({ identifier: "TicketPage" });
export interface TicketPage extends Schema.Schema.Type<typeof TicketPage> {}

/** How many tickets there are, deleted ones aside. */
export const TicketStats = Schema.Struct({
  total: Schema.Int,
  /** Every status of the machine, those without tickets as 0. */
  byStatus: Schema.Record(Schema.String, Schema.Int),
  /** Tickets that are neither solved nor closed and that nobody has. */
  unassigned: Schema.Int,
  /** Tickets that are neither solved nor closed, by who has them. */
  openByAssignee: Schema.Array(Schema.Struct({ assignee: Schema.Int, count: Schema.Int })),
}).annotate({ identifier: "TicketStats" });
export interface TicketStats extends Schema.Schema.Type<typeof TicketStats> {}

/** A new message or note. */
export const NewMessage = Schema.Struct(messageFields).annotate({ identifier: "NewMessage" });
export interface NewMessage extends Schema.Schema.Type<typeof NewMessage> {}

/** A message in other words. */
export const MessageEdit = Schema.Struct({
  text: messageFields.text,
  html: messageFields.html,
}).annotate({ identifier: "MessageEdit" });
export interface MessageEdit extends Schema.Schema.Type<typeof MessageEdit> {}

/** Which messages of a ticket; oldest first, `limit` 1 to 1,000, 100 by default. */
export const MessageListQuery = Schema.Struct({
  /** Only ids above this one. */
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
  /** Whether internal notes are wanted, too, where the actor may see them; true by default. */
  notes: Schema.optionalKey(Schema.Boolean),
});
export interface MessageListQuery extends Schema.Schema.Type<typeof MessageListQuery> {}
