import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import { connect } from "../src/postgres.ts";

/** Makes an empty database on a server and answers its URL; the server of the tests is thrown away with it. */
export const createDatabase = (server: string): Promise<string> =>
  Effect.gen(function* () {
    const client = yield* connect({ url: server, maxConnections: 1 });
    const name = `test_${randomUUID().replaceAll("-", "")}`;
    yield* client.unsafe(`create database ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return url.href;
  }).pipe(Effect.scoped, Effect.runPromise);
