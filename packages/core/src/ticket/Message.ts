import * as Schema from "effect/Schema";
import { Role } from "../Actor.ts";
import { DeliveryState } from "../channel/Delivery.ts";
import { Attachment } from "../file/File.ts";

/** One thing said on a ticket: a public message, or an internal note that customers never see. */
export const Message = Schema.Struct({
  id: Schema.Int,
  ticketId: Schema.Int,
  /** Raised by each edit. */
  version: Schema.Int,
  /** True for an internal note: for agents' eyes only, files included. */
  note: Schema.Boolean,
  /** The user who wrote it; null where no person did. */
  author: Schema.NullOr(Schema.Int),
  /** In which role it was written. */
  role: Role,
  text: Schema.String,
  html: Schema.NullOr(Schema.String),
  /** All that was written, where `text` is what remained after the quoted rest was cut off; otherwise null. */
  fullText: Schema.NullOr(Schema.String),
  attachments: Schema.Array(Attachment),
  /** How it fared on the way out, for agents; only of a message that goes out by a channel. */
  delivery: Schema.optionalKey(
    Schema.Struct({
      state: DeliveryState,
      error: Schema.NullOr(Schema.String),
      refused: Schema.Array(Schema.Struct({ address: Schema.String, reason: Schema.String })),
    }),
  ),
  /** The way it came by, such as `web`, `chat` or `email`. */
  channel: Schema.String,
  createdAt: Schema.Date,
  editedAt: Schema.NullOr(Schema.Date),
  /** Set on the tombstone that a deleted message leaves; its text and attachments are then empty. */
  deletedAt: Schema.NullOr(Schema.Date),
}).annotate({ identifier: "Message" });
export interface Message extends Schema.Schema.Type<typeof Message> {}
