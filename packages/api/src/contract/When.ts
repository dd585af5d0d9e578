import { TicketListQuery } from "@deskwright/core/effect";
import * as Schema from "effect/Schema";
import * as SchemaTransformation from "effect/SchemaTransformation";

const form = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** JavaScript takes much more for a time: "1" for the year 2001, and the 31st of February for the 3rd of March. */
const isIso = (text: string): boolean => {
  const [, day] = form.exec(text) ?? [];
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === day;
};

/** A time in a query. */
const When = Schema.String.annotate({ description: "An ISO 8601 date, or date-time" })
  .check(
    Schema.makeFilter((text) => isIso(text) || "Expected an ISO 8601 date or date-time, such as 2026-01-31T09:00:00Z"),
  )
  .pipe(Schema.decodeTo(TicketListQuery.fields.createdFrom.schema, SchemaTransformation.dateFromString));

export const createdWithin = { createdFrom: Schema.optionalKey(When), createdBefore: Schema.optionalKey(When) };
