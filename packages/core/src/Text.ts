import * as Schema from "effect/Schema";

/** Text that must say something; `max` in UTF-16 units. */
export const textOf = (max: number) =>
  Schema.String.check(
    Schema.makeFilter((text) => text.trim().length > 0 || "Expected text that is not blank"),
    Schema.isMaxLength(max),
  );

/** A check that a value, written as JSON, is not longer; `max` in UTF-16 units. */
export const isJsonUpTo = (max: number) =>
  Schema.makeFilter<unknown>(
    (value) => JSON.stringify(value).length <= max || `Expected at most ${max} characters of JSON`,
  );
