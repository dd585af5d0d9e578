import * as Schema from "effect/Schema";
import { Role } from "./Actor.ts";

const about = {
  ticketId: Schema.Int,
  /** The ticket's requester: who, of the customers, may see the event. */
  requester: Schema.Int,
};
const message = { ...about, messageId: Schema.Int };
const moved = { ...about, from: Schema.NullOr(Schema.String), to: Schema.NullOr(Schema.String) };

const body = <const Type extends string, const Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({ type: Schema.tag(type), ...fields });

/** What happened, in the past tense. Ids stand for people and texts, so that the log holds no personal data. */
export const EventBody = Schema.Union([
  body("TicketOpened", { ...about, messageId: Schema.NullOr(Schema.Int) }),
  /** A customer said something. */
  body("MessageReceived", message),
  /** An agent, a bot or the helpdesk answered in public. */
  body("ReplyAdded", message),
  /** An internal note; customers never see this event. */
  body("NoteAdded", message),
  body("MessageEdited", { ...message, note: Schema.Boolean }),
  body("MessageDeleted", { ...message, note: Schema.Boolean }),
  body("FileAdded", { ...message, fileId: Schema.Int, note: Schema.Boolean }),
  /** One side read the other's messages. */
  body("TicketRead", { ...about, side: Schema.Literals(["customer", "agents"]) }),
  body("TicketAssigned", { ...about, from: Schema.NullOr(Schema.Int), to: Schema.NullOr(Schema.Int) }),
  body("StatusChanged", { ...about, from: Schema.String, to: Schema.String }),
  body("PriorityChanged", { ...about, from: Schema.String, to: Schema.String }),
  body("QueueChanged", moved),
  body("CategoryChanged", moved),
  body("TagsChanged", { ...about, added: Schema.Array(Schema.String), removed: Schema.Array(Schema.String) }),
  /** Subject, requester or fields of the host's own changed; `fields` names which. */
  body("TicketEdited", { ...about, fields: Schema.Array(Schema.String) }),
  /** It goes on in another ticket. */
  body("TicketMerged", { ...about, into: Schema.Int }),
  body("TicketDeleted", about),
  /** The other side took a message, or what the helpdesk wrote by itself (then `messageId` is null). */
  body("Delivered", { ...about, deliveryId: Schema.Int, messageId: Schema.NullOr(Schema.Int) }),
  /** It did not arrive, or that is not known; `state` says which. */
  body("DeliveryFailed", {
    ...about,
    deliveryId: Schema.Int,
    messageId: Schema.NullOr(Schema.Int),
    state: Schema.Literals(["failed", "unknown"]),
  }),
  body("UserAdded", { userId: Schema.Int }),
  body("UserChanged", { userId: Schema.Int, fields: Schema.Array(Schema.String) }),
  /** A queue, category or priority was added, changed or removed. */
  body("ListChanged", { list: Schema.Literals(["queue", "category", "priority"]), key: Schema.String }),
  /** A job failed for the last time and waits for somebody to retry it. */
  body("JobDied", { jobId: Schema.Int, kind: Schema.String }),
]);
export type EventBody = typeof EventBody.Type;
export type EventType = EventBody["type"];

/** A place in the log to read on from; 0 is before the first event. */
export const Position = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));

/** What every event carries besides its body. */
export const EventHead = Schema.Struct({
  /** Grows with each event of the database; numbers may be missing, none comes twice or out of order. */
  position: Schema.Int,
  tenant: Schema.String,
  /** The version of the body's shape. */
  version: Schema.Int,
  at: Schema.Date,
  actor: Schema.Struct({ role: Role, user: Schema.NullOr(Schema.Int) }),
});
export interface EventHead extends Schema.Schema.Type<typeof EventHead> {}

/** One entry of the audit log and of the live feed. */
export type Event = EventHead & EventBody;

/** An event of one type: `EventOf<"StatusChanged">`. */
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;

/** An event as a commit appends it; the store gives the position. */
export type NewEvent = Omit<EventHead, "position" | "tenant"> & EventBody;
