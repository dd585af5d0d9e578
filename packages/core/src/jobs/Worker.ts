import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as FiberMap from "effect/FiberMap";
import * as Layer from "effect/Layer";
import * as Queue from "effect/Queue";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import type * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Outcome } from "../Commit.ts";
import { asJson, clean } from "../clean.ts";
import type { StorageError } from "../Errors.ts";
import type { EventBody } from "../Event.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, eventsBy, newToken, Writer } from "../Writer.ts";
import { backoffMs } from "./backoff.ts";
import { GivenUp } from "./GivenUp.ts";
import type { ClaimedJob } from "./Job.ts";
import { leaseMs } from "./lease.ts";

/** What work answers that has finished its job itself, in a commit of its own. */
export const finished: unique symbol = Symbol("finished");

/** Does one kind of job; what it answers is kept as the job's result, a failure is tried again later. */
export type JobWork = (claimed: ClaimedJob) => Effect.Effect<Schema.Json | typeof finished, unknown>;

/** A job that this process does; the proof that it holds it may be renewed while it does. */
type Held = { -readonly [Key in keyof ClaimedJob]: ClaimedJob[Key] };

/** Takes due jobs and does them. */
export class Worker extends Context.Service<
  Worker,
  {
    /** Says how a kind of job is done, until the answer is called; only kinds that are registered are taken. */
    readonly register: (kind: string, work: JobWork) => () => void;
    /**
     * Does one endless job of a kind for as long as the scope lasts, in one process at a time: another process takes
     * over when this one stops or dies. Failed work is begun again after a second.
     */
    readonly hold: (kind: string, work: JobWork) => Effect.Effect<void, never, Scope.Scope>;
    /** Works until the scope closes, at most so many jobs at a time; unfinished ones are then given back. */
    readonly run: (concurrency: number) => Effect.Effect<void, never, Scope.Scope>;
    /** Takes no more jobs from now on, and waits for those it took to end. */
    readonly finish: Effect.Effect<void>;
  }
