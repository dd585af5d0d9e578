import { createServer } from "node:http";
import { join } from "node:path";
import { createHelpdesk } from "@deskwright/core";
import { serve } from "@deskwright/express";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { embedded } from "@deskwright/postgres/embedded";
import { createApp } from "./app.ts";
import { callerReader } from "./caller.ts";
import { attachSockets } from "./live.ts";
import { policies } from "./policies.ts";

// An empty variable counts as unset.
const { PORT = "", DATA_DIR = "", DATABASE_URL = "", JWT_SECRET = "" } = process.env;

if (JWT_SECRET === "") {
  console.error("JWT_SECRET is not set: the secret that the tokens of your users are signed with (HS256).");
  process.exit(1);
}

const directory = DATA_DIR || "data";
const desk = await createHelpdesk({
  ...policies,
  storage: DATABASE_URL ? postgres({ url: DATABASE_URL }) : embedded({ directory: join(directory, "database") }),
  files: localFiles(join(directory, "files")),
});
const readCaller = callerReader(JWT_SECRET);
const server = createServer(createApp(desk, readCaller));
const live = attachSockets(server, desk, readCaller);
console.log(`listening on ${await serve(server, desk, { port: Number(PORT || 3000), live })}`);
