import * as Schema from "effect/Schema";
import { Moment } from "../Moment.ts";

const oneOrMore = <S extends Schema.Top>(schema: S) =>
  Schema.optionalKey(Schema.Union([schema, Schema.Array(schema).check(Schema.isMaxLength(1000))]));
const keyOrNull = Schema.NullOr(Schema.String);
const idOrNull = Schema.NullOr(Schema.Int);

/** Which tickets are meant: all given fields must match; of a list (up to 1,000), one must. null = has none. */
export const TicketFilter = Schema.Struct({
  status: oneOrMore(Schema.String),
  priority: oneOrMore(Schema.String),
  category: oneOrMore(keyOrNull),
  queue: oneOrMore(keyOrNull),
  requester: oneOrMore(Schema.Int),
  assignee: oneOrMore(idOrNull),
  channel: oneOrMore(Schema.String),
  /** Has this tag, or one of these. */
  tag: oneOrMore(Schema.String),
  createdFrom: Schema.optionalKey(Moment),
  createdBefore: Schema.optionalKey(Moment),
});
export interface TicketFilter extends Schema.Schema.Type<typeof TicketFilter> {}

/** A sort key, with `-` in front for descending. Equal times are ordered by id, in the same direction. */
export const TicketSort = Schema.Literals(["createdAt", "-createdAt", "updatedAt", "-updatedAt", "id", "-id"]);
export type TicketSort = typeof TicketSort.Type;

/** Where a page ended: the sort value (milliseconds, or the id itself) and the id of its last ticket. */
export interface TicketCursor {
  readonly value: number;
  readonly id: number;
}
