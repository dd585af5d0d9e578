import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { MailServer } from "../../../packages/email/test/MailServer.ts";
import { eventually } from "../../../packages/email/test/processes.ts";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { type Caller, type Desk, startDesk, time } from "./desk.ts";

const support = "desk@test.local";

// biome-ignore lint/suspicious/noExplicitAny: a ticket is what came over the wire; the tests say what it must be.
type Ticket = any;

/** A desk with a mail server of its own, and those who write there. */
const start = async (onPostgres: boolean) => {
  const server = await MailServer.start({ [support]: "secret" });
  const login = `${encodeURIComponent(support)}:secret`;
  const desk = await startDesk({
    DATABASE_URL: onPostgres ? await createDatabase(inject("databaseUrl")) : "",
    IMAP_URL: `imap://${login}@127.0.0.1:${server.dovecot.ports.imap}`,
    SMTP_URL: `smtp://${login}@127.0.0.1:${server.smtpPort}`,
    MAIL_FROM: support,
  });
  afterAll(async () => {
    await desk.end();
    await server.stop();
  });
  return { server, desk };
};

/** Puts a mail into the mailbox, and answers its Message-ID. */
const write = async (server: MailServer, from: string, subject: string, text: string, inReplyTo?: string) => {
  const id = `<${randomUUID()}@people.example>`;
  const head = [
    `From: ${from}`,
    `To: ${support}`,
    `Subject: ${subject}`,
    `Message-ID: ${id}`,
    ...(inReplyTo === undefined ? [] : [`In-Reply-To: ${inReplyTo}`]),
    "Content-Type: text/plain; charset=utf-8",
  ];
  const [address = ""] = from.match(/[^\s<>]+@[^\s<>]+/) ?? [];
  await server.dovecot.deliver(address, [support], `${head.join("\r\n")}\r\n\r\n${text}\r\n`);
  return id;
};

const ticketOf = (desk: Desk, subject: string): Promise<Ticket> =>
  eventually(`a ticket about ${subject}`, async () =>
    (await desk.get("/tickets")).body.data.find((ticket: Ticket) => ticket.subject === subject),
  );

/** What went out to an address, once there is something of the text in it. */
const mailTo = (server: MailServer, address: string, text: string) =>
  eventually(`a mail to ${address} with ${text}`, () =>
    server.received.find(({ to, raw }) => to.includes(address) && raw.includes(text)),
  );

const headerOf = (raw: string, name: string) =>
  raw.replace(/\r\n[ \t]+/g, " ").match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1] ?? null;

for (const onPostgres of [false, true]) {
  const { desk, server } = await start(onPostgres);

  describe.concurrent(onPostgres ? "on PostgreSQL" : "on the embedded database", () => {
    let operator: Caller;
    beforeAll(async () => {
      operator = await desk.user();
    });

    test("what a user writes to the mailbox becomes a ticket of theirs, and they a user", async () => {
      const before = await desk.user();
      await write(server, before.shown.email.toUpperCase(), "Known", "I am a user already");
      const ticket = await ticketOf(desk, "Known");
      expect(ticket).toStrictEqual({
        ...{ id: expect.any(Number), subject: "Known", description: "I am a user already", status: "open" },
        ...{ creator: before.shown, operator: null, created_at: time, updated_at: time },
      });
      await write(server, "Eva Unknown <eva@people.example>", "Unknown", "You don't know me");
      const { creator } = await ticketOf(desk, "Unknown");
      expect(creator).toMatchObject({ email: "eva@people.example", username: "Eva Unknown", is_active: true });
      expect((await desk.get(`/users/${creator.id}`)).body.data).toStrictEqual(creator);
      await write(server, "noname@people.example", "Without a name", "I have none");
      expect((await ticketOf(desk, "Without a name")).creator.username).toBe("noname@people.example");
    });

    test("an operator's message through the API reaches the user by mail, and what the user answers joins", async () => {
      const id = await write(server, "fred@people.example", "Printer", "It burns");
      const ticket = await ticketOf(desk, "Printer");
      const path = `/tickets/${ticket.id}/messages`;
      const said = (await operator.post(path, { text: "Step away from it" })).body.data;
      const { raw } = await mailTo(server, "fred@people.example", "Step away from it");
      expect(headerOf(raw, "References")).toContain(id);
      expect(headerOf(raw, "Auto-Submitted")).toBeNull();
      await write(server, "fred@people.example", "Re: Printer", "I did", headerOf(raw, "Message-ID") ?? "");
      const messages = await eventually("the answer is there", async () => {
        const { data } = (await desk.get(path)).body;
        return data.length === 2 && data;
      });
      expect(messages).toStrictEqual([
        said,
        { id: expect.any(Number), text: "I did", created_at: time, author: ticket.creator },
      ]);
      const others = (await desk.get("/tickets")).body.data.filter(({ subject }: Ticket) => subject === "Re: Printer");
      expect(others).toEqual([]);
    });

    test("a ticket that a user opened through the API is answered at their address, and what they say themselves is not mailed", async () => {
      const user = await desk.user();
      const ticket = (await user.post("/tickets", { subject: "By the API", description: "Hello" })).body.data;
      const path = `/tickets/${ticket.id}/messages`;
      await user.post(path, { text: "I forgot something" });
      await operator.post(path, { text: "Never mind" });
      await mailTo(server, user.shown.email, "Never mind");
      const toUser = server.received.filter(({ to }) => to.includes(user.shown.email));
      expect(toUser.filter(({ raw }) => raw.includes("I forgot something"))).toEqual([]);
    });

    test("an operator's message that is refused for now is sent later", async () => {
      await write(server, "greta@people.example", "Busy", "Hello");
      const ticket = await ticketOf(desk, "Busy");
      let tries = 0;
      server.faults = {
        recipient: (address) =>
          address === "greta@people.example" && ++tries <= 2 ? { code: 451, text: "4.3.0 Busy" } : undefined,
      };
      await operator.post(`/tickets/${ticket.id}/messages`, { text: "At last" });
      await mailTo(server, "greta@people.example", "At last");
      server.faults = {};
      expect(tries).toBeGreaterThan(2);
    });
  });
}
