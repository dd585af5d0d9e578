import * as Schema from "effect/Schema";

/** A time that every store can keep: of the years 1 to 9999. */
export const Moment = Schema.Date.check(
  Schema.isBetweenDate(
    { minimum: new Date("0001-01-01T00:00:00.000Z"), maximum: new Date("9999-12-31T23:59:59.999Z") },
    { message: "Expected a time of the years 1 to 9999" },
  ),
);
