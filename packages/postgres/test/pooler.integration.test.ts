import { type Commit, Storage } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { inject } from "vitest";
import { connect, postgres } from "../src/postgres.ts";
import type { PostgresOptions } from "../src/settings.ts";
import { createDatabase } from "./createDatabase.ts";

const at = new Date("2026-01-01T00:00:00Z");
const event = { type: "JobDied", jobId: 1, kind: "x", version: 1, at, actor: { role: "system", user: null } } as const;
const commit: Commit = {
  tenant: "a",
  at,
  put: [],
  touch: [],
  add: { messages: [], jobs: [], events: [event] },
  drop: [],
  once: [],
  held: [],
  done: [],
};

const open = (options: PostgresOptions) =>
  Effect.map(Layer.build(postgres(options)), (context) => Context.get(context, Storage));

/** The topics and data heard until one is `last`. */
const hearUntil = (storage: Storage["Service"], last: unknown) =>
  storage.listen.pipe(
    Stream.map((signal) => (signal.topic === "live" ? signal.data : signal.topic)),
    Stream.takeUntil((heard) => heard === last),
    Stream.runCollect,
    Effect.timeout("20 seconds"),
  );

describe("behind a pooler of transactions", () => {
  it.live("no pooled connection listens, and what is new is polled", () =>
    Effect.gen(function* () {
      const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
      const storage = yield* open({ url, pgbouncer: true });
      assert.lengthOf(yield* storage.commit(commit), 1);
      const client = yield* connect({ url, maxConnections: 1 });
      const others = "pid <> pg_backend_pid() and datname = current_database() and application_name = 'deskwright'";
      const states = yield* client.unsafe<{ query: string }>(`select query from pg_stat_activity where ${others}`);
      assert.isNotEmpty(states);
      for (const { query } of states) assert.notMatch(query, /^(listen|set) /i);
      // Told by nobody: the next poll.
      assert.include(yield* hearUntil(storage, "jobs"), "events");
    }).pipe(Effect.scoped),
  );

  it.live("with a direct way to the database, signals of other processes are heard", () =>
    Effect.gen(function* () {
      const url = yield* Effect.promise(() => createDatabase(inject("databaseUrl")));
      const storage = yield* open({ url, pgbouncer: true, listenUrl: url });
      const other = yield* open({ url });
      const told = other.signal({ topic: "live", tenant: "a", data: "typing" });
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(told, Effect.sleep("20 millis"))));
      assert.include(yield* hearUntil(storage, "typing"), "typing");
    }).pipe(Effect.scoped),
  );
});
