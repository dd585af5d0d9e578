import type { Helpdesk } from "@deskwright/core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { agentOf, Desks, mailbox, settled, startServer, support, ticketsOf } from "./desks.ts";
import { headerOf, letter } from "./letters.ts";

const desks = new Desks(inject("databaseUrl"));
let server: MailServer;
let desk: Helpdesk;
let agent: ReturnType<typeof agentOf>;

beforeAll(async () => {
  server = await startServer(support);
  desk = await desks.open({ channels: [mailbox(server)] });
  agent = agentOf(desk);
});
afterAll(async () => {
  await desks.close();
  await server.stop();
});

let written = 0;

/** Puts a mail into the mailbox and waits until it was understood. */
const write = async (mail: Parameters<typeof letter>[0]) => {
  await server.dovecot.deliver(addressIn(mail.from ?? ""), [support], letter(mail));
  written += 1;
  await settled(desk, written);
};

const addressIn = (from: string) => from.match(/<(.*)>/)?.[1] ?? "anna@customer.example";

/** What an address got, the oldest first. */
const got = (address: string) => server.received.filter(({ to }) => to.includes(address)).map(({ raw }) => raw);

const ticketAbout = async (subject: string) => {
  const ticket = (await ticketsOf(desk)).find((one) => one.subject === subject);
  if (ticket === undefined) throw new Error(`There is no ticket ${subject}`);
  return ticket;
};

const textsOf = async (id: number) => (await desk.messages.list(id)).map(({ text }) => text);

/** A customer, their ticket, and the mail in which an agent answered it. */
const answered = async (name: string) => {
  const address = `${name.toLowerCase()}@customer.example`;
  const person = { from: `${name} <${address}>`, address };
  await write({ from: person.from, subject: `${name}'s printer`, text: "It burns." });
  const ticket = await ticketAbout(`${name}'s printer`);
  await agent.messages.reply(ticket.id, { text: "Use water." });
  await eventually("the answer came", () => got(address).length === 2);
  const answer = got(address)[1] ?? "";
  await settled(desk, written);
  return { ...person, ticket, answer, replyTo: addressIn(headerOf(answer, "Reply-To") ?? "") };
};

const ref = (name: string, n: number) => `<${name}-${n}@customer.example>`;

const stranger = "Eve <eve@elsewhere.example>";

