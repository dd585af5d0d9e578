import * as core from "@deskwright/core/effect";
import * as Schema from "effect/Schema";
import * as Struct from "effect/Struct";
import * as Tuple from "effect/Tuple";

// What is sent and received where it is not core's own data as it stands. `once` comes as a header, `Idempotency-Key`.

export const NewTicket = core.NewTicket.mapFields(Struct.omit(["once"])).annotate({ identifier: "NewTicket" });
export const NewMessage = core.NewMessage.mapFields(Struct.omit(["once"])).annotate({ identifier: "NewMessage" });
export const ChatMessage = core.ChatMessage.mapFields(Struct.omit(["once"])).annotate({ identifier: "ChatMessage" });

/** A stored file, without what concerns only the stores. */
export const File = core.File.mapFields(Struct.omit(["storageKey", "version"])).annotate({ identifier: "File" });
export interface File extends Schema.Schema.Type<typeof File> {}

export const Event = core.EventBody.mapMembers(Tuple.map(Schema.fieldsAssign(core.EventHead.fields))).annotate({
  identifier: "Event",
});

export const EventPage = Schema.Struct({
  events: Schema.Array(Event),
  /** Pass it as `after` for the next page; the same as before where there is nothing new. */
  position: Schema.Int,
}).annotate({ identifier: "EventPage" });

/** Who is asking, as the helpdesk knows them. */
export const Actor = Schema.Struct({
  role: core.Role,
  user: Schema.NullOr(Schema.Int),
  tenant: Schema.String,
}).annotate({ identifier: "Actor" });
