import type { StorageError } from "@deskwright/core/effect";
import type { PGlite } from "@electric-sql/pglite";
import * as Effect from "effect/Effect";
import { refusal } from "../failure.ts";

/** PGlite's own class: PostgreSQL, compiled to run inside this process. */
export type Engine = typeof PGlite;

/** PGlite, which is no dependency of this package: whoever embeds a database installs it. */
export const loadEngine: Effect.Effect<Engine, StorageError> = Effect.tryPromise({
  try: async () => (await import("@electric-sql/pglite")).PGlite,
  catch: (error) =>
    (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND"
      ? refusal("an embedded database needs the package @electric-sql/pglite: npm install @electric-sql/pglite")
      : refusal(`@electric-sql/pglite can't be loaded: ${error}`),
});
