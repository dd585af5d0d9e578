import * as Schema from "effect/Schema";

/** What a person may be. */
export const UserRole = Schema.Literals(["customer", "agent", "admin"]);
export type UserRole = typeof UserRole.Type;

/** Somebody who asks or answers. */
export const User = Schema.Struct({
  id: Schema.Int,
  version: Schema.Int,
  role: UserRole,
  name: Schema.NullOr(Schema.String),
  /** Unique in the tenant without regard to case; kept in lower case. */
  email: Schema.NullOr(Schema.String),
  /** True where it is sure that the address is theirs: only then what was written from it is theirs, too. */
  emailVerified: Schema.Boolean,
  /** The host's own id of this person, any string; unique in the tenant. */
  externalId: Schema.NullOr(Schema.String),
  /** False for somebody who left: they keep their past and get no new work. */
  active: Schema.Boolean,
  /** A BCP 47 language tag such as `ru`; null where it is not known. */
  locale: Schema.NullOr(Schema.String),
  createdAt: Schema.Date,
  updatedAt: Schema.Date,
}).annotate({ identifier: "User" });
export interface User extends Schema.Schema.Type<typeof User> {}

/** A user by our id, or by the host's own id; one that is not known yet is created on first use. */
export const UserRef = Schema.Union([
  Schema.Int,
  Schema.Struct({
    externalId: Schema.NonEmptyString.check(Schema.isMaxLength(500)),
    name: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(500))),
    /** Left blank it counts as none. One that another user has stays theirs. */
    email: Schema.optionalKey(
      Schema.String.check(
        Schema.isMaxLength(320),
        Schema.isPattern(/^\s*([^\s@]+@[^\s@]+\s*)?$/, { message: "Expected an email address" }),
      ),
    ),
    /** Whether the host has made sure that the address is theirs: then what was written from it is theirs, too. */
    emailVerified: Schema.optionalKey(Schema.Boolean),
  }),
]);
export type UserRef = typeof UserRef.Type;