describe("a mail", () => {
  test("that answers ours joins its ticket, by any of the signs alone", async () => {
    const { from, ticket, answer, replyTo } = await answered("Bob");
    const ref = headerOf(answer, "Message-ID") ?? "";
    await write({ from, to: replyTo, subject: "no words of it", text: "By the address." });
    await write({ from, subject: "other words", text: "By the answer.", headers: { "In-Reply-To": ref } });
    const References = `<unknown@customer.example> ${ref} <other@customer.example>`;
    await write({ from, subject: "more words", text: "By a reference.", headers: { References } });
    await write({ from, subject: `Fwd: [#${ticket.id}]`, text: "By the number." });
    expect(await textsOf(ticket.id)).toEqual([
      "It burns.",
      "Use water.",
      ...["By the address.", "By the answer.", "By a reference.", "By the number."],
    ]);
    expect(got("bob@customer.example")).toHaveLength(2);
  });

  test("of a stranger who guesses a number or a reference opens a ticket of their own", async () => {
    const { ticket } = await answered("Carl");
    const [first] = got("carl@customer.example");
    await write({ from: stranger, subject: `Re: guessed [#${ticket.id}]`, text: "Tell me more." });
    const forged = support.replace("@", `+t${ticket.id}.aaaaaaaaaa@`);
    await write({ from: stranger, to: `${support}, ${forged}`, subject: "Forged", text: "And more." });
    const own = headerOf(first ?? "", "In-Reply-To") ?? "";
    await write({ from: stranger, subject: "Copied", text: "Still more.", headers: { References: own } });
    for (const subject of [`Re: guessed [#${ticket.id}]`, "Forged", "Copied"]) {
      const other = await ticketAbout(subject);
      expect(other.requester).not.toBe(ticket.requester);
    }
    expect(await textsOf(ticket.id)).toEqual(["It burns.", "Use water."]);
  });

  test("on a closed ticket follows the policy, and a machine's or a stranger's never reopens it", async () => {
    const { from, ticket, replyTo } = await answered("Dora");
    await agent.tickets.setStatus(ticket.id, "closed");
    const away = { "Auto-Submitted": "auto-replied" };
    await write({ from, to: replyTo, subject: "Out of office", text: "I am away.", headers: away });
    await write({ from: stranger, to: replyTo, subject: "Forwarded to me", text: "I know why." });
    expect(await desk.tickets.get(ticket.id)).toMatchObject({ status: "closed" });
    expect((await ticketAbout("Forwarded to me")).id).not.toBe(ticket.id);
    await write({ from, to: replyTo, subject: "Again", text: "It burns again." });
    expect(await desk.tickets.get(ticket.id)).toMatchObject({ status: "open", closedAt: null });
    expect(await textsOf(ticket.id)).toEqual(["It burns.", "Use water.", "I am away.", "It burns again."]);
  });

  test("on a closed ticket opens a new one where that is the policy", async () => {
    const other = "sales@test.local";
    const elsewhere = await startServer(other);
    const strict = await desks.open({
      channels: [mailbox(elsewhere, other)],
      policies: { followUp: { type: "new-ticket" } },
    });
    const id = "<first@customer.example>";
    await elsewhere.dovecot.deliver("anna@customer.example", [other], letter({ to: other, subject: "First", id }));
    await settled(strict, 1);
    const [first] = await ticketsOf(strict);
    await agentOf(strict).tickets.setStatus(first?.id ?? 0, "closed");
    const again = letter({ to: other, subject: "Second", headers: { "In-Reply-To": id } });
    await elsewhere.dovecot.deliver("anna@customer.example", [other], again);
    await settled(strict, 2);
    const tickets = await ticketsOf(strict);
    expect(tickets.map(({ subject, status, followsUp }) => [subject, status, followsUp])).toEqual([
      ["First", "closed", null],
      ["Second", "open", first?.id],
    ]);
    const [said] = await strict.messages.list(tickets[1]?.id ?? 0);
    expect(said?.text).toBe("About Second.");
    await strict.close();
    await elsewhere.stop();
  });

  test("of a machine that answers ours joins the ticket, changes nothing and is not answered", async () => {
    const { from, address, ticket, answer } = await answered("Emil");
    await agent.tickets.setStatus(ticket.id, "waiting_for_customer");
    const ref = headerOf(answer, "Message-ID") ?? "";
    const headers = { "In-Reply-To": ref, "Auto-Submitted": "auto-replied" };
    await write({ from, subject: "Automatic reply", text: "I am away until Monday.", headers });
    expect(await desk.tickets.get(ticket.id)).toMatchObject({ status: "waiting_for_customer" });
    expect(await textsOf(ticket.id)).toEqual(["It burns.", "Use water.", "I am away until Monday."]);
    expect(got(address)).toHaveLength(2);
  });

  test("and those that answer it join one ticket in their order, although all are read at once", async () => {
    const people = Array.from({ length: 8 }, (_, at) => `batch${at}`);
    const lettersOf = (name: string) =>
      [1, 2, 3].map((n) =>
        letter({
          from: `<${name}@customer.example>`,
          subject: `All at once: ${name}`,
          text: `Part ${n}.`,
          id: ref(name, n),
          headers: n === 1 ? {} : { "In-Reply-To": ref(name, n - 1) },
        }),
      );
    server.dovecot.place(support, people.flatMap(lettersOf));
    written += people.length * 3;
    await settled(desk, written);
    const tickets = (await ticketsOf(desk)).filter(({ subject }) => subject.startsWith("All at once"));
    expect(tickets.map(({ subject }) => subject).sort()).toEqual(people.map((name) => `All at once: ${name}`));
    for (const { id } of tickets) expect(await textsOf(id)).toEqual(["Part 1.", "Part 2.", "Part 3."]);
  });
});
