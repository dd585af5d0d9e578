import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { Channels } from "./channel/Channels.ts";
import { deliverKind } from "./channel/Deliveries.ts";
import { SourceHealth } from "./channel/SourceHealth.ts";
import type { HelpdeskError } from "./Errors.ts";
import { Balance } from "./inbox/Inbound.ts";
import { Intakes } from "./inbox/Intakes.ts";
import { Permissions } from "./Permissions.ts";
import { Storage } from "./Storage.ts";

/** What works by itself, and how it is doing. */
export const HealthReport = Schema.Struct({
  /** True where nothing waits for somebody to look at it. */
  isWell: Schema.Boolean,
  /** What this process reads. */
  sources: Schema.Array(SourceHealth),
  inbound: Balance,
  /** Failed ones include those of which nobody knows whether they arrived. */
  deliveries: Schema.Struct({ queued: Schema.Int, sending: Schema.Int, failed: Schema.Int }),
}).annotate({ identifier: "HealthReport" });
export interface HealthReport extends Schema.Schema.Type<typeof HealthReport> {}

/** Says how the parts that work by themselves are doing. */
export class Health extends Context.Service<
  Health,
  {
    /** Fails with `StorageError` in an outage. */
    readonly look: () => Effect.Effect<HealthReport, HelpdeskError>;
  }
>()("@deskwright/core/Health") {
  static readonly layer = Layer.effect(
    Health,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const channels = yield* Channels;
      const intakes = yield* Intakes;
      const permissions = yield* Permissions;

      const look = Effect.fnUntraced(function* () {
        const { tenant } = yield* permissions.demand("job.read");
        const sources = yield* channels.health;
        const inbound = yield* intakes.balance();
        const tallies = yield* storage.countJobs(tenant, deliverKind);
        const count = (state: string) => tallies.find((tally) => tally.state === state)?.count ?? 0;
        const deliveries = { queued: count("waiting"), sending: count("running"), failed: count("dead") };
        const isWell =
          inbound.quarantined === 0 && deliveries.failed === 0 && sources.every(({ state }) => state !== "failing");
        return { isWell, sources, inbound, deliveries };
      });

      return Health.of({ look });
    }),
  );
}
