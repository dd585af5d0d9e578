import type { CreateHelpdeskOptions, Helpdesk } from "@deskwright/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import type { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { agentOf, Desks, mailbox, settled, startServer, support, ticketsOf } from "./desks.ts";
import { headerOf, letter, numbered } from "./letters.ts";

const anna = "anna@customer.example";
const desks = new Desks(inject("databaseUrl"));
let server: MailServer;

beforeEach(async () => {
  server = await startServer(support);
});
afterEach(async () => {
  await desks.close();
  await server.stop();
});

/** A helpdesk with one ticket, and an agent who answers it. */
const open = async (policies: CreateHelpdeskOptions["policies"] = {}) => {
  const desk = await desks.open({ channels: [mailbox(server)], policies: { acknowledge: false, ...policies } });
  await server.dovecot.deliver(anna, [support], letter({ subject: "Hello" }));
  await settled(desk, 1);
  return { desk, answer: async (text: string) => (await agentOf(desk).messages.reply(1, { text })).id };
};

const reaches = (desk: Helpdesk, id: number, state: string) =>
  eventually(`delivery ${id} is ${state}`, async () => {
    const delivery = await desk.deliveries.get(id);
    return delivery.state === state && delivery;
  });

/** Fails so often, and then no more. */
const times = <F>(count: number, fault: F) => {
  let left = count;
  return () => (left-- > 0 ? fault : undefined);
};

describe("an answer", () => {
  test("that the server puts off is sent again until it takes it, once", async () => {
    const { desk, answer } = await open();
    server.faults = { recipient: times(2, { code: 450, text: "4.2.0 Greylisted" }) };
    const id = await answer("Use water.");
    await eventually("it waits", async () => (await desk.deliveries.get(id)).error?.includes("Greylisted"));
    expect((await reaches(desk, id, "sent")).error).toBeNull();
    expect(server.received.map(({ to }) => to)).toEqual([[anna]]);
  });

  test("that the server refuses fails, and the agents see why", async () => {
    const { desk, answer } = await open();
    server.faults = { recipient: () => ({ code: 550, text: "5.1.1 No such user" }) };
    const id = await answer("Use water.");
    expect((await reaches(desk, id, "failed")).error).toContain("5.1.1 No such user");
    const health = await desk.health();
    expect([health.isWell, health.deliveries.failed]).toEqual([false, 1]);
    server.faults = {};
    await desk.deliveries.retry(id);
    await reaches(desk, id, "sent");
    expect(server.received).toHaveLength(1);
  });

  test("whose taking the server never confirmed is unknown, and arrives exactly once", async () => {
    const { desk, answer } = await open();
    server.faults = { accepted: times(1, "drop" as const) };
    const id = await answer("Use water.");
    await reaches(desk, id, "unknown");
    const next = await answer("Or sand.");
    await reaches(desk, next, "sent");
    expect(server.received.map(({ raw }) => /Use water|Or sand/.exec(raw)?.[0])).toEqual(["Use water", "Or sand"]);
    expect((await desk.deliveries.list({ state: "unknown" })).items.map((one) => one.id)).toEqual([id]);
    expect(server.received[0] && headerOf(server.received[0].raw, "Message-ID")).toBe(
      (await desk.deliveries.get(id)).ref,
    );
  });

  test("whose content broke off on the way is sent again, whole", async () => {
    const { desk } = await open();
    server.faults = { content: times(1, "drop" as const) };
    const agent = agentOf(desk);
    const film = { name: "film.mp4", contentType: "video/mp4", content: Buffer.alloc(15_000_000, "film") };
    const { id: file } = await agent.files.add(film);
    const { id } = await agent.messages.reply(1, { text: "See this.", files: [file] });
    await reaches(desk, id, "sent");
    expect(server.received.map(({ raw }) => raw.length > 20_000_000)).toEqual([true]);
  });

  test("that may have arrived is sent again under the same Message-ID, where that is the policy", async () => {
    const { desk, answer } = await open({ retryUnknown: true });
    server.faults = { accepted: times(1, "drop" as const) };
    const id = await answer("Use water.");
    const { ref } = await reaches(desk, id, "sent");
    expect(server.received.map(({ raw }) => headerOf(raw, "Message-ID"))).toEqual([ref, ref]);
  });

  test("and twenty more arrive once the server is back that was away, in any order", async () => {
    const { desk, answer } = await open();
    await server.closeSmtp();
    const texts = numbered("answer", 20);
    const ids = await Promise.all(texts.map(answer));
    await eventually("each was tried", async () => {
      const all = await Promise.all(ids.map((id) => desk.deliveries.get(id)));
      return all.every(({ state, error }) => state === "queued" && error !== null);
    });
    await server.openSmtp();
    for (const id of ids) await reaches(desk, id, "sent");
    expect(server.received).toHaveLength(texts.length);
    for (const text of texts) expect(server.received.filter(({ raw }) => raw.includes(text))).toHaveLength(1);
  });
});

describe("a ticket", () => {
  test("that is solved on the day it was opened is acknowledged and closed by a mail each", async () => {
    const desk = await desks.open({ channels: [mailbox(server)], policies: { closingNotice: true } });
    await server.dovecot.deliver(anna, [support], letter({ subject: "Hello" }));
    await settled(desk, 1);
    const [ticket] = await ticketsOf(desk);
    await agentOf(desk).tickets.setStatus(ticket?.id ?? 0, "closed");
    await settled(desk, 1);
    const automatic = server.received.map(({ raw }) => headerOf(raw, "Auto-Submitted"));
    expect(automatic).toEqual(["auto-replied", "auto-generated"]);
    expect(headerOf(server.received[1]?.raw ?? "", "Precedence")).toBe("bulk");
  });
});
