import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import type { StorageError } from "../Errors.ts";
import type { ClaimedJob, Job } from "../jobs/Job.ts";
import { leaseMs } from "../jobs/lease.ts";
import { Storage } from "../Storage.ts";
import { Writer } from "../Writer.ts";
import type { InboundPayload } from "./Inbound.ts";

/** An item that this process is understanding. */
interface Item {
  /** What others name it by; null where they can't. */
  ref: string | null;
  readonly isRead: Deferred.Deferred<void>;
  readonly isDone: Deferred.Deferred<void>;
}

/** Earlier items that may be what an item answers: those that were accepted just before it. */
const mostEarlier = 1000;
/** How long they are waited for: until what a killed process had claimed was done by another one. In milliseconds. */
const patienceMs = 2 * leaseMs;

/** The items that are being understood, many at a time, although some of them answer others. */
export class Underway extends Context.Service<
  Underway,
  {
    /** Understands an item that others may wait for. */
    readonly during: <A, E>({ id }: ClaimedJob, work: Effect.Effect<A, E>) => Effect.Effect<A, E>;
    /** Says what an item turned out to be named by. */
    readonly read: ({ id }: ClaimedJob, ref: string | null) => void;
    /** Waits until what an item answers is understood, where that was accepted before it, for half a minute at most. */
    readonly earlierDone: (claimed: ClaimedJob, refs: ReadonlyArray<string>) => Effect.Effect<void, StorageError>;
  }
>()("@deskwright/core/Underway") {
  static readonly layer = Layer.effect(
    Underway,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const items = new Map<number, Item>();

      const read = ({ id }: ClaimedJob, ref: string | null) => {
        const item = items.get(id);
        if (item === undefined) return;
        item.ref = ref;
        Deferred.doneUnsafe(item.isRead, Effect.void);
      };

      const during = <A, E>(claimed: ClaimedJob, work: Effect.Effect<A, E>) =>
        Effect.suspend(() => {
          const item: Item = { ref: null, isRead: Deferred.makeUnsafe(), isDone: Deferred.makeUnsafe() };
          items.set(claimed.id, item);
          const end = Effect.sync(() => {
            Deferred.doneUnsafe(item.isRead, Effect.void);
            Deferred.doneUnsafe(item.isDone, Effect.void);
            items.delete(claimed.id);
          });
          return Effect.ensuring(work, end);
        });

      /** Whether another process has earlier items of the same channel to do, or nobody yet. */
      const isElsewhere = Effect.fnUntraced(function* ({ id, job }: ClaimedJob) {
        const now = yield* writer.now;
        const query = { tenant: job.tenant, kind: job.kind, endedBefore: null, after: Math.max(0, id - mostEarlier) };
        const open = yield* Effect.forEach(["running", "waiting"] as const, (state) =>
          storage.jobs({ ...query, state, limit: 50 }),
        );
        return open
          .flat()
          .some((one) => one.id < id && !items.has(one.id) && channelOf(one) === channelOf(job) && one.runAt <= now);
      });

      const isHereDone = (id: number, refs: ReadonlyArray<string>) =>
        Effect.forEach(
          [...items].flatMap(([other, item]) => (other < id ? [item] : [])),
          (item) =>
            Effect.flatMap(Deferred.await(item.isRead), () =>
              item.ref !== null && refs.includes(item.ref) ? Deferred.await(item.isDone) : Effect.void,
            ),
          { discard: true },
        );

      return Underway.of({
        during,
        read,
        earlierDone: (claimed, refs) =>
          isElsewhere(claimed).pipe(
            Effect.repeat({ while: (is) => is, schedule: Schedule.spaced("100 millis") }),
            Effect.andThen(isHereDone(claimed.id, refs)),
            Effect.timeoutOption(patienceMs),
            Effect.asVoid,
          ),
      });
    }),
  );
}

const channelOf = ({ payload }: Job): string => (payload as unknown as InboundPayload).channel;
