import * as Schema from "effect/Schema";
import { EventBody, Position } from "./Event.ts";
import { textOf } from "./Text.ts";

const Callable = Schema.declare(
  (value): value is (...args: ReadonlyArray<never>) => unknown => typeof value === "function",
  {
    message: "Expected a function",
  },
);

/** How jobs are done in this process. */
export const WorkInput = Schema.Struct({
  run: Schema.Struct({
    workers: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))),
    channels: Schema.optionalKey(Schema.Boolean),
  }),
  jobs: Schema.Record(textOf(100), Callable),
});
export interface WorkInput extends Schema.Schema.Type<typeof WorkInput> {}

/** What to hear by iterating over events. */
export const EventsInput = Schema.Struct({
  after: Schema.optionalKey(Position),
  ticketId: Schema.optionalKey(Schema.Int),
  everyTenant: Schema.optionalKey(Schema.Boolean),
});

/** What calls a handler. */
export const HandlerInput = Schema.Struct({
  type: Schema.Literals(EventBody.members.map(({ fields }) => fields.type.schema.literal)),
  as: Schema.optionalKey(textOf(100)),
  handler: Callable,
});
