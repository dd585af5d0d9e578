import * as Schema from "effect/Schema";
import { Role } from "../Actor.ts";

/** What a status means to reports, clocks and policies. */
export const StatusCategory = Schema.Literals(["open", "pending", "solved", "closed"]);
export type StatusCategory = typeof StatusCategory.Type;

const Status = Schema.Struct({
  category: StatusCategory,
  /**
   * Who may answer in public; `anyone` by default. `assignee` binds agents and admins, `nobody` machines, too. A
   * customer's message is always taken.
   */
  replies: Schema.optionalKey(Schema.Literals(["anyone", "assignee", "nobody"])),
  /** The statuses it may go to. */
  moves: Schema.Union([Schema.Literal("any"), Schema.Array(Schema.String)]),
});

const Requirable = Schema.String.check(
  Schema.isPattern(/^(subject|priority|category|tags|queue|requester|assignee|firstReplyAt|followsUp|custom\..+)$/, {
    message: "Expected a field of tickets, such as `assignee`, or `custom.` and a field of yours",
  }),
);

const Guard = Schema.Struct({
  /** Guards moves from these statuses; every status by default. */
  from: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Guards moves to these statuses. */
  to: Schema.Array(Schema.String),
  /**
   * Fields of the ticket that must be filled, such as `assignee`, `category` or `custom.cause`. Where they are not, a
   * message makes no such move either: the status stays, a solved ticket is followed up by a new one.
   */
  requires: Schema.optionalKey(Schema.Array(Requirable)),
  /** Roles that may make the move by hand; every role that may change tickets by default. */
  roles: Schema.optionalKey(Schema.Array(Role)),
});
export interface Guard extends Schema.Schema.Type<typeof Guard> {}

/** The statuses of a helpdesk as data: what there is, what may follow what, what a message does. */
export const StatusMachine = Schema.Struct({
  /** The status of a new ticket. */
  initial: Schema.String,
  /** The status of a ticket that is opened again. */
  reopened: Schema.String,
  statuses: Schema.Record(Schema.String, Status),
  guards: Schema.optionalKey(Schema.Array(Guard)),
  /** What a customer's message makes of a status that is neither solved nor closed. */
  customerReplied: Schema.Record(Schema.String, Schema.String),
  /** What an agent's public message makes of a status; a bot's changes none. */
  agentReplied: Schema.Record(Schema.String, Schema.String),
});
export interface StatusMachine extends Schema.Schema.Type<typeof StatusMachine> {}