>()("@deskwright/core/Worker") {
  static readonly layer = Layer.effect(
    Worker,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const works = new Map<string, JobWork>();
      const wakes = new Set<Queue.Queue<void>>();
      /** What each `run` of this worker has taken. */
      const taken = new Set<ReadonlyMap<number, Held>>();
      let isFinishing = false;

      const wake = Effect.sync(() => {
        for (const queue of wakes) Queue.offerUnsafe(queue, undefined);
      });

      const register = (kind: string, work: JobWork) => {
        works.set(kind, work);
        Effect.runSync(wake);
        return () => {
          if (works.get(kind) === work) works.delete(kind);
        };
      };

      const end = Effect.fnUntraced(function* ({ id, token, job }: ClaimedJob, outcome: Outcome) {
        const at = yield* writer.now;
        const died: ReadonlyArray<EventBody> =
          outcome.type === "dead" ? [{ type: "JobDied", jobId: id, kind: job.kind }] : [];
        const commit = storage.commit({
          ...emptyCommit(job.tenant, at),
          add: {
            messages: [],
            jobs: [],
            events: eventsBy({ tenant: job.tenant, role: "system", user: null }, at, died),
          },
          done: [{ id, token, outcome }],
        });
        // What was done must not be done again because the store was away for a moment.
        yield* Effect.retry(commit, {
          while: (error) => error._tag === "StorageError" && error.retryable,
          schedule: Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 60 })),
        });
      });

      const failed = Effect.fnUntraced(function* ({ job }: ClaimedJob, error: string, isFinal: boolean) {
        if (isFinal || job.attempts >= job.maxAttempts) return { type: "dead", error } as const;
        const wait = backoffMs(job.attempts, yield* Random.next);
        return { type: "retry", at: new Date((yield* Clock.currentTimeMillis) + wait), error } as const;
      });

      const work = Effect.fnUntraced(function* (claimed: ClaimedJob) {
        const { job } = claimed;
        const handler = works.get(job.kind);
        // A job that was begun more often than it may be killed its worker each time.
        if (handler === undefined || job.attempts > job.maxAttempts)
          return yield* end(claimed, { type: "dead", error: job.error ?? "each worker that began it died" });
        // A handler of a caller without types throws and answers what it likes.
        const done = Effect.map(
          Effect.suspend(() => handler(claimed)),
          (result) => (result === finished ? finished : (asJson(result) as Schema.Json)),
        );
        const exit = yield* Effect.exit(done);
        if (Exit.isSuccess(exit)) {
          if (exit.value !== finished) yield* end(claimed, { type: "finished", result: exit.value });
          return;
        }
        if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(exit.cause);
        const error = Cause.squash(exit.cause);
        yield* end(claimed, yield* failed(claimed, messageOf(error), error instanceof GivenUp));
      });

      const run = Effect.fnUntraced(function* (concurrency: number) {
        const queue = yield* Queue.sliding<void>(1);
        const running = new Map<number, Held>();
        wakes.add(queue);
        taken.add(running);
        yield* Effect.addFinalizer(() => {
          wakes.delete(queue);
          taken.delete(running);
          return Effect.ignore(storage.extend([...running.values()], null));
        });
        const fibers = yield* FiberMap.make<number>();
        let isMuch = false;

        // Once asked, it is not broken off before the answer is written down: what was taken must be given back.
        const claim = Effect.uninterruptibleMask(
          Effect.fnUntraced(function* (restore) {
            const free = concurrency - running.size;
            if (free === 0 || works.size === 0 || isFinishing) return false;
            // While there is more to do than hands, jobs are taken several at a time: a claim costs as much as a write.
            if (isMuch && free * 2 < concurrency) return false;
            const now = yield* writer.now;
            const claimed = yield* storage.claim({
              kinds: [...works.keys()],
              token: yield* newToken,
              now,
              until: new Date(now.getTime() + leaseMs),
              limit: free,
            });
            for (const job of claimed) {
              const held = [...taken].flatMap((jobs) => jobs.get(job.id) ?? [])[0];
              if (held !== undefined) {
                // Its lease ran out while the store was away, and it is being done all the same: it goes on under this one.
                held.token = job.token;
                continue;
              }
              const mine: Held = { ...job };
              running.set(job.id, mine);
              yield* FiberMap.run(
                fibers,
                job.id,
                restore(work(mine)).pipe(
                  Effect.catchCause((cause) =>
                    Cause.hasInterruptsOnly(cause)
                      ? Effect.void
                      : Effect.logWarning("A job's end was not written", cause),
                  ),
                  Effect.tap(() => Effect.sync(() => running.get(job.id) === mine && running.delete(job.id))),
                  Effect.ensuring(wake),
                ),
              );
            }
            isMuch = claimed.length === free;
            return isMuch;
          }),
        );

        const extend = Effect.gen(function* () {
          if (running.size === 0) return;
          const until = new Date((yield* Clock.currentTimeMillis) + leaseMs);
          // Others may be taken while the store answers for these.
          const asked = [...running.values()].map((held) => ({ ...held }));
          const held = yield* storage.extend(asked, until);
          // What another worker took over is let go of, so that two do not do it side by side.
          for (const { id, token } of asked)
            if (!held.includes(id) && running.get(id)?.token === token) {
              running.delete(id);
              // What can't be broken off now must not keep the others from being extended.
              yield* Effect.forkScoped(FiberMap.remove(fibers, id));
            }
        });

        yield* extend.pipe(Effect.ignore, Effect.repeat(Schedule.spaced(leaseMs / 3)), Effect.forkScoped);
        yield* storage.listen.pipe(
          Stream.filter(({ topic }) => topic === "jobs"),
          Stream.runForEach(() => wake),
          Effect.forkScoped,
        );
        yield* claim.pipe(
          Effect.catchCause((cause) =>
            Effect.as(isOutage(cause) ? Effect.void : Effect.logWarning("No jobs were taken", cause), false),
          ),
          Effect.flatMap((isMore) => (isMore ? Effect.void : Effect.race(Queue.take(queue), Effect.sleep("1 second")))),
          Effect.repeat(Schedule.forever),
          Effect.forkScoped,
        );
      });

      const hold = Effect.fnUntraced(function* (kind: string, work: JobWork) {
        const turn = Effect.gen(function* () {
          const now = yield* writer.now;
          const request = {
            kinds: [kind],
            token: yield* newToken,
            now,
            until: new Date(now.getTime() + leaseMs),
            limit: 1,
          };
          const [claimed] = yield* storage.claim(request);
          if (claimed === undefined) return;
          const keep = Effect.gen(function* () {
            const until = new Date((yield* Clock.currentTimeMillis) + leaseMs);
            return yield* storage.extend([claimed], until);
          }).pipe(
            // An outage takes no lease away; whoever commits under a lost one is told so.
            Effect.catch(() => Effect.succeed([claimed.id])),
            Effect.delay(leaseMs / 3),
            Effect.repeat({ while: (held: ReadonlyArray<number>) => held.length > 0 }),
          );
          // The first to end, well or not: work that failed is begun again, and a lost lease ends the work.
          yield* Effect.raceFirst(work(claimed), keep).pipe(
            Effect.ensuring(Effect.ignore(storage.extend([claimed], null))),
          );
        });
        yield* turn.pipe(
          Effect.catchCause((cause) =>
            Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.logWarning(`${kind} stopped`, cause),
          ),
          Effect.andThen(Effect.sleep("1 second")),
          Effect.repeat(Schedule.forever),
          Effect.forkScoped,
        );
      });

      const finish = Effect.gen(function* () {
        const queue = yield* Queue.sliding<void>(1);
        isFinishing = true;
        wakes.add(queue);
        while ([...taken].some(({ size }) => size > 0)) yield* Queue.take(queue);
        wakes.delete(queue);
      });

      return Worker.of({ register, hold, run, finish });
    }),
  );
}

const messageOf = (error: unknown) =>
  clean((error instanceof Error ? error.message : String(error)).slice(0, 2000)) as string;

/** The store is away and may come back, which it tells of itself. */
const isOutage = (cause: Cause.Cause<StorageError>) => !Cause.hasDies(cause);
