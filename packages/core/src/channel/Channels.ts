import { randomBytes } from "node:crypto";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { defaultTenant } from "../Actor.ts";
import type { StorageError } from "../Errors.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, Writer } from "../Writer.ts";
import type { Channel } from "./Channel.ts";
import { recordKey, secretKey } from "./ledger.ts";
import type { SourceHealth } from "./SourceHealth.ts";

/** The channels of this helpdesk. */
export class Channels extends Context.Service<
  Channels,
  {
    readonly all: ReadonlyArray<Channel>;
    /** The channel of a tenant by its name; null where this helpdesk has none. */
    readonly named: (tenant: string, name: string) => Channel | null;
    /** What a tenant's signatures are made with; made once, the same in every process. */
    readonly secret: (tenant: string) => Effect.Effect<string, StorageError>;
    readonly report: (
      channel: string,
      source: string,
      health: Pick<SourceHealth, "state" | "trouble">,
    ) => Effect.Effect<void>;
    readonly health: Effect.Effect<ReadonlyArray<SourceHealth>>;
  }
>()("@deskwright/core/Channels") {
  static readonly layer = Layer.effect(
    Channels,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const { channels: all } = yield* Settings;
      const secrets = new Map<string, string>();
      const states = new Map<string, SourceHealth>();

      yield* Effect.addFinalizer(() =>
        Effect.forEach(all, (channel) => Effect.ignore(Effect.tryPromise(async () => channel.close?.()))),
      );

      const readSecret = Effect.fnUntraced(function* (tenant: string) {
        const [found] = yield* storage.find(tenant, [recordKey(secretKey)]);
        if (found?.kind === "record") return (found.row.data as { readonly secret: string }).secret;
        const made = randomBytes(32).toString("base64url");
        const { record: [id = 0] = [] } = yield* storage.reserve(tenant, { record: 1 });
        const row = { ...secretKey, id, version: 0, data: { secret: made } };
        yield* storage.commit({ ...emptyCommit(tenant, yield* writer.now), put: [{ kind: "record", row }] });
        return made;
      });

      const secret = (tenant: string) => {
        const known = secrets.get(tenant);
        if (known !== undefined) return Effect.succeed(known);
        return Effect.tap(writer.again(readSecret(tenant)), (read) => Effect.sync(() => secrets.set(tenant, read)));
      };

      const report = Effect.fnUntraced(function* (
        channel: string,
        source: string,
        { state, trouble }: Pick<SourceHealth, "state" | "trouble">,
      ) {
        const key = JSON.stringify([channel, source]);
        const before = states.get(key);
        if (before?.state === state && before.trouble === trouble) return;
        states.set(key, { channel, source, state, trouble, since: yield* writer.now });
        if (trouble !== null) yield* Effect.logWarning(`${channel} can't read ${source}: ${trouble}`);
      });

      return Channels.of({
        all,
        named: (tenant, name) =>
          all.find((channel) => channel.name === name && (channel.tenant ?? defaultTenant) === tenant) ?? null,
        secret,
        report,
        health: Effect.sync(() => [...states.values()]),
      });
    }),
  );
}
