import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import type * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import { defaultTenant } from "./Actor.ts";
import type { Channel, Intake, NewItem, Source } from "./channel/Channel.ts";
import { Channels } from "./channel/Channels.ts";
import { deliverKind } from "./channel/Deliveries.ts";
import { Sending } from "./channel/Sending.ts";
import { Intakes, inboundKind } from "./inbox/Intakes.ts";
import { backoffMs } from "./jobs/backoff.ts";
import type { ClaimedJob, NewJob } from "./jobs/Job.ts";
import { Worker } from "./jobs/Worker.ts";
import { runToPromise } from "./promises.ts";
import { Storage } from "./Storage.ts";
import { emptyCommit, Writer } from "./Writer.ts";

/** A source that ran so long has recovered: its next failure is a first one. */
const calmMs = 60_000;

/** Keeps what goes in and out by channels moving. */
export class Traffic extends Context.Service<
  Traffic,
  {
    /** Reads every source of every channel for as long as the scope lasts, each in one process at a time. */
    readonly read: Effect.Effect<void, never, Scope.Scope>;
  }
>()("@deskwright/core/Traffic") {
  static readonly layer = Layer.effect(
    Traffic,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const worker = yield* Worker;
      const channels = yield* Channels;
      const sending = yield* Sending;
      const intakes = yield* Intakes;
      const toPromise = runToPromise(Effect.runPromiseExit);

      // A process that knows no channel leaves this work to those that do.
      if (channels.all.length > 0) {
        worker.register(deliverKind, sending.deliver);
        worker.register(inboundKind, intakes.understand);
      }

      const begin = Effect.fnUntraced(function* (tenant: string, kind: string) {
        const at = yield* writer.now;
        const { job: [id = 0] = [] } = yield* storage.reserve(tenant, { job: 1 });
        const unique = { key: kind, until: "ended" } as const;
        const job: NewJob = { id, kind, payload: null, runAt: at, maxAttempts: 1, unique };
        yield* storage.commit({ ...emptyCommit(tenant, at), add: { messages: [], events: [], jobs: [job] } });
      });

      const readOne = (channel: Channel, source: Source) => {
        const tenant = channel.tenant ?? defaultTenant;
        const kind = `source:${JSON.stringify([tenant, channel.name, source.name])}`;
        const report = (state: "running" | "failing" | "elsewhere", trouble: string | null) =>
          channels.report(channel.name, source.name, { state, trouble });

        const work = ({ id, token, job }: ClaimedJob): Effect.Effect<Schema.Json, unknown> => {
          let cursor = job.payload;
          const intake: Intake = {
            get cursor() {
              return cursor;
            },
            accept: async (items: ReadonlyArray<NewItem>, next: Schema.Json) => {
              await toPromise(intakes.acceptFrom(channel, source.name, tenant, { id, token }, items, next));
              cursor = next;
            },
            report: (trouble) => Effect.runFork(report(trouble === null ? "running" : "failing", trouble)),
          };
          let failures = 0;
          const turn = Effect.gen(function* () {
            const began = yield* Clock.currentTimeMillis;
            const exit = yield* Effect.exit(
              Effect.tryPromise({ try: (signal) => source.run(intake, signal), catch: (error) => error }),
            );
            if (exit._tag === "Failure" && Cause.hasInterruptsOnly(exit.cause))
              return yield* Effect.failCause(exit.cause);
            const error = exit._tag === "Failure" ? Cause.squash(exit.cause) : new Error("it ended by itself");
            failures = (yield* Clock.currentTimeMillis) - began > calmMs ? 1 : failures + 1;
            yield* report("failing", error instanceof Error ? error.message : String(error));
            yield* Effect.sleep(backoffMs(failures, yield* Random.next));
          });
          return Effect.andThen(report("running", null), Effect.repeat(turn, Schedule.forever)).pipe(
            Effect.ensuring(report("elsewhere", null)),
            Effect.as(null),
          );
        };

        return Effect.retry(begin(tenant, kind), Schedule.spaced("1 second")).pipe(
          Effect.andThen(report("elsewhere", null)),
          Effect.andThen(worker.hold(kind, work)),
          Effect.ignore,
          Effect.forkScoped,
        );
      };

      const read = Effect.forEach(
        channels.all.flatMap((channel) => (channel.sources ?? []).map((source) => readOne(channel, source))),
        (reading) => reading,
        { discard: true },
      );

      return Traffic.of({ read });
    }),
  );
}
