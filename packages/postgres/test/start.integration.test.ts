import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHelpdesk, StorageError } from "@deskwright/core";
import * as Effect from "effect/Effect";
import { describe, expect, inject, test } from "vitest";
import { connect, postgres } from "../src/postgres.ts";
import { createDatabase } from "./createDatabase.ts";

const run = promisify(execFile);
const node = (file: string, ...args: ReadonlyArray<string>) =>
  run(process.execPath, [join(import.meta.dirname, file), ...args]);
const migrate = (...args: ReadonlyArray<string>) => node("../src/migrate.ts", ...args);

const statements = (url: string, ...texts: ReadonlyArray<string>) =>
  connect({ url, maxConnections: 1 }).pipe(
    Effect.flatMap((client) => Effect.forEach(texts, (text) => client.unsafe<Record<string, unknown>>(text))),
    Effect.scoped,
    Effect.runPromise,
  );

const open = (url: string, more: { readonly schema?: string; readonly migrate?: boolean } = {}) =>
  createHelpdesk({ storage: postgres({ url, ...more }), run: { workers: 0 } });

describe("the start", () => {
  test("ten processes at once on an empty database all come up, and share it", { timeout: 60_000 }, async () => {
    const url = await createDatabase(inject("databaseUrl"));
    const said = await Promise.all(Array.from({ length: 10 }, () => node("fixtures/opener.ts", url)));
    const ids = said.map(({ stdout }) => Number(stdout));
    expect(ids.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("two schemas of one database are two helpdesks", async () => {
    const url = await createDatabase(inject("databaseUrl"));
    const [one, two] = [await open(url, { schema: "one" }), await open(url, { schema: "two" })];
    const heard: Array<string> = [];
    const stop = two.on("TicketOpened", ({ ticketId }) => heard.push(`two ${ticketId}`));
    const ticket = { subject: "Printer on fire", text: "It burns.", requester: { externalId: "u" } };
    expect((await one.tickets.open(ticket)).id).toBe(1);
    expect((await one.tickets.open(ticket)).id).toBe(2);
    expect((await two.tickets.open(ticket)).id).toBe(1);
    expect((await two.tickets.list({ total: true })).total).toBe(1);
    await expect.poll(() => heard).toEqual(["two 1"]);
    await stop();
    await Promise.all([one.close(), two.close()]);
  });

  test("a role that may create nothing runs on a schema that the command has made", async () => {
    const url = await createDatabase(inject("databaseUrl"));
    const role = `plain_${Date.now()}`;
    await statements(url, `create role ${role} login`);
    const plain = new URL(url);
    plain.username = role;
    await expect(open(plain.href, { migrate: false })).rejects.toThrow(/version 0 of \d+: run deskwright-migrate/);
    const { stdout } = await migrate("--url", url);
    expect(stdout).toMatch(/^schema deskwright is at version [1-9]\d*\n$/);
    await statements(
      url,
      `grant usage on schema deskwright to ${role}`,
      `grant select, insert, update, delete on all tables in schema deskwright to ${role}`,
      `grant usage, select on all sequences in schema deskwright to ${role}`,
    );
    const desk = await open(plain.href, { migrate: false });
    const ticket = await desk.tickets.open({ subject: "s", text: "t", requester: { externalId: "u" } });
    expect(await desk.tickets.get(ticket.id)).toEqual(ticket);
    await desk.close();
  });

  test("a schema of a later version is refused", async () => {
    const url = await createDatabase(inject("databaseUrl"));
    await (await open(url)).close();
    await statements(url, "insert into deskwright.migrations (id, name) values (9999, 'from the future')");
    await expect(open(url)).rejects.toThrow(/version 9999, newer than/);
  });

  test("settings that can't be right, and a server that is not there, fail at once and say so without the password", async () => {
    const refused = (options: Parameters<typeof postgres>[0]) =>
      createHelpdesk({ storage: postgres(options) }).then(
        () => expect.unreachable(),
        (error: unknown) => error as StorageError,
      );
    for (const options of [
      { url: "nonsense" },
      { url: "mysql://localhost/x" },
      { url: "postgres://localhost/x", schema: 'a"b' },
      { url: "postgres://localhost/x", maxConnections: 1 },
      { url: "postgres://me:sesame@127.0.0.1:1/x" },
    ]) {
      const error = await refused(options);
      expect(error).toBeInstanceOf(StorageError);
      expect(error.message).not.toContain("sesame");
    }
  });

  test("the command says what it needs", async () => {
    for (const args of [["--url", "nonsense"], ["--nonsense"], ["--url", "postgres://x/y", "--schema", "A b"]])
      await expect(migrate(...args)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining("usage: deskwright-migrate"),
      });
  });
});
