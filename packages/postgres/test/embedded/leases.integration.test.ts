import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Storage } from "@deskwright/core/effect";
import { assert, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { embedded } from "../../src/embedded.ts";

const at = new Date("2026-01-01T00:00:00Z");
const job = { id: 1, kind: "k", payload: null, runAt: at, maxAttempts: 3, unique: null };
const request = { kinds: ["k"], token: "t", now: new Date(), until: new Date("2999-01-01T00:00:00Z"), limit: 1 };

it.live("a job of a process that died is free as soon as the directory is opened again", () =>
  Effect.gen(function* () {
    const directory = mkdtempSync(join(tmpdir(), "deskwright-leases-"));
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })));
    const claim = (before: (storage: Storage["Service"]) => Effect.Effect<unknown, unknown>) =>
      Effect.scoped(
        Effect.gen(function* () {
          const storage = Context.get(yield* Layer.build(Layer.fresh(embedded({ directory }))), Storage);
          yield* before(storage);
          return yield* storage.claim({ ...request, now: new Date(Date.now() + 1000) });
        }),
      );
    const add = { messages: [], events: [], jobs: [job] };
    const commit = { tenant: "a", at, put: [], touch: [], add, drop: [], once: [], held: [], done: [] };
    assert.lengthOf(yield* claim((storage) => storage.commit(commit)), 1);
    assert.lengthOf(yield* claim(() => Effect.void), 1);
  }).pipe(Effect.scoped),
);
