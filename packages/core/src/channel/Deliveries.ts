import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { RecordRow } from "../Commit.ts";
import { type HelpdeskError, NotFound, type StorageError } from "../Errors.ts";
import { inputOf, invalidField } from "../Input.ts";
import type { Job, JobState } from "../jobs/Job.ts";
import { Permissions } from "../Permissions.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, Writer } from "../Writer.ts";
import { Delivery, DeliveryState, type StoredDelivery } from "./Delivery.ts";
import { dataOf, deliveryKey, deliveryOf, recordKey } from "./ledger.ts";

/** Which deliveries, by ascending age of their last begin; `limit` 1 to 1,000, 100 by default. */
export const DeliveryListQuery = Schema.Struct({
  /** `sent` lists those of the last day. */
  state: DeliveryState,
  /** Only those after this `next`. */
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
}).annotate({ identifier: "DeliveryListQuery" });
export interface DeliveryListQuery extends Schema.Schema.Type<typeof DeliveryListQuery> {}

/** A page of deliveries; `next` is where the following one begins, null after the last. */
export const DeliveryPage = Schema.Struct({
  items: Schema.Array(Delivery),
  next: Schema.NullOr(Schema.Int),
}).annotate({ identifier: "DeliveryPage" });
export interface DeliveryPage extends Schema.Schema.Type<typeof DeliveryPage> {}

/** The kind of the jobs that send. */
export const deliverKind = "deliver";
/** A try each second, then less and less often up to once an hour: about four days, as RFC 5321, 4.5.4.1 asks. */
export const deliverTries = 100;

const jobState: Readonly<Record<DeliveryState, JobState>> = {
  queued: "waiting",
  sending: "running",
  sent: "finished",
  failed: "dead",
  unknown: "dead",
};

/** What goes out on channels, and how it fared. */
export class Deliveries extends Context.Service<
  Deliveries,
  {
    /** Those in one state, page by page. */
    readonly list: (query: DeliveryListQuery) => Effect.Effect<DeliveryPage, HelpdeskError>;
    readonly get: (id: number) => Effect.Effect<Delivery, HelpdeskError>;
    /** Sends one that failed, or that may not have arrived, again. */
    readonly retry: (id: number) => Effect.Effect<Delivery, HelpdeskError>;
  }
>()("@deskwright/core/Deliveries") {
  static readonly layer = Layer.effect(
    Deliveries,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const checkQuery = inputOf(DeliveryListQuery);

      const read = (
        tenant: string,
        ids: ReadonlyArray<number>,
      ): Effect.Effect<ReadonlyArray<RecordRow>, StorageError> =>
        Effect.map(
          storage.find(
            tenant,
            ids.map((id) => recordKey(deliveryKey(id))),
          ),
          (found) => found.flatMap((one) => (one?.kind === "record" ? [one.row] : [])),
        );
      const shown = (row: RecordRow): Delivery => {
        const { notice: _, only: __, ...delivery } = deliveryOf(row);
        return delivery;
      };

      const list = Effect.fnUntraced(function* (query: DeliveryListQuery) {
        const { state, after = 0, limit = 100 } = yield* checkQuery(query);
        const { tenant } = yield* permissions.demand("job.read");
        const wanted = { tenant, state: jobState[state], kind: deliverKind, endedBefore: null, after, limit };
        const jobs = yield* storage.jobs(wanted);
        const rows = yield* read(tenant, jobs.map(idOf));
        const errors = new Map(jobs.map((job) => [idOf(job), job.error]));
        const items = rows
          .map(shown)
          .map((delivery) =>
            jobState[state] === "dead" ? givenUp(delivery, errors.get(delivery.id) ?? null) : delivery,
          )
          .filter((delivery) => delivery.state === state);
        return { items, next: jobs.length < limit ? null : (jobs.at(-1)?.id ?? null) };
      });

      const one = Effect.fnUntraced(function* (tenant: string, id: number) {
        const [row] = Number.isSafeInteger(id) ? yield* read(tenant, [id]) : [];
        return row ?? (yield* NotFound.of("delivery", id));
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.demand("job.read");
        return shown(yield* one(tenant, id));
      });

      const retry = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.demand("job.write");
        const write = Effect.gen(function* () {
          const at = yield* writer.now;
          const row = yield* one(tenant, id);
          const before = deliveryOf(row);
          const dead = yield* deadJobs(tenant, id);
          const isOver = before.state === "failed" || before.state === "unknown" || dead.length > 0;
          if (!isOver || before.state === "sent")
            return yield* invalidField(["id"], `Delivery ${id} is ${before.state}, not failed or unknown`);
          const { only = null } = before;
          // Whom it goes to now is not refused any more.
          const refused = before.refused.filter(({ address }) => only !== null && !only.includes(address));
          const after: StoredDelivery = { ...before, state: "queued", error: null, refused };
          const { job: [jobId = 0] = [] } = yield* storage.reserve(tenant, { job: 1 });
          const put = [{ kind: "record", row: { ...row, data: dataOf(after) } } as const];
          const jobs = [deliverJob(jobId, id, at)];
          const drop = dead.map((job) => ({ kind: "job", id: job }) as const);
          yield* storage.commit({ ...emptyCommit(tenant, at), put, drop, add: { messages: [], events: [], jobs } });
          return shown({ ...row, data: dataOf(after) });
        });
        return yield* writer.again(write);
      });

      /** Jobs that gave up on a delivery: the list of failed ones is theirs. */
      const deadJobs = Effect.fnUntraced(function* (tenant: string, id: number) {
        const ids: Array<number> = [];
        for (let after = 0; ; ) {
          const page = yield* storage.jobs({
            tenant,
            state: "dead",
            kind: deliverKind,
            endedBefore: null,
            after,
            limit: 1000,
          });
          ids.push(...page.filter((job) => idOf(job) === id).map((job) => job.id));
          if (page.length < 1000) return ids;
          after = page.at(-1)?.id ?? 0;
        }
      });

      return Deliveries.of({ list, get, retry });
    }),
  );
}

/** A delivery whose job ended without a word of its own: each worker that began it died, or none knows its channel. */
const givenUp = (delivery: Delivery, error: string | null): Delivery =>
  delivery.state === "queued" || delivery.state === "sending"
    ? { ...delivery, state: "failed", error: error ?? delivery.error }
    : delivery;

const idOf = ({ payload }: Job): number => (payload as { readonly deliveryId: number }).deliveryId;

export const deliverJob = (id: number, deliveryId: number, at: Date) => ({
  id,
  kind: deliverKind,
  payload: { deliveryId },
  runAt: at,
  maxAttempts: deliverTries,
  unique: null,
});
