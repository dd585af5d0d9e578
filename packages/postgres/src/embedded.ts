/** A helpdesk's database inside its own process. @module */
import type { Storage, StorageError } from "@deskwright/core/effect";
import { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { openClient } from "./embedded/Client.ts";
import { keepMaintained } from "./embedded/Maintenance.ts";
import { failureOf } from "./failure.ts";
import { storage } from "./PostgresStorage.ts";

export interface EmbeddedOptions {
  /** Where the database is kept; made if it is missing. A relative path begins at the working directory. */
  readonly directory: string;
}

/**
 * Keeps a helpdesk in a directory, without a server: PostgreSQL runs inside this process (PGlite, a package to install
 * beside this one). For trials, tests and small desks:
 *
 * - What was committed survives the death of the process (`kill -9`), not the loss of power: nothing is flushed to the
 *   disk (fsync).
 * - One process at a time; a second one is refused with a `StorageError` that names the first, until that has ended.
 * - Statements run one after the other on the process' own thread, which does nothing else meanwhile.
 * - 300 to 500 MB of memory, and more than 1 GB for a moment when the database is made.
 *
 * @since 0.1.0
 * @example
 * const desk = await createHelpdesk({ storage: embedded({ directory: "./data" }) })
 */
export const embedded = ({ directory }: EmbeddedOptions): Layer.Layer<Storage, StorageError> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const client = yield* openClient(directory);
      yield* keepMaintained(client);
      const own = Layer.succeed(PgClient, client);
      // The directory is ours alone, so whoever claimed a job before is dead: nobody has to wait for its lease to end.
      const free = client.unsafe("update deskwright.jobs set held_until = now() where held_until > now()");
      const released = Layer.effectDiscard(Effect.mapError(free, failureOf));
      return Layer.provide(
        Layer.provideMerge(
          released,
          storage({ schema: "deskwright", migrate: true, listener: client, reader: client }),
        ),
        own,
      );
    }),
  );
