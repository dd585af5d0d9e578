import * as Schema from "effect/Schema";

/**
 * `accepted`: on the disk, to be understood. `processed`: part of a ticket, or told about a delivery. `ignored`: on
 * purpose, for a reason. `quarantined`: it could not be understood; its bytes and the reason are kept until somebody
 * replays it.
 */
export const InboundState = Schema.Literals(["accepted", "processed", "ignored", "quarantined"]);
export type InboundState = typeof InboundState.Type;

/** Something that a channel accepted. */
export const Inbound = Schema.Struct({
  id: Schema.Int,
  channel: Schema.String,
  /** Where it was read, such as a mailbox, and its name there. */
  source: Schema.String,
  key: Schema.String,
  size: Schema.Int,
  state: InboundState,
  /** Why it was ignored or quarantined, or what went wrong with the last try. */
  reason: Schema.NullOr(Schema.String),
  ticketId: Schema.NullOr(Schema.Int),
  messageId: Schema.NullOr(Schema.Int),
  receivedAt: Schema.Date,
}).annotate({ identifier: "Inbound" });
export interface Inbound extends Schema.Schema.Type<typeof Inbound> {}

/** Whatever was seen is in exactly one of the others. */
export const Balance = Schema.Struct({
  seen: Schema.Int,
  accepted: Schema.Int,
  processed: Schema.Int,
  ignored: Schema.Int,
  quarantined: Schema.Int,
}).annotate({ identifier: "Balance" });
export interface Balance extends Schema.Schema.Type<typeof Balance> {}

/** What a job of such an item carries. */
export interface InboundPayload {
  readonly channel: string;
  readonly source: string;
  readonly key: string;
  /** The file in the store that holds its bytes and those of others that came with it, and where in there. */
  readonly raw: string;
  readonly start: number;
  readonly size: number;
  readonly about: Schema.Json;
  readonly receivedAt: string;
}

/** What a finished job of such an item says. */
export interface InboundResult {
  readonly outcome: "processed" | "ignored";
  readonly reason: string | null;
  readonly ticketId: number | null;
  readonly messageId: number | null;
}
