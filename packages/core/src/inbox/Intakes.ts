import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { Row } from "../Commit.ts";
import type { Channel, NewItem } from "../channel/Channel.ts";
import { Channels } from "../channel/Channels.ts";
import { recordKey } from "../channel/ledger.ts";
import { type Conflict, type HelpdeskError, NotFound, StorageError } from "../Errors.ts";
import { FileStore } from "../file/FileStore.ts";
import { inputOf, invalidField } from "../Input.ts";
import { GivenUp } from "../jobs/GivenUp.ts";
import type { Claim, ClaimedJob, Job, JobState, NewJob } from "../jobs/Job.ts";
import { Jobs } from "../jobs/Jobs.ts";
import { finished, type JobWork } from "../jobs/Worker.ts";
import { Permissions } from "../Permissions.ts";
import { calling } from "../promises.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, newToken, Writer } from "../Writer.ts";
import { Arrivals } from "./Arrivals.ts";
import { balanceOf, clearedAfter, inboundOf, placeOf } from "./balance.ts";
import { bytesOfAll, collect } from "./bytes.ts";
import { type Balance, type Inbound, type InboundPayload, type InboundResult, InboundState } from "./Inbound.ts";
import { Recent } from "./Recent.ts";
import { Reports } from "./Reports.ts";
import { Underway } from "./Underway.ts";

/** The kind of the jobs that understand what was accepted. */
export const inboundKind = "inbound";
const tries = 10;
const clearedKey = { collection: "cleared", key: inboundKind };

/** Which items, oldest first; `limit` 1 to 1,000, 100 by default. */
export const InboundListQuery = Schema.Struct({
  /** `processed` and `ignored` are listed for a day. */
  state: Schema.optionalKey(InboundState),
  /** Only ids above this one. */
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
}).annotate({ identifier: "InboundListQuery" });
export interface InboundListQuery extends Schema.Schema.Type<typeof InboundListQuery> {}

const jobState: Readonly<Record<InboundState, JobState | null>> = {
  accepted: null,
  processed: "finished",
  ignored: "finished",
  quarantined: "dead",
};

/** What came in by channels: accepted first, then understood, and nothing lost in between. */
export class Intakes extends Context.Service<
  Intakes,
  {
    /**
     * Hands an item to a channel, as its sources do: once this answers it is on the disk, and is understood soon. An
     * item whose key came before is left out, and answers null.
     */
    readonly accept: (item: {
      readonly channel: string;
      readonly key: string;
      readonly raw: Uint8Array;
      readonly about?: Schema.Json;
    }) => Effect.Effect<Inbound | null, HelpdeskError>;
    /** Accepts for a source that is held, together with its cursor. */
    readonly acceptFrom: (
      channel: Channel,
      source: string,
      tenant: string,
      claim: Claim,
      items: ReadonlyArray<NewItem>,
      cursor: Schema.Json,
    ) => Effect.Effect<ReadonlyArray<number>, Conflict | StorageError>;
    readonly list: (query?: InboundListQuery) => Effect.Effect<ReadonlyArray<Inbound>, HelpdeskError>;
    readonly get: (id: number) => Effect.Effect<Inbound, HelpdeskError>;
    /** Its bytes as they came. */
    readonly raw: (id: number) => Effect.Effect<Uint8Array, HelpdeskError>;
    /** Understands a quarantined item anew. */
    readonly replay: (id: number) => Effect.Effect<Inbound, HelpdeskError>;
    /** Where everything went that ever came in. */
    readonly balance: () => Effect.Effect<Balance, HelpdeskError>;
    /** The row that counts finished items which are about to be cleared away. */
    readonly cleared: (tenant: string, jobs: ReadonlyArray<Job>) => Effect.Effect<Row, StorageError>;
    /** Whether a file holds the bytes of something that is not understood yet, or that is quarantined. */
    readonly isNeeded: (tenant: string, raw: string) => Effect.Effect<boolean, StorageError>;
    /** Understands an accepted item: the work of the jobs of that kind. */
    readonly understand: JobWork;
  }
