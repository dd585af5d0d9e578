import type { Storage, StorageError } from "@deskwright/core/effect";
import * as PgClient from "@effect/sql-pg/PgClient";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import { failureOf, refusal } from "./failure.ts";
import { storage } from "./PostgresStorage.ts";
import { complaint, type PostgresOptions, sessionSettings } from "./settings.ts";

/**
 * Keeps a helpdesk in PostgreSQL 15 or later, in one schema of its database.
 *
 * Bad settings, a server that can't be reached and a schema that does not fit fail when the layer is built. After an
 * outage the pool recovers by itself; meanwhile every call fails with `StorageError`.
 *
 * @since 0.1.0
 * @example
 * const desk = await createHelpdesk({ storage: postgres({ url: process.env.DATABASE_URL }) })
 */
export const postgres = (options: PostgresOptions): Layer.Layer<Storage, StorageError> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const wrong = complaint(options);
      if (wrong !== null) return yield* refusal(wrong);
      const { schema = "deskwright", migrate = true, pgbouncer = false, listenUrl } = options;
      const { maxConnections = 12 } = options;
      const readers = pgbouncer ? 0 : Math.max(1, Math.floor(maxConnections / 6));
      const client = yield* connect({ ...options, maxConnections: Math.max(2, maxConnections - readers) });
      const direct = listenUrl && (yield* connect({ ...options, url: listenUrl, maxConnections: 1, pgbouncer: false }));
      const listener = direct || (pgbouncer ? null : client);
      // Reads are short and share few connections, one behind the other without waiting for answers in between.
      const reader = pgbouncer ? client : yield* connect({ ...options, maxConnections: readers }, true);
      return storage({ schema, migrate, listener, reader }).pipe(
        Layer.provide(Layer.succeed(PgClient.PgClient, client)),
      );
    }),
  );

/** A pool of connections; none is opened before it is needed. */
export const connect = (
  { url, maxConnections, ssl, pgbouncer = false }: PostgresOptions & { readonly maxConnections: number },
  multiplex = false,
) =>
  Layer.build(
    PgClient.layer({
      url: Redacted.make(url),
      maxConnections,
      applicationName: "deskwright",
      // A connection that listens may be silent for hours: the system finds out when it is dead.
      keepAlive: "30 seconds",
      prepare: !pgbouncer,
      multiplex,
      ...(ssl === undefined ? {} : { ssl }),
      ...(pgbouncer ? {} : { startupParameters: sessionSettings }),
    }),
  ).pipe(
    Effect.map((context) => Context.get(context, PgClient.PgClient)),
    Effect.mapError(failureOf),
  );
