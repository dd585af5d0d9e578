import { expect, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

const openInboxes = async (...people: ReadonlyArray<string>) => {
  const office = await openOffice();
  const clients = await Promise.all(people.map((who) => Client.connect(office.url(who))));
  for (const client of clients) await client.ask({ type: "subscribe", inbox: true, ref: "inbox" });
  return {
    ...office,
    clients,
    ann: office.desk.as(personOf("customer:ann")),
    bob: office.desk.as(personOf("agent:bob")),
  };
};

test("an agent's inbox tells of new tickets, assignments and statuses, each with the ticket as it is", async () => {
  const { clients, ann, bob } = await openInboxes("agent:bob");
  const [inbox] = clients as [Client];
  const me = (await bob.actor()).user as number;
  const { id } = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  await inbox.until(() => inbox.of("event").some(({ event }) => event.type === "TicketOpened"));
  expect(inbox.of("event").find(({ event }) => event.type === "TicketOpened")).toMatchObject({
    ticket: { id, subject: "Printer", unread: { agents: 1 } },
    message: { text: "It burns" },
  });
  await bob.tickets.update(id, { assignee: me });
  await bob.tickets.setStatus(id, "resolved");
  await inbox.until(() => inbox.of("event").some(({ event }) => event.type === "StatusChanged"));
  const told = inbox.of("event").filter(({ event }) => "ticketId" in event);
  expect(told.map(({ event }) => event.type)).toEqual(["TicketOpened", "TicketAssigned", "StatusChanged"]);
  expect(told.at(-1)?.ticket).toMatchObject({ assignee: me, status: "resolved" });
});

test("a customer's inbox holds their own tickets and nobody else's", async () => {
  const { clients, ann, bob, desk } = await openInboxes("customer:ann", "customer:eve");
  const [anns, eves] = clients as [Client, Client];
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  await bob.messages.note(ticket.id, { text: "again" });
  await bob.messages.reply(ticket.id, { text: "Water!" });
  await desk.as(personOf("customer:eve")).tickets.open({ subject: "Mine", text: "mine alone" });
  await eves.until(() => eves.said.length > 0);
  await anns.until(() => anns.said.length > 1);
  expect(anns.said).toEqual(["It burns", "Water!"]);
  expect(eves.said).toEqual(["mine alone"]);
});

test("an event that a socket's inbox and one of its tickets both hear comes once", async () => {
  const { clients, ann, url } = await openInboxes("agent:bob");
  const [both] = clients as [Client];
  const ticket = await ann.tickets.open({ subject: "Printer", text: "0" });
  await both.until(() => both.said.length === 1);
  await both.ask({ type: "subscribe", ticketId: ticket.id, ref: 2 });
  for (let index = 1; index < 50; index++) await ann.messages.reply(ticket.id, { text: `${index}` });
  await both.until(() => both.said.includes("49"));
  expect(both.said).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));

  const later = await Client.connect(url("agent:bob"));
  await later.ask({ type: "subscribe", ticketId: ticket.id, after: 0, ref: 1 });
  await later.ask({ type: "subscribe", inbox: true, after: 0, ref: 2 });
  await ann.messages.reply(ticket.id, { text: "50" });
  await later.until(() => later.said.includes("50"));
  expect(later.said).toEqual(Array.from({ length: 51 }, (_, index) => `${index}`));
});

test("a ticket that goes to another customer is heard by them, and no more by the first", async () => {
  const { clients, ann, bob, desk } = await openInboxes("customer:ann", "customer:eve");
  const [anns, eves] = clients as [Client, Client];
  const eve = (await desk.as(personOf("customer:eve")).actor()).user as number;
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  await anns.ask({ type: "subscribe", ticketId: ticket.id, after: 0, ref: 1 });
  await anns.until(() => anns.said.length > 0);
  await bob.tickets.update(ticket.id, { requester: eve });
  const revoked = await anns.get((frame) => frame.type === "error");
  expect(revoked).toMatchObject({ type: "error", ticketId: ticket.id, error: { code: "NotFound" } });
  await bob.messages.reply(ticket.id, { text: "for Eve alone" });
  await eves.until(() => eves.said.includes("for Eve alone"));
  await anns.ask({ type: "ping", ref: 2 });
  expect(anns.said).not.toContain("for Eve alone");
});

test("a deleted ticket is told to be deleted and can't be subscribed to again", async () => {
  const { clients, ann, desk } = await openInboxes("customer:ann");
  const [anns] = clients as [Client];
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  await anns.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  await desk.as(personOf("admin:root")).tickets.remove(ticket.id);
  await anns.until(() => anns.of("event").some(({ event }) => event.type === "TicketDeleted"));
  expect(anns.of("event").find(({ event }) => event.type === "TicketDeleted")?.ticket).toBeUndefined();
  expect(await anns.ask({ type: "subscribe", ticketId: ticket.id, ref: 2 })).toMatchObject({
    error: { code: "NotFound" },
  });
});

test("an agent is told nothing of tickets that the host's rule hides from them, and all of the others", async () => {
  const { url, desk } = await openOffice(
    {},
    {
      authorize: ({ role, user }, action, { ticket, message }) => {
        if (role !== "agent" || action !== "ticket.read") return undefined;
        return ticket?.requester === user ? true : ticket?.subject === "open" && !message?.text.includes("secret");
      },
    },
  );
  const bob = await Client.connect(url("agent:bob"));
  const root = await Client.connect(url("admin:root"));
  for (const client of [bob, root]) await client.ask({ type: "subscribe", inbox: true, ref: 1 });
  const ann = desk.as(personOf("customer:ann"));
  const hidden = await ann.tickets.open({ subject: "hidden", text: "no" });
  const open = await ann.tickets.open({ subject: "open", text: "yes" });
  await ann.messages.reply(open.id, { text: "secret" });
  expect(await bob.ask({ type: "subscribe", ticketId: hidden.id, ref: 2 })).toMatchObject({
    error: { code: "NotFound" },
  });
  await bob.ask({ type: "subscribe", ticketId: open.id, ref: 3 });
  await ann.messages.reply(open.id, { text: "end" });
  for (const client of [bob, root]) await client.until(() => client.said.includes("end"));
  expect(root.said).toEqual(["no", "yes", "secret", "end"]);
  expect(bob.said).toEqual(["yes", "end"]);
  await desk.tickets.update(open.id, { subject: "closed to them" });
  expect(await bob.get((frame) => frame.type === "error" && frame.ref === undefined)).toMatchObject({
    ticketId: open.id,
    error: { code: "NotFound" },
  });
});
