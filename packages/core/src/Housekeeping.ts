import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import { CurrentActor, defaultTenant } from "./Actor.ts";
import { FileStore } from "./file/FileStore.ts";
import { Files } from "./file/Files.ts";
import { placeOf } from "./inbox/balance.ts";
import { Intakes, inboundKind } from "./inbox/Intakes.ts";
import { Storage } from "./Storage.ts";
import { emptyCommit, Writer } from "./Writer.ts";

/** How long a finished job and its result are kept, and the bytes of what came in. */
const resultMs = 7 * 86_400_000;

/** How much a store is asked for at a time. */
const pageSize = 500;

/** Clears away what nobody needs any more: results of last week's jobs, files that no message came to name. */
export class Housekeeping extends Context.Service<
  Housekeeping,
  {
    /** Does it once. */
    readonly once: Effect.Effect<void, unknown>;
    /** Does it every ten minutes for as long as the scope lasts. Two processes that do it at once do no harm. */
    readonly run: Effect.Effect<void, never, Scope.Scope>;
  }
>()("@deskwright/core/Housekeeping") {
  static readonly layer = Layer.effect(
    Housekeeping,
    Effect.gen(function* () {
      const files = yield* Files;
      const storage = yield* Storage;
      const store = yield* FileStore;
      const intakes = yield* Intakes;
      const writer = yield* Writer;

      const forgetJobs = Effect.gen(function* () {
        const at = yield* writer.now;
        const endedBefore = new Date(at.getTime() - resultMs);
        const query = { tenant: null, state: "finished", kind: null, endedBefore, after: 0, limit: pageSize } as const;
        const found = yield* storage.jobs(query);
        for (const tenant of new Set(found.map((job) => job.tenant))) {
          const theirs = found.filter((job) => job.tenant === tenant);
          const drop = theirs.map(({ id }) => ({ kind: "job", id }) as const);
          const items = theirs.filter(({ kind }) => kind === inboundKind);
          yield* writer.again(
            Effect.gen(function* () {
              const put = items.length === 0 ? [] : [yield* intakes.cleared(tenant, items)];
              yield* storage.commit({ ...emptyCommit(tenant, at), drop, put });
            }),
          );
          for (const raw of new Set(items.map(placeOf)))
            if (!(yield* intakes.isNeeded(tenant, raw))) yield* store.remove(raw);
        }
        return found.length;
      });

      const system = { tenant: defaultTenant, role: "system", user: null } as const;
      const sweepFiles = Effect.provideService(files.sweep(), CurrentActor, system);
      const chores = [sweepFiles, forgetJobs].map((page) =>
        Effect.repeat(page, { until: (found: number) => found < pageSize }),
      );
      const once = Effect.all(chores, { discard: true });
      const run = Effect.forEach(chores, putOff, { discard: true }).pipe(
        Effect.repeat(Schedule.spaced("10 minutes")),
        Effect.forkScoped,
        Effect.asVoid,
      );

      return Housekeeping.of({ once, run });
    }),
  );
}

/** What one chore meets must not keep the others from being done. */
const putOff = (chore: Effect.Effect<number, unknown>) =>
  Effect.catchCause(chore, (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.logWarning("Housekeeping was put off", cause),
  );
