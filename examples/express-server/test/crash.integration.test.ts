import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { Load, opening } from "./Load.ts";
import { readAll, readLog, readStats, recountedStats, replayed } from "./recount.ts";
import { type Reference, send, startReference } from "./reference.ts";

// kill -9 under load, again and again. Whatever was answered must be there once, and all that is counted must be right.
const rounds = 6;
const clients = 8;
/** How many writes are answered before the server is killed. */
const writes = 50;

const isKeyed = ({ key }: { readonly key: string }) => key !== "";

/** Writes until the server is killed in the middle of it, then asks the next one for everything that got no answer. */
const round = async (load: Load, server: Reference, shared: ReadonlyArray<number>) => {
  load.start(server, clients, shared);
  const enough = load.done.length + writes;
  while (load.done.length < enough && load.refused.length === 0) await sleep(5);
  await sleep(Math.random() * 50);
  await server.stop("SIGKILL");
  await load.stop();
};

/** The same key again: what was made before is answered, what was not is made now. */
const retry = async (load: Load, server: Reference) => {
  const lost = load.lost.splice(0);
  for (const write of lost) await load.write(server, write);
  expect(load.lost).toEqual([]);
};

const prove = async (settings: Readonly<Record<string, string>>) => {
  let server = await startReference(settings);
  const load = new Load((await send(`${server.url}/support/me`, { token: server.admin })).body.user);
  const shared: Array<number> = [];
  for (const write of [opening(), opening(), opening()]) shared.push((await load.write(server, write)) as number);
  for (let n = 0; n < rounds; n++) {
    await round(load, server, shared);
    server = await startReference(settings);
    await retry(load, server);
  }
  const before = load.done.length;
  // Every key once more, long after it was answered.
  const keyed = load.done.filter(isKeyed);
  for (let at = 0; at < keyed.length; at += 16)
    await Promise.all(keyed.slice(at, at + 16).map((write) => load.write(server, write)));
  const again = load.done.splice(before);
  expect(load.refused).toEqual([]);
  expect(load.lost).toEqual([]);
  expect(idsByKey(again)).toEqual(idsByKey(keyed));

  const [all, log, stats] = [await readAll(server), await readLog(server), await readStats(server)];
  expect(await server.stop()).toBe(0);
  return { keyed, all, log, stats };
};

const idsByKey = (done: Load["done"]) => Object.fromEntries(done.map(({ key, id, ticketId }) => [key, [id, ticketId]]));

const stores = {
  "the embedded database": async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await createDatabase(inject("databaseUrl")) }),
};

for (const [store, settingsOf] of Object.entries(stores))
  test(`nothing that was answered is lost or done twice when the server is killed on ${store}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "crash-"));
    const { keyed, all, log, stats } = await prove({ DATA_DIR: directory, ...(await settingsOf()) });
    rmSync(directory, { recursive: true, force: true });

    // Each answered write is there once, under the id that was answered; and nothing is there that nobody asked for.
    const texts = all.flatMap(({ messages }) => messages.map(({ text, id, ticketId }) => [text, [id, ticketId]]));
    expect(new Set(texts.map(([text]) => text)).size).toBe(texts.length);
    const firsts = all.map(({ ticket, messages }) => [ticket.subject, messages[0]?.text, ticket.id]);
    const opened = keyed.filter(({ path }) => path === "/tickets");
    expect(Object.fromEntries(firsts.map(([subject, , id]) => [subject, [id, id]]))).toEqual(idsByKey(opened));
    expect(firsts.every(([subject, text]) => subject === text)).toBe(true);
    const said = keyed.filter(({ path }) => path !== "/tickets");
    const isFirst = new Set(opened.map(({ key }) => key));
    expect(Object.fromEntries(texts.filter(([text]) => !isFirst.has(text as string)))).toEqual(idsByKey(said));

    // The kept numbers are those of a recount.
    expect(stats).toEqual(recountedStats(all));

    // The log has every event of every ticket once, in growing positions, and the tickets are what it says.
    const positions = log.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    for (const { ticket, messages, history } of all) {
      expect(history).toEqual(log.filter((event) => "ticketId" in event && event.ticketId === ticket.id));
      expect(history[0]?.type).toBe("TicketOpened");
      const { status, assignee, priority, unread, messages: told, illegal } = replayed(history);
      expect(illegal).toEqual([]);
      expect([ticket.id, { status, assignee, priority, unread }]).toEqual([
        ticket.id,
        { status: ticket.status, assignee: ticket.assignee, priority: ticket.priority, unread: ticket.unread },
      ]);
      expect(told.toSorted((a, b) => a - b)).toEqual(messages.map(({ id }) => id));
    }
  });
