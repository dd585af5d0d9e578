import { createHelpdesk, type Desk, StorageError } from "@deskwright/core";
import * as Effect from "effect/Effect";
import { describe, expect, inject, test } from "vitest";
import { connect, postgres } from "../src/postgres.ts";
import { createDatabase } from "./createDatabase.ts";
import { openLink } from "./Link.ts";

const open = (url: string) => createHelpdesk({ storage: postgres({ url }), run: { workers: 0 } });
const customer = { role: "customer", user: { externalId: "u" } } as const;

/** Opens a ticket under one key until it is answered; anything but an outage that passes is let through. */
const insist = async (desk: Desk, key: string): Promise<{ readonly id: number; readonly tries: number }> => {
  for (let tries = 1; ; tries++)
    try {
      const { id } = await desk.tickets.open({ subject: key, text: "It burns.", once: key });
      return { id, tries };
    } catch (error) {
      if (!(error instanceof StorageError && error.retryable)) throw error;
    }
};

describe("an outage", () => {
  test("connections killed in the middle of commits lose nothing and double nothing", { timeout: 60_000 }, async () => {
    const url = await createDatabase(inject("databaseUrl"));
    const desk = await open(url);
    const asking = desk.as(customer);
    await asking.tickets.list();
    const keys = Array.from({ length: 400 }, (_, n) => `key-${n}`);
    let isOver = false;
    const killer = connect({ url, maxConnections: 1 }).pipe(
      Effect.flatMap((client) =>
        client
          .unsafe(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and state = 'active' and pid <> pg_backend_pid() limit 2`,
          )
          .pipe(Effect.andThen(Effect.sleep("5 millis")), Effect.repeat({ until: () => isOver })),
      ),
      Effect.scoped,
      Effect.runPromise,
    );
    const waiting = [...keys];
    const answers: Array<{ readonly id: number; readonly tries: number }> = [];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) answers.push(await insist(asking, key));
      }),
    );
    isOver = true;
    await killer;
    // The killer did hit.
    expect(Math.max(...answers.map(({ tries }) => tries))).toBeGreaterThan(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(keys.length);
    const { items, total } = await desk.tickets.list({ limit: 1000, total: true });
    expect(total).toBe(keys.length);
    expect(items.map(({ subject }) => subject).sort()).toEqual([...keys].sort());
    expect((await desk.tickets.stats()).byStatus["open"]).toBe(keys.length);
    await desk.close();
  });

  test("a server that is away is an outage in every answer, and one that is back serves on", async () => {
    const link = await openLink(await createDatabase(inject("databaseUrl")));
    const desk = await open(link.url);
    const asking = desk.as(customer);
    const ticket = await asking.tickets.open({ subject: "s", text: "t" });
    const heard: Array<number> = [];
    const listening = new AbortController();
    const feed = (async () => {
      for await (const event of desk.events({ after: 0, signal: listening.signal }))
        if ("messageId" in event && event.messageId !== null) heard.push(event.messageId);
    })();
    await expect.poll(() => heard.length).toBe(1);

    await link.cut();
    const calls: ReadonlyArray<() => Promise<unknown>> = [
      () => asking.tickets.get(ticket.id),
      () => asking.tickets.get(999_999),
      () => asking.tickets.list(),
      () => asking.messages.list(ticket.id),
      () => asking.messages.reply(ticket.id, { text: "x" }),
      () => asking.tickets.open({ subject: "s", text: "t" }),
      () => desk.users.find({ email: "nobody@example.com" }),
      () => desk.tickets.stats(),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ _tag: "StorageError", retryable: true });

    await link.open();
    await expect.poll(() => asking.tickets.get(ticket.id).catch(() => null)).toEqual(ticket);
    const { id } = await asking.messages.reply(ticket.id, { text: "Still burning." });
    // The feed sat it out.
    await expect.poll(() => heard.at(-1)).toBe(id);
    listening.abort();
    await feed;
    await desk.close();
    await link.cut();
  });
});
