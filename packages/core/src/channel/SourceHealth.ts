import * as Schema from "effect/Schema";

/** How a source is doing, as this process knows it. */
export const SourceHealth = Schema.Struct({
  channel: Schema.String,
  source: Schema.String,
  /** `elsewhere`: another process reads it, or none. */
  state: Schema.Literals(["running", "failing", "elsewhere"]),
  /** What is wrong, in a sentence; null where all is well. */
  trouble: Schema.NullOr(Schema.String),
  since: Schema.Date,
}).annotate({ identifier: "SourceHealth" });
export interface SourceHealth extends Schema.Schema.Type<typeof SourceHealth> {}
