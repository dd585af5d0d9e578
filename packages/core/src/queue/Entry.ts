import * as Schema from "effect/Schema";

/** The lists a helpdesk keeps for its tickets. */
export const EntryKind = Schema.Literals(["queue", "category", "priority"]);
export type EntryKind = typeof EntryKind.Type;

/** A queue, a category or a priority: an editable entry of one of the helpdesk's lists. */
export const Entry = Schema.Struct({
  id: Schema.Int,
  version: Schema.Int,
  /** What tickets refer to; unique in its list, never changed. */
  key: Schema.String,
  /** What people see; may be changed at any time. */
  name: Schema.String,
  /** Its place in the list, ascending; for priorities also their weight. */
  rank: Schema.Int,
  /** False once removed: tickets that have it keep it, no other ticket can take it. */
  active: Schema.Boolean,
  /** Policies of this queue that differ from the helpdesk's; empty for the other lists. */
  policies: Schema.Record(Schema.String, Schema.Json),
}).annotate({ identifier: "Entry" });
export interface Entry extends Schema.Schema.Type<typeof Entry> {}
