import * as Schema from "effect/Schema";

/** The number of something in a path. */
export const params = { id: Schema.Int };

/** Does it once: a POST that comes again under the same key answers what it answered first. */
export const once = { "idempotency-key": Schema.optionalKey(Schema.NonEmptyString.check(Schema.isMaxLength(200))) };

/** Changes only the version that an answer's `ETag` named; `*` is any. */
export const ifMatch = {
  "if-match": Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(\*|(W\/)?"[\x21\x23-\x7E\x80-\xFF]*")$/, { message: 'Expected an entity tag such as "3"' }),
    ),
  ),
};
