import * as Schema from "effect/Schema";

/** A file as the message that carries it shows it. */
export const Attachment = Schema.Struct({
  id: Schema.Int,
  name: Schema.String,
  contentType: Schema.String,
  /** Bytes. */
  size: Schema.Int,
}).annotate({ identifier: "Attachment" });
export interface Attachment extends Schema.Schema.Type<typeof Attachment> {}

/** A stored file. Until a message names it only its uploader may read it, and it is swept after a day. */
export const File = Schema.Struct({
  ...Attachment.fields,
  version: Schema.Int,
  /** Lowercase hexadecimal SHA-256 of the content. */
  sha256: Schema.String,
  /** Where the file store keeps the bytes. */
  storageKey: Schema.String,
  /** The user who uploaded it; null where no person did. */
  uploadedBy: Schema.NullOr(Schema.Int),
  messageId: Schema.NullOr(Schema.Int),
  ticketId: Schema.NullOr(Schema.Int),
  createdAt: Schema.Date,
}).annotate({ identifier: "File" });
export interface File extends Schema.Schema.Type<typeof File> {}
