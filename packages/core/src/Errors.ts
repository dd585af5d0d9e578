import * as Schema from "effect/Schema";

const page = (tag: string) => ` (see docs/reference/errors.md#${tag.toLowerCase()})`;

/** An error's message without the page of these docs that it ends with, which says nothing to a client. */
export const withoutPage = (message: string): string =>
  message.replace(/ \(see docs\/reference\/errors\.md#\w+\)$/, "");

/** There is no such thing, or the actor may not know that there is. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  kind: Schema.String,
  id: Schema.Union([Schema.String, Schema.Finite]),
}) {
  override get message() {
    return `There is no ${this.kind} ${this.id}.${page(this._tag)}`;
  }

  /** Of whatever a caller without types asked for, `Number("abc")` among it. */
  static readonly of = (kind: string, id: unknown) =>
    new NotFound({ kind, id: typeof id === "number" && Number.isFinite(id) ? id : String(id) });
}

/** What was given is not usable; each issue names the field. Nothing was changed. */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", {
  issues: Schema.Array(
    Schema.Struct({ path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])), message: Schema.String }),
  ),
}) {
  override get message() {
    const issues = this.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join(".")}: ${message}` : message,
    );
    return `${issues.join("; ")}${page(this._tag)}`;
  }
}

/** The status machine does not allow this move; `missing` names fields that a guard wants filled first. */
export class InvalidTransition extends Schema.TaggedError<InvalidTransition>()("InvalidTransition", {
  ticketId: Schema.Int,
  from: Schema.String,
  to: Schema.String,
  allowed: Schema.Array(Schema.String),
  missing: Schema.Array(Schema.String),
}) {
  override get message() {
    const why =
      this.missing.length > 0
        ? `it needs ${this.missing.join(" and ")} first`
        : `allowed from there: ${this.allowed.join(", ") || "nothing"}`;
    return `Ticket ${this.ticketId} can't go from ${this.from} to ${this.to}; ${why}.${page(this._tag)}`;
  }
}

/** Somebody was faster: read again and decide again. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  /** What was changed or taken meanwhile, such as `ticket`, `user` or `once`. */
  kind: Schema.String,
  id: Schema.Union([Schema.String, Schema.Finite]),
}) {
  override get message() {
    return `The ${this.kind} ${this.id} was changed or taken meanwhile.${page(this._tag)}`;
  }
}

/** The actor may see it and may not do this. */
export class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", {
  action: Schema.String,
  reason: Schema.String,
}) {
  override get message() {
    return `Not allowed: ${this.action}: ${this.reason}.${page(this._tag)}`;
  }
}

/**
 * The storage could not do it. Where `retryable` is true the same call may go through later; whether the change
 * was made is then unknown unless the call carried `once`.
 */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  reason: Schema.String,
  retryable: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect()),
}) {
  override get message() {
    return `The storage failed: ${this.reason}.${page(this._tag)}`;
  }
}

/** Too much in too short a time; try again after `retryAfterMs` milliseconds. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  action: Schema.String,
  retryAfterMs: Schema.Int,
}) {
  override get message() {
    return `Too many tries of ${this.action}; try again in ${Math.ceil(this.retryAfterMs / 1000)} s.${page(this._tag)}`;
  }
}

/**
 * A channel could not send. `retryable`: the same may go through later. `unknown`: the connection broke when it may
 * have arrived already, so that sending it again could double it.
 */
export class DeliveryError extends Schema.TaggedError<DeliveryError>()("DeliveryError", {
  reason: Schema.String,
  outcome: Schema.Literals(["retryable", "final", "unknown"]),
}) {
  override get message() {
    return `Not delivered: ${this.reason}.${page(this._tag)}`;
  }
}

/** Everything a call of the helpdesk can fail with. */
export type HelpdeskError =
  | NotFound
  | InvalidInput
  | InvalidTransition
  | Conflict
  | NotAllowed
  | StorageError
  | RateLimited;
