import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import type * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { defaultTenant } from "./Actor.ts";
import type { Event, EventType } from "./Event.ts";
import { Feed } from "./Feed.ts";
import type { ClaimedJob, NewJob } from "./jobs/Job.ts";
import { Worker } from "./jobs/Worker.ts";
import { Storage } from "./Storage.ts";
import { emptyCommit, Writer } from "./Writer.ts";

type Handle = (event: Event) => Effect.Effect<void, unknown>;

const pageSize = 500;
/** A cursor that passed so many events without one to hand on is written down all the same. */
const strideOfCursor = 1_000;

/** Calls handlers for events. */
export class Subscriptions extends Context.Service<
  Subscriptions,
  {
    /**
     * Calls the handler for events from now on, in this process, one after another; a failure is logged. "Now" is when
     * the answer comes, except in an outage: then it is when that has passed.
     */
    readonly live: (type: EventType, handle: Handle) => Effect.Effect<void, never, Scope.Scope>;
    /**
     * Calls the handler at least once for each event since the name was first used, in one of the processes that use
     * it. Each event becomes a job of its own: retried, and dead in the end, without holding up the others.
     */
    readonly durable: (name: string, type: EventType, handle: Handle) => Effect.Effect<void, never, Scope.Scope>;
  }
>()("@deskwright/core/Subscriptions") {
  static readonly layer = Layer.effect(
    Subscriptions,
    Effect.gen(function* () {
      const feed = yield* Feed;
      const storage = yield* Storage;
      const worker = yield* Worker;
      const writer = yield* Writer;

      const live = Effect.fnUntraced(function* (type: EventType, handle: Handle) {
        const now = yield* Effect.option(feed.newest);
        let after = Option.getOrUndefined(now);
        const listen = Effect.suspend(() =>
          Stream.runForEach(feed.follow({ tenant: null, after }), (event) => {
            after = event.position;
            return event.type === type ? reporting(`A handler of ${type} failed`, handle(event)) : Effect.void;
          }),
        );
        // Whatever the store says for good, it may say otherwise later: nobody else would call the handler again.
        yield* reporting(`Events for ${type} stay away`, listen).pipe(
          Effect.andThen(Effect.sleep("1 second")),
          Effect.repeat(Schedule.forever),
          Effect.forkScoped,
        );
      });

      /** Makes a job of each event of the type, moving the cursor in the same commit. */
      const follow = (type: EventType, kind: string) =>
        Effect.fnUntraced(function* (claimed: ClaimedJob) {
          let written = (claimed.job.payload as { readonly after: number }).after;
          let after = written;
          while (true) {
            const page = yield* storage.events({ tenant: null, ticketId: null, after, limit: pageSize });
            const events = page.events.filter((event) => event.type === type);
            after = page.position;
            if (events.length > 0 || after - written >= strideOfCursor) {
              const at = yield* writer.now;
              const { job: ids = [] } = yield* storage.reserve(defaultTenant, { job: events.length });
              const jobs = events.map(
                (event, index): NewJob => ({
                  id: ids[index] as number,
                  kind,
                  payload: encodeEvent(event),
                  runAt: at,
                  maxAttempts: 8,
                  unique: null,
                }),
              );
              const outcome = { type: "going", payload: { after } } as const;
              yield* storage.commit({
                ...emptyCommit(defaultTenant, at),
                add: { messages: [], events: [], jobs },
                done: [{ id: claimed.id, token: claimed.token, outcome }],
              });
              written = after;
            }
            if (page.events.length < pageSize) yield* feed.newsAfter(after);
          }
        });

      const durable = Effect.fnUntraced(function* (name: string, type: EventType, handle: Handle) {
        const kind = `on:${name}:${type}`;
        const begin = Effect.gen(function* () {
          const at = yield* writer.now;
          const { position } = yield* storage.events({ tenant: null, ticketId: null, after: null, limit: 0 });
          const { job: [id = 0] = [] } = yield* storage.reserve(defaultTenant, { job: 1 });
          const job: NewJob = {
            id,
            kind: `follow:${name}:${type}`,
            payload: { after: position },
            runAt: at,
            maxAttempts: 1,
            unique: { key: `follow:${name}:${type}`, until: "ended" },
          };
          yield* storage.commit({ ...emptyCommit(defaultTenant, at), add: { messages: [], events: [], jobs: [job] } });
        });
        const unregister = worker.register(kind, ({ job }) => Effect.as(handle(decodeEvent(job.payload)), null));
        yield* Effect.addFinalizer(() => Effect.sync(unregister));
        const begun = yield* Effect.option(begin);
        const patiently = Effect.retry(begin, Schedule.spaced("1 second"));
        yield* (Option.isSome(begun) ? Effect.void : patiently).pipe(
          Effect.andThen(worker.hold(`follow:${name}:${type}`, follow(type, kind))),
          Effect.ignore,
          Effect.forkScoped,
        );
      });

      return Subscriptions.of({ live, durable });
    }),
  );
}

/** Goes on after a failure, which is logged. */
const reporting = (message: string, effect: Effect.Effect<void, unknown>) =>
  Effect.catchCause(effect, (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.logError(message, cause),
  );

const encodeEvent = (event: Event): Schema.Json => ({ ...event, at: event.at.toISOString() }) as unknown as Schema.Json;

const decodeEvent = (payload: Schema.Json): Event => {
  const event = payload as unknown as Event & { readonly at: string };
  return { ...event, at: new Date(event.at) };
};
