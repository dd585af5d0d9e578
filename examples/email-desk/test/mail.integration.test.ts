import { afterAll, describe, inject } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { openLink } from "../../../packages/postgres/test/Link.ts";
import { startDesk } from "./desk.ts";
import { everything } from "./mail/everything.ts";
import { kills } from "./mail/kills.ts";
import { outage } from "./mail/outage.ts";
import { startPost } from "./mail/post.ts";
import { together } from "./mail/together.ts";

/** A desk with a mail server of its own. */
const start = async (DATABASE_URL: string) => {
  const post = await startPost();
  const desk = await startDesk({ ...post.settings, DATABASE_URL });
  afterAll(async () => {
    await desk.end();
    await post.end();
  });
  return [desk, post] as const;
};
const newDatabase = () => createDatabase(inject("databaseUrl"));

const link = await openLink(await newDatabase());
afterAll(() => link.cut());
const [embedded, embeddedKilled, postgres, postgresKilled, shared] = await Promise.all([
  start(""),
  start(""),
  start(link.url),
  newDatabase().then(start),
  newDatabase().then(async (url) => {
    const [one, post] = await start(url);
    // Processes share the folder with mail as it came in.
    const other = await startDesk({ ...post.settings, DATABASE_URL: url, DATA_DIR: one.directory });
    afterAll(() => other.end());
    return [one, other, post] as const;
  }),
]);
// Most of this is waiting for others, which goes side by side.
describe.concurrent("on the embedded database", () => kills(...embeddedKilled));
describe.concurrent("on PostgreSQL", () => kills(...postgresKilled));
describe.concurrent("on the embedded database", () => everything(...embedded));
describe.concurrent("on PostgreSQL", () => {
  everything(...postgres);
  describe("with the database away", { concurrent: false }, () => outage(...postgres, link));
});
describe.concurrent("on PostgreSQL", () => {
  describe("with two processes", { concurrent: false }, () => together(...shared));
});
