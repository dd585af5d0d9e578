import * as Schema from "effect/Schema";

const ref = Schema.optionalKey(Schema.Union([Schema.String.check(Schema.isMaxLength(200)), Schema.Finite]));
const ticketId = Schema.Int.check(Schema.isGreaterThan(0));
const after = Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)));
const inbox = Schema.Literal(true);

const frame = <const Type extends string, const Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({ type: Schema.Literal(type), ...fields, ref });

/** What a client may ask for, by the frame's type. */
export const clientFrames = {
  /** Hears a ticket: what happened after a position first, else from now on. */
  subscribe: frame("subscribe", { ticketId, after }),
  unsubscribe: frame("unsubscribe", { ticketId }),
  /** Shows the others on the ticket that the actor is writing, or with `typing: false` no longer. */
  typing: frame("typing", { ticketId, typing: Schema.optionalKey(Schema.Boolean) }),
  /** Marks what the other side has sent as read. */
  read: frame("read", { ticketId }),
  /** Says something in public. The same `once` again answers the first message, so it can be sent after a lost line. */
  message: frame("message", {
    ticketId,
    text: Schema.String,
    html: Schema.optionalKey(Schema.NullOr(Schema.String)),
    files: Schema.optionalKey(Schema.Array(Schema.Int)),
    once: Schema.optionalKey(Schema.String),
  }),
  ping: frame("ping", {}),
};

/** The frames that are about every event that the actor may hear, where they have an `inbox`. */
export const inboxFrames = {
  subscribe: frame("subscribe", { inbox, after }),
  unsubscribe: frame("unsubscribe", { inbox }),
};

/**
 * A frame of a client. One with a `ref` is answered with that `ref` once it is done or refused; every refusal is
 * answered.
 */
export type ClientFrame =
  | (typeof clientFrames)[keyof typeof clientFrames]["Type"]
  | (typeof inboxFrames)[keyof typeof inboxFrames]["Type"];

/** What a client calls a frame of its own, to know the answer by. */
export type Ref = string | number;

/** What can be listened to: one ticket, or every event that the actor may hear. */
export type Target = { readonly ticketId: number } | { readonly inbox: true };

/** A target, and the position after which to begin; from now on by default. */
export type Subscription = Target & { readonly after?: number };
