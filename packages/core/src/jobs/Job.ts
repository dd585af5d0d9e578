import * as Schema from "effect/Schema";

/** `waiting` until it is due and a worker takes it; `dead` after its last try failed. */
export const JobState = Schema.Literals(["waiting", "running", "finished", "dead"]);
export type JobState = typeof JobState.Type;

/** Work that is due at a time, survives crashes, and keeps its result for a while. */
export const Job = Schema.Struct({
  id: Schema.Int,
  tenant: Schema.String,
  /** Which handler does it. */
  kind: Schema.String,
  payload: Schema.Json,
  state: JobState,
  /** When it is due, or due again. */
  runAt: Schema.Date,
  /** Tries begun so far. */
  attempts: Schema.Int,
  maxAttempts: Schema.Int,
  /** What the handler returned; null until it finished. */
  result: Schema.Json,
  /** Why the last try failed. */
  error: Schema.NullOr(Schema.String),
  createdAt: Schema.Date,
  finishedAt: Schema.NullOr(Schema.Date),
}).annotate({ identifier: "Job" });
export interface Job extends Schema.Schema.Type<typeof Job> {}

/** A job as it is handed to the store. */
export interface NewJob {
  readonly id: number;
  readonly kind: string;
  readonly payload: Schema.Json;
  readonly runAt: Date;
  readonly maxAttempts: number;
  /**
   * Of the jobs with one key in a tenant at most one exists at a time: adding a second changes nothing.
   * The key is free again once the first is taken (`claimed`) or has ended (`ended`).
   */
  readonly unique: { readonly key: string; readonly until: "claimed" | "ended" } | null;
}

/** Proof that a job is held: `token` is new with each claim, so a worker that lost its lease can't finish the job. */
export interface Claim {
  readonly id: number;
  readonly token: string;
}

/** A job that was claimed, to be finished by a commit that names its claim in `done`. */
export interface ClaimedJob extends Claim {
  readonly job: Job;
}
