import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import type { StorageError } from "./Errors.ts";
import type { Event } from "./Event.ts";
import { Storage } from "./Storage.ts";

/** Where to begin and what to hear. */
export interface FeedQuery {
  /** Only events after this position; from now on by default. */
  readonly after?: number | undefined;
  /** null hears every tenant. */
  readonly tenant: string | null;
  readonly ticketId?: number | undefined;
}

/** How many of the newest events are kept in memory for all followers together. */
const kept = 5_000;
const pageSize = 500;
const pause = Effect.sleep("1 second");

/** The live feed: one reader of the store for the whole process, any number of followers. */
export class Feed extends Context.Service<
  Feed,
  {
    /**
     * Events in position order, each once, those written by other processes, too; it never ends by itself and sits
     * out an outage of the store.
     */
    readonly follow: (query: FeedQuery) => Stream.Stream<Event, StorageError>;
    /** The position of the newest event: who follows from there hears all that is committed from now on. */
    readonly newest: Effect.Effect<number, StorageError>;
    /** Waits until there may be events after a position. */
    readonly newsAfter: (position: number) => Effect.Effect<void, StorageError>;
  }
>()("@deskwright/core/Feed") {
  static readonly layer = Layer.effect(
    Feed,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const scope = yield* Effect.scope;
      /** All events after `from` up to `top`, in order. */
      let tail: ReadonlyArray<Event> = [];
      let from = 0;
      let top = 0;
      let news = Deferred.makeUnsafe<void>();
      let stirred = Deferred.makeUnsafe<void>();

      const readOn = Effect.gen(function* () {
        const waitFor = stirred;
        const page = yield* storage.events({ tenant: null, ticketId: null, after: top, limit: pageSize });
        if (page.position > top) {
          tail = [...tail, ...page.events].slice(-kept);
          top = page.position;
          if (tail.length === kept) from = (tail[0] as Event).position - 1;
          const told = news;
          news = Deferred.makeUnsafe();
          yield* Deferred.succeed(told, undefined);
        }
        // Storage signals wake it; the second is the net under a signal that got lost.
        if (page.events.length < pageSize) yield* Effect.race(Deferred.await(waitFor), Effect.sleep("1 second"));
      });

      const stir = Effect.suspend(() => {
        const waiting = stirred;
        stirred = Deferred.makeUnsafe();
        return Deferred.succeed(waiting, undefined);
      });

      const newest = Effect.map(
        storage.events({ tenant: null, ticketId: null, after: null, limit: 0 }),
        ({ position }) => position,
      );
      const patiently = Effect.retry(newest, Schedule.spaced("1 second"));

      /** Starts the one reader with the first follower; a helpdesk nobody follows asks nothing. */
      const started = yield* Effect.cached(
        Effect.gen(function* () {
          from = top = yield* patiently;
          yield* storage.listen.pipe(
            Stream.filter(({ topic }) => topic === "events"),
            Stream.runForEach(() => stir),
            Effect.forkIn(scope),
          );
          yield* readOn.pipe(
            // An outage passes; what else there may be must not end the one reader.
            Effect.catchCause((cause) =>
              Effect.andThen(Cause.hasDies(cause) ? Effect.logWarning("The feed stumbled", cause) : Effect.void, pause),
            ),
            Effect.repeat(Schedule.forever),
            Effect.forkIn(scope),
          );
        }),
      );

      const newsAfter = Effect.fnUntraced(function* (position: number) {
        yield* started;
        while (position >= top) yield* Deferred.await(news);
      });

      const next = Effect.fnUntraced(function* (cursor: number, { tenant, ticketId }: FeedQuery) {
        yield* newsAfter(cursor);
        if (cursor >= from) {
          const events = tail.slice(firstAfter(tail, cursor));
          const wanted = events.filter(
            (event) =>
              (tenant === null || event.tenant === tenant) &&
              (ticketId === undefined || ("ticketId" in event && event.ticketId === ticketId)),
          );
          return [wanted, top] as const;
        }
        const page = yield* Effect.retry(
          storage.events({ tenant, ticketId: ticketId ?? null, after: cursor, limit: pageSize }),
          { while: ({ retryable }) => retryable, schedule: Schedule.spaced("1 second") },
        );
        return [page.events, page.position] as const;
      });

      const follow = (query: FeedQuery) =>
        Stream.unwrap(
          // The reader may not have come to the newest event yet, which is of the past all the same.
          Effect.map(query.after === undefined ? patiently : Effect.succeed(query.after), (after) =>
            Stream.paginate(after, (cursor) =>
              Effect.map(next(cursor, query), ([events, position]) => [events, Option.some(position)] as const),
            ),
          ),
        );

      return Feed.of({ follow, newest, newsAfter });
    }),
  );
}

/** The index of the first event after a position. */
const firstAfter = (events: ReadonlyArray<Event>, position: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle] as Event).position > position) high = middle;
    else low = middle + 1;
  }
  return low;
};
