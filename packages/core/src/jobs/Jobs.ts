import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { HelpdeskError } from "../Errors.ts";
import { inputOf, invalidField } from "../Input.ts";
import { Moment } from "../Moment.ts";
import { Permissions } from "../Permissions.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { isJsonUpTo, textOf } from "../Text.ts";
import { emptyCommit, Writer } from "../Writer.ts";
import { jobAdded } from "./change.ts";
import { type Job, JobState, type NewJob } from "./Job.ts";

/** A job to be done by the handler of its kind. */
export const NewJobInput = Schema.Struct({
  kind: textOf(100),
  /** Up to 1,000,000 characters of JSON. */
  payload: Schema.optionalKey(Schema.Json.check(isJsonUpTo(1_000_000))),
  /** When it is due; at once by default. */
  runAt: Schema.optionalKey(Moment),
  /** Tries before it is dead; 8 by default. */
  maxAttempts: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
}).annotate({ identifier: "NewJob" });
export interface NewJobInput extends Schema.Schema.Type<typeof NewJobInput> {}

/** Which jobs, by ascending id; `limit` 1 to 1,000, 100 by default. */
export const JobListQuery = Schema.Struct({
  state: Schema.optionalKey(JobState),
  kind: Schema.optionalKey(Schema.String),
  /** Only ids above this one. */
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
}).annotate({ identifier: "JobListQuery" });
export interface JobListQuery extends Schema.Schema.Type<typeof JobListQuery> {}

/** Work that is done later, or again until it succeeds. */
export class Jobs extends Context.Service<
  Jobs,
  {
    /** Writes a job down; from then on it is done, whatever process dies. */
    readonly add: (job: NewJobInput) => Effect.Effect<Job, HelpdeskError>;
    /** A job with its state and, for a week after it finished, its result. */
    readonly get: (id: number) => Effect.Effect<Job, HelpdeskError>;
    readonly list: (query?: JobListQuery) => Effect.Effect<ReadonlyArray<Job>, HelpdeskError>;
    /** Gives a dead job a new life: a fresh one of the same kind and payload, due now; the dead one is forgotten. */
    readonly retry: (id: number) => Effect.Effect<Job, HelpdeskError>;
  }
>()("@deskwright/core/Jobs") {
  static readonly layer = Layer.effect(
    Jobs,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const check = inputOf(NewJobInput);
      const checkQuery = inputOf(JobListQuery);

      const write = Effect.fnUntraced(function* (
        tenant: string,
        { kind, payload = null, runAt, maxAttempts = 8 }: NewJobInput,
        replaces: Job | null,
      ) {
        const at = yield* writer.now;
        const { job: [id = 0] = [] } = yield* storage.reserve(tenant, { job: 1 });
        const job: NewJob = { id, kind, payload, runAt: runAt ?? at, maxAttempts, unique: null };
        yield* storage.commit({
          ...emptyCommit(tenant, at),
          add: { messages: [], events: [], jobs: [job] },
          drop: replaces ? [{ kind: "job", id: replaces.id }] : [],
          // Two who retry the same job at once must not make two of it.
          once: replaces ? [{ key: `retry-job:${replaces.id}`, result: id }] : [],
        });
        return jobAdded(tenant, at, job);
      });

      const add = Effect.fnUntraced(function* (input: NewJobInput) {
        const job = yield* check(input);
        const { tenant } = yield* permissions.demand("job.write");
        return yield* writer.again(write(tenant, job, null));
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.demand("job.read");
        return yield* rows.job(tenant, id);
      });

      const list = Effect.fnUntraced(function* (query: JobListQuery = {}) {
        const { state = null, kind = null, after = 0, limit = 100 } = yield* checkQuery(query);
        const { tenant } = yield* permissions.demand("job.read");
        return yield* storage.jobs({ tenant, state, kind, endedBefore: null, after, limit });
      });

      const retry = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.demand("job.write");
        return yield* writer.again(
          Effect.gen(function* () {
            const job = yield* rows.job(tenant, id);
            if (job.state !== "dead") return yield* invalidField(["id"], `Job ${id} is ${job.state}, not dead`);
            return yield* write(tenant, { kind: job.kind, payload: job.payload, maxAttempts: job.maxAttempts }, job);
          }),
        );
      });

      return Jobs.of({ add, get, list, retry });
    }),
  );
}
