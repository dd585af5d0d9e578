import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { openLink } from "../../../packages/postgres/test/Link.ts";
import { startReference } from "./reference.ts";

test("it says that it is not well while its database is away, and well again after", async () => {
  const directory = mkdtempSync(join(tmpdir(), "express-server-"));
  const link = await openLink(await createDatabase(inject("databaseUrl")));
  const server = await startReference({ DATA_DIR: directory, DATABASE_URL: link.url });
  onTestFinished(async () => {
    await server.stop("SIGKILL");
    await link.cut();
    rmSync(directory, { recursive: true, force: true });
  });
  const health = async () => {
    const response = await fetch(`${server.url}/health`);
    return [response.status, response.headers.get("content-type")?.split(";")[0], await response.text()];
  };
  const well = [200, "application/json", '{"status":"ok"}'];
  expect(await health()).toEqual(well);
  await link.cut();
  const [status, type, body] = await health();
  expect([status, type]).toEqual([503, "application/problem+json"]);
  expect(body).toContain('"code":"StorageError"');
  expect(body).not.toMatch(/127\.0\.0\.1|node_modules/);
  await link.open();
  await expect.poll(health).toEqual(well);
});
