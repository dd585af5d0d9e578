#!/usr/bin/env node
/** `deskwright-migrate`: brings the schema up to date, for helpdesks that run as a role without that right. @module */
import { parseArgs } from "node:util";
import * as Effect from "effect/Effect";
import { connect } from "./postgres.ts";
import { prepareSchema } from "./Schema.ts";
import { complaint } from "./settings.ts";

const usage = "usage: deskwright-migrate [--url postgres://…] [--schema deskwright]   (url: DATABASE_URL by default)";

const options = { url: { type: "string" }, schema: { type: "string" } } as const;

const end = (line: string, code: number): never => {
  console.error(line);
  process.exit(code);
};

const given = (() => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return end(`${(error as Error).message}\n${usage}`, 2);
  }
})();
const url = given.url || process.env["DATABASE_URL"] || end(usage, 2);
const schema = given.schema ?? "deskwright";
const wrong = complaint({ url, schema });
if (wrong !== null) end(`${wrong}\n${usage}`, 2);

const migrated = connect({ url, maxConnections: 1 }).pipe(
  Effect.flatMap((client) => prepareSchema(client, `"${schema}"`, true)),
  Effect.scoped,
);
await Effect.runPromise(migrated).then(
  (version) => console.log(`schema ${schema} is at version ${version}`),
  (error) => end(error.message, 1),
);
