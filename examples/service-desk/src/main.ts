import { createServer } from "node:http";
import { join } from "node:path";
import { createHelpdesk } from "@deskwright/core";
import { emailFromEnvironment } from "@deskwright/email";
import { serve } from "@deskwright/express";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { embedded } from "@deskwright/postgres/embedded";
import { createApp } from "./app.ts";
import { policies } from "./policies.ts";

// An empty variable counts as unset.
const { PORT = "", DATA_DIR = "", DATABASE_URL = "" } = process.env;

const directory = DATA_DIR || "data";
const channel = emailFromEnvironment();
const desk = await createHelpdesk({
  ...policies,
  storage: DATABASE_URL ? postgres({ url: DATABASE_URL }) : embedded({ directory: join(directory, "database") }),
  files: localFiles(join(directory, "files")),
  channels: channel === null ? [] : [channel],
});
const server = createServer(createApp(desk));
console.log(`listening on ${await serve(server, desk, { port: Number(PORT || 3000) })}`);
