import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { Exim } from "../Exim.ts";
import type { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { agentOf, Desks, mailbox, settingsOf, settled, startServer, support, ticketsOf } from "./desks.ts";
import { letter } from "./letters.ts";

const gone = "gone@nowhere.example";
const desks = new Desks(inject("databaseUrl"));
let server: MailServer;
let exim: Exim | undefined;

beforeEach(async () => {
  server = await startServer(support);
});
afterEach(async () => {
  await desks.close();
  await exim?.stop();
  await server.stop();
});

/** A helpdesk that sends through a real transfer agent. */
const open = async ({ refusesEmptySender = false, acknowledge = true } = {}) => {
  const transfer = await Exim.start(server.dovecot.ports.lmtp, [support], refusesEmptySender);
  exim = transfer;
  const { imap } = settingsOf(server);
  const desk = await desks.open({
    channels: [
      mailbox(server, support, { imap: { ...imap, pollSeconds: 1 }, smtp: `smtp://localhost:${transfer.port}` }),
    ],
    policies: { acknowledge },
  });
  return { desk, agent: agentOf(desk), transfer };
};

const write = (subject: string) => server.dovecot.deliver(gone, [support], letter({ from: `Gone <${gone}>`, subject }));

/** Mails that a transfer agent took so far, reports among them. */
const taken = (transfer: Exim) => transfer.log().match(/ <= /g)?.length ?? 0;

const reports = () => server.dovecot.mails(support).filter(({ raw }) => /^X-Failed-Recipients:/im.test(raw));

describe("a mail to an address that is no more", () => {
  test("comes back once: its delivery failed, the agents have a note, and nothing else is sent", async () => {
    const { desk, agent, transfer } = await open({ acknowledge: false });
    await write("Hello");
    await settled(desk, 1);
    const { id } = await agent.messages.reply(1, { text: "Hello, you." });
    const balance = await settled(desk, 2);
    expect(balance).toMatchObject({ seen: 2, processed: 2 });
    expect(reports()).toHaveLength(1);
    expect(await desk.deliveries.get(id)).toMatchObject({ state: "failed", error: expect.stringContaining(gone) });
    const notes = (await desk.messages.list(1)).filter(({ note }) => note);
    expect(notes.map(({ text }) => text)).toEqual([expect.stringContaining(`Not delivered to ${gone}`)]);
    expect((await desk.tickets.get(1)).status).toBe("in_progress");
    // Ours, and the report about it.
    expect(taken(transfer)).toBe(2);
    expect(await ticketsOf(desk)).toHaveLength(1);
  });

  test("that is an acknowledgement never comes back, where the server takes mail without a sender", async () => {
    const { desk, transfer } = await open();
    await write("Hello");
    await settled(desk, 1);

    await eventually("it was given up", () => transfer.log().includes("Frozen (delivery error message)"));
    expect(taken(transfer)).toBe(1);
    expect(server.dovecot.mails(support)).toHaveLength(1);
  });

  test("that is an acknowledgement comes back once elsewhere, and nothing automatic goes there again", async () => {
    const { desk, transfer } = await open({ refusesEmptySender: true });
    await write("Hello");
    await settled(desk, 2);
    expect(reports()).toHaveLength(1);
    const [failed] = (await desk.eventPage({ after: 0 })).events.filter(({ type }) => type === "DeliveryFailed");
    expect(failed).toMatchObject({ ticketId: 1, messageId: null, state: "failed" });
    const messages = await desk.messages.list(1);
    expect(messages.map(({ note }) => note)).toEqual([false, true]);
    expect(messages[1]?.text).toContain(`Not delivered to ${gone}`);
    await write("Another thing");
    await settled(desk, 3);
    expect(await ticketsOf(desk)).toHaveLength(2);
    expect(taken(transfer)).toBe(2);
  });
});
