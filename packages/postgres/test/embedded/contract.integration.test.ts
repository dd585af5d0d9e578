import { storageContract } from "@deskwright/testkit";
import { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { connect } from "../../src/embedded/Client.ts";
import { holdDirectory, openDatabase } from "../../src/embedded/Directory.ts";
import { loadEngine } from "../../src/embedded/Engine.ts";
import type { Session } from "../../src/embedded/Session.ts";
import { embedded } from "../../src/embedded.ts";
import { storage } from "../../src/PostgresStorage.ts";
import { directoryWithDatabase } from "./fixtures/directory.ts";

const adapter = Layer.unwrap(Effect.map(directoryWithDatabase, (directory) => embedded({ directory })));

let session: Session;
const breakable = Layer.unwrap(
  Effect.gen(function* () {
    session = yield* openDatabase(yield* loadEngine, yield* holdDirectory(yield* directoryWithDatabase));
    const client = yield* connect(session);
    return storage({ schema: "deskwright", migrate: true, listener: client, reader: client }).pipe(
      Layer.provide(Layer.succeed(PgClient, client)),
    );
  }),
);

storageContract("embedded", adapter, { outage: { adapter: breakable, cut: async () => void (await session.close()) } });