>()("@deskwright/core/Intakes") {
  static readonly layer = Layer.effect(
    Intakes,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const store = yield* FileStore;
      const writer = yield* Writer;
      const channels = yield* Channels;
      const permissions = yield* Permissions;
      const rows = yield* Rows;
      const jobs = yield* Jobs;
      const arrivals = yield* Arrivals;
      const reports = yield* Reports;
      const underway = yield* Underway;
      const recent = new Recent();
      const checkQuery = inputOf(InboundListQuery);
      const checkItem = inputOf(
        Schema.Struct({
          channel: Schema.String,
          key: Schema.NonEmptyString.check(Schema.isMaxLength(1000)),
          about: Schema.optionalKey(Schema.Json),
        }),
      );

      const onceKey = (channel: string, source: string, key: string) => JSON.stringify(["item", channel, source, key]);

      const accept = Effect.fnUntraced(function* (
        tenant: string,
        channel: string,
        source: string,
        items: ReadonlyArray<NewItem>,
        going: { readonly claim: Claim; readonly cursor: Schema.Json } | null,
      ) {
        const at = yield* writer.now;
        const seen =
          items.length === 0
            ? []
            : yield* storage.find(
                tenant,
                items.map(({ key }) => ({ kind: "once", key: onceKey(channel, source, key) })),
              );
        const fresh = items.filter(
          ({ key }, index) => seen[index] === null && items.findIndex((one) => one.key === key) === index,
        );
        const { job: ids = [] } = fresh.length === 0 ? {} : yield* storage.reserve(tenant, { job: fresh.length });
        const raw = `${at.toISOString().slice(0, 10)}/${yield* newToken}`;
        // The bytes are there before the commit that names them; a crash in between leaves bytes, never a gap. What
        // comes together lies in one file: a disk takes as long for one as for fifty.
        if (fresh.length > 0) yield* store.write(raw, bytesOfAll(fresh));
        let start = 0;
        const added = fresh.map(({ key, raw: { byteLength: size }, about = null }, index): NewJob => {
          const payload: InboundPayload = {
            channel,
            source,
            key,
            raw,
            start,
            size,
            about,
            receivedAt: at.toISOString(),
          };
          start += size;
          const json = payload as unknown as Schema.Json;
          return {
            id: ids[index] as number,
            kind: inboundKind,
            payload: json,
            runAt: at,
            maxAttempts: tries,
            unique: null,
          };
        });
        yield* storage.commit({
          ...emptyCommit(tenant, at),
          add: { messages: [], events: [], jobs: added },
          once: fresh.map(({ key }, index) => ({ key: onceKey(channel, source, key), result: ids[index] as number })),
          done: going === null ? [] : [{ ...going.claim, outcome: { type: "going", payload: going.cursor } }],
        });
        added.forEach(({ id }, index) => {
          recent.add(recentKey(tenant, id), (fresh[index] as NewItem).raw, at.getTime());
        });
        return added.map(({ id }) => id);
      });

      const understand = Effect.fnUntraced(function* (
        claimed: ClaimedJob,
      ): Effect.fn.Return<Schema.Json | typeof finished, unknown> {
        const { job } = claimed;
        const payload = job.payload as unknown as InboundPayload;
        const channel = channels.named(job.tenant, payload.channel);
        if (channel?.read === undefined)
          return yield* new StorageError({ reason: `no channel ${payload.channel} here that reads`, retryable: true });
        const { read } = channel;
        const bytes = recent.take(recentKey(job.tenant, claimed.id)) ?? (yield* bytesOf(payload));
        const secret = yield* channels.secret(job.tenant);
        const receivedAt = new Date(payload.receivedAt);
        const reading = yield* Effect.mapError(
          calling(() => read({ tenant: job.tenant, secret, raw: bytes, about: payload.about, receivedAt })),
          // However often it is read, it will not be understood: an agent has to look.
          (error) => new GivenUp(`Not understood: ${error instanceof Error ? error.message : String(error)}`),
        );
        underway.read(claimed, reading.type === "message" ? reading.ref : null);
        const result =
          reading.type === "message"
            ? yield* arrivals.take(channel, claimed, reading, bytes)
            : reading.type === "report"
              ? yield* reports.take(job.tenant, channel, payload.raw, reading)
              : ({
                  outcome: "ignored",
                  reason: reading.reason,
                  ticketId: null,
                  messageId: null,
                } satisfies InboundResult);
        return result === finished ? finished : { ...result };
      });

      const bytesOf = Effect.fnUntraced(function* ({ raw, start, size }: InboundPayload) {
        const content = yield* store.read(raw, { start, end: start + size });
        if (content === null)
          return yield* new StorageError({ reason: `the bytes of ${raw} are missing`, retryable: false });
        return yield* Effect.mapError(
          calling(() => collect(content)),
          (cause) => new StorageError({ reason: "the file store broke off", retryable: true, cause }),
        );
      });

      const clearedRow = Effect.fnUntraced(function* (tenant: string) {
        const [found] = yield* storage.find(tenant, [recordKey(clearedKey)]);
        return found?.kind === "record" ? found.row : null;
      });

      const jobOf = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.demand("job.read");
        const job = yield* Effect.catchTag(rows.job(tenant, id), "NotFound", () => Effect.succeed(null));
        return job?.kind === inboundKind ? job : yield* NotFound.of("inbound", id);
      });

      return Intakes.of({
        accept: Effect.fnUntraced(function* ({ raw, ...given }) {
          const { channel: name, key, about } = yield* checkItem(given);
          const { tenant } = yield* permissions.demand("job.write");
          if (channels.named(tenant, name)?.read === undefined)
            return yield* invalidField(["channel"], "There is no such channel that reads");
          if (!(raw instanceof Uint8Array)) return yield* invalidField(["raw"], "Expected bytes");
          const item = { key, raw, ...(about === undefined ? {} : { about }) };
          const [id] = yield* writer.again(accept(tenant, name, "", [item], null));
          return id === undefined ? null : inboundOf(yield* rows.job(tenant, id));
        }),
        acceptFrom: (channel, source, tenant, claim, items, cursor) =>
          accept(tenant, channel.name, source, items, { claim, cursor }),
        list: Effect.fnUntraced(function* (query: InboundListQuery = {}) {
          const { state, after = 0, limit = 100 } = yield* checkQuery(query);
          const { tenant } = yield* permissions.demand("job.read");
          const wanted = {
            tenant,
            kind: inboundKind,
            state: state ? jobState[state] : null,
            endedBefore: null,
            after,
            limit,
          };
          const items = (yield* storage.jobs(wanted)).map(inboundOf);
          return state === undefined ? items : items.filter((item) => item.state === state);
        }),
        get: (id) => Effect.map(jobOf(id), inboundOf),
        raw: (id) => Effect.flatMap(jobOf(id), ({ payload }) => bytesOf(payload as unknown as InboundPayload)),
        replay: Effect.fnUntraced(function* (id: number) {
          const { state } = inboundOf(yield* jobOf(id));
          if (state !== "quarantined") return yield* invalidField(["id"], `Item ${id} is ${state}, not quarantined`);
          return inboundOf(yield* jobs.retry(id));
        }),
        balance: Effect.fnUntraced(function* () {
          const { tenant } = yield* permissions.demand("job.read");
          // What is cleared away between the two looks would be in neither: then it is looked again.
          while (true) {
            const before = yield* clearedRow(tenant);
            const tallies = yield* storage.countJobs(tenant, inboundKind);
            const after = yield* clearedRow(tenant);
            if (before?.version === after?.version) return balanceOf(tallies, (after?.data ?? {}) as Partial<Balance>);
          }
        }),
        isNeeded: Effect.fnUntraced(function* (tenant: string, raw: string) {
          for (const state of ["dead", "waiting", "running"] as const)
            for (let after = 0, isMore = true; isMore; ) {
              const page = yield* storage.jobs({
                tenant,
                kind: inboundKind,
                state,
                endedBefore: null,
                after,
                limit: 1000,
              });
              if (page.some((job) => placeOf(job) === raw)) return true;
              after = page.at(-1)?.id ?? 0;
              isMore = page.length === 1000;
            }
          return false;
        }),
        cleared: Effect.fnUntraced(function* (tenant: string, done: ReadonlyArray<Job>) {
          const before = yield* clearedRow(tenant);
          const id = before?.id ?? (yield* storage.reserve(tenant, { record: 1 })).record?.[0] ?? 0;
          const data = { ...clearedAfter((before?.data ?? {}) as Partial<Balance>, done) };
          return { kind: "record", row: { ...clearedKey, id, version: before?.version ?? 0, data } } as const;
        }),
        understand: (claimed) => underway.during(claimed, understand(claimed)),
      });
    }),
  );
}

const recentKey = (tenant: string, id: number) => `${id} ${tenant}`;
