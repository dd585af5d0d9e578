import { createHash } from "node:crypto";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import * as Semaphore from "effect/Semaphore";
import type { Actor } from "./Actor.ts";
import type { Commit, Once } from "./Commit.ts";
import { type Conflict, InvalidInput, StorageError } from "./Errors.ts";
import type { EventBody, NewEvent } from "./Event.ts";
import { Storage } from "./Storage.ts";

/** A write under a key that was used before answers what it answered then. */
export interface OnceRequest {
  readonly key: string;
  /** What was asked, to refuse the same key for something else. */
  readonly input: unknown;
}

/** How every service writes: commits begun from nothing, tried again after a lost race, done once under one key. */
export class Writer extends Context.Service<
  Writer,
  {
    /** The time of a commit, in whole milliseconds. */
    readonly now: Effect.Effect<Date>;
    /** Tries again with fresh reads while somebody else is faster; at most 50 times, then fails retryable. */
    readonly again: <A, E, R>(
      write: Effect.Effect<A, E | Conflict, R>,
    ) => Effect.Effect<A, Exclude<E, Conflict> | StorageError, R>;
    /** Lets the writes of one ticket in this process go one after another, so that they seldom meet in the store. */
    readonly inTurn: (
      tenant: string,
      ticketId: number,
    ) => <A, E, R>(write: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
    /** The result kept under the key; null where it is new. */
    readonly earlier: (
      tenant: string,
      request: OnceRequest,
    ) => Effect.Effect<Once["result"], InvalidInput | StorageError>;
    /** What a commit adds to use the key. */
    readonly mark: (request: OnceRequest, result: Once["result"]) => Once;
  }
>()("@deskwright/core/Writer") {
  static readonly layer = Layer.effect(
    Writer,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const turns = new Map<string, { readonly semaphore: Semaphore.Semaphore; waiting: number }>();

      const again = <A, E, R>(write: Effect.Effect<A, E | Conflict, R>) =>
        Effect.catch(write, (first) =>
          isConflict(first) ? inTime(write) : Effect.fail(first as Exclude<E, Conflict>),
        );

      const inTurn =
        (tenant: string, ticketId: number) =>
        <A, E, R>(write: Effect.Effect<A, E, R>) =>
          Effect.suspend(() => {
            const key = `${ticketId} ${tenant}`;
            const turn = turns.get(key) ?? { semaphore: Semaphore.makeUnsafe(1), waiting: 0 };
            turns.set(key, turn);
            turn.waiting++;
            return Effect.ensuring(
              turn.semaphore.withPermits(1)(write),
              Effect.sync(() => {
                if (--turn.waiting === 0) turns.delete(key);
              }),
            );
          });

      const earlier = Effect.fnUntraced(function* (tenant: string, { key, input }: OnceRequest) {
        const [found] = yield* storage.find(tenant, [{ kind: "once", key: shortKey(key) }]);
        if (found?.kind !== "once") return null;
        const { asked, result } = found.row.result as unknown as { asked: string; result: Once["result"] };
        if (asked === fingerprint(input)) return result;
        return yield* new InvalidInput({
          issues: [{ path: ["once"], message: "This key was used before for something else" }],
        });
      });

      return Writer.of({
        now: Effect.map(Clock.currentTimeMillis, (ms) => new Date(ms)),
        again,
        inTurn,
        earlier,
        mark: ({ key, input }, result) => ({ key: shortKey(key), result: { asked: fingerprint(input), result } }),
      });
    }),
  );
}

/** Short waits, longer ones after more lost races, so that those who race drift apart. */
const patience = Schedule.min([Schedule.exponential("1 millis"), Schedule.spaced("50 millis")]).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 50 }),
);

const inTime = <A, E, R>(write: Effect.Effect<A, E | Conflict, R>) =>
  write.pipe(
    Effect.retry({ while: isConflict, schedule: patience }),
    Effect.mapError((error) =>
      isConflict(error)
        ? new StorageError({ reason: "too many others write the same", retryable: true })
        : (error as Exclude<E, Conflict>),
    ),
  );

const isConflict = (error: unknown): error is Conflict => (error as Conflict | null)?._tag === "Conflict";

/** The same for the same input, whatever the order of its keys. */
const fingerprint = (input: unknown): string => {
  const sorted = JSON.stringify(input, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(sorted).digest("base64url");
};

/** Keys are made of what callers choose; an index of a database takes no text of any length. */
const shortKey = (key: string): string => (key.length <= 200 ? key : fingerprint(key));

/** A commit that does nothing yet. */
export const emptyCommit = (tenant: string, at: Date): Commit => ({
  tenant,
  at,
  put: [],
  touch: [],
  add: { messages: [], events: [], jobs: [] },
  drop: [],
  once: [],
  held: [],
  done: [],
});

/** Event bodies as a commit appends them. */
export const eventsBy = (actor: Actor, at: Date, bodies: ReadonlyArray<EventBody>): ReadonlyArray<NewEvent> =>
  bodies.map((body) => ({ ...body, version: 1, at, actor: { role: actor.role, user: actor.user } }));

/** A token nobody else has. */
export const newToken = Effect.map(Effect.all([Random.nextInt, Random.nextInt]), (parts) =>
  parts.map((part) => Math.abs(part).toString(36)).join(""),
);
