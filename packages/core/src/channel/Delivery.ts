import * as Schema from "effect/Schema";

/** A person or a machine on a channel. */
export const Correspondent = Schema.Struct({ address: Schema.String, name: Schema.NullOr(Schema.String) });
/** The address is in the form in which two of them are the same: mail in lower case. */
export interface Correspondent extends Schema.Schema.Type<typeof Correspondent> {}

/**
 * `queued` until a worker takes it; `sending` while it does. `sent`: the other side took it. `failed`: it will not.
 * `unknown`: the connection broke when it may have arrived already; it is not sent again unless somebody asks.
 */
export const DeliveryState = Schema.Literals(["queued", "sending", "sent", "failed", "unknown"]);
export type DeliveryState = typeof DeliveryState.Type;

/** Something that goes out on a channel. One of a message has that message's id. */
export const Delivery = Schema.Struct({
  id: Schema.Int,
  channel: Schema.String,
  kind: Schema.Literals(["message", "acknowledgement", "closing"]),
  ticketId: Schema.Int,
  /** Null for what the helpdesk wrote by itself. */
  messageId: Schema.NullOr(Schema.Int),
  to: Correspondent,
  copies: Schema.Array(Correspondent),
  /** Its own reference on the channel, such as a Message-ID; the same over all tries. */
  ref: Schema.String,
  state: DeliveryState,
  /** Why the last try failed, or what the other side said later. */
  error: Schema.NullOr(Schema.String),
  /** Who of those it went to was refused. */
  refused: Schema.Array(Schema.Struct({ address: Schema.String, reason: Schema.String })),
  createdAt: Schema.Date,
  sentAt: Schema.NullOr(Schema.Date),
}).annotate({ identifier: "Delivery" });
export interface Delivery extends Schema.Schema.Type<typeof Delivery> {}

/** A delivery as it is kept: what the helpdesk wrote by itself is fixed with it. */
export interface StoredDelivery extends Delivery {
  readonly notice: { readonly subject: string; readonly text: string; readonly html: string | null } | null;
  /** Who is tried again, where others have it. */
  readonly only?: ReadonlyArray<string> | null;
}
