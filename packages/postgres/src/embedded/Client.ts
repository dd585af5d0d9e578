import type { StorageError } from "@deskwright/core/effect";
import * as PgClient from "@effect/sql-pg/PgClient";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { failureOf } from "../failure.ts";
import { holdDirectory, openDatabase } from "./Directory.ts";
import { loadEngine } from "./Engine.ts";
import type { Session } from "./Session.ts";

/** The same client that talks to a server, on a session in this process. */
export const connect = (session: Session): Effect.Effect<PgClient.PgClient, StorageError, Scope.Scope> =>
  Layer.build(
    PgClient.layer({
      stream: () => session.connect(),
      username: "postgres",
      database: "postgres",
      ssl: false,
      // One to listen, the others take turns. They cost nothing, so none is closed and opened again.
      minConnections: 3,
      maxConnections: 3,
    }),
  ).pipe(
    Effect.map((context) => Context.get(context, PgClient.PgClient)),
    Effect.mapError(failureOf),
  );

/** Opens the database in a directory, for as long as the scope is open. */
export const openClient = Effect.fnUntraced(function* (directory: string) {
  const engine = yield* loadEngine;
  const path = yield* holdDirectory(directory);
  return yield* connect(yield* openDatabase(engine, path));
});
