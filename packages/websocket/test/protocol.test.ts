import { InvalidInput } from "@deskwright/core";
import { expect, test } from "vitest";
import type { LiveProtocol } from "../src/index.ts";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

/** One ticket by its path; the host's texts are words, not JSON. */
const words: LiveProtocol = {
  hello: ({ actor, params }) => [`welcome ${actor?.role} to ${params["id"]}`],
  receive: (text, { params }) => {
    const ticketId = Number(params["id"]);
    if (text === "ping") return { type: "ping" };
    if (text === "") throw new InvalidInput({ issues: [{ path: ["text"], message: "Say something" }] });
    return { type: "message", ticketId, text };
  },
  send: (frame) => {
    switch (frame.type) {
      case "pong":
        return "pong";
      case "error":
        return `sorry: ${frame.error.errors?.[0]?.message ?? frame.error.code}`;
      case "event":
        return frame.message ? `said: ${frame.message.text}` : null;
      default:
        return null;
    }
  },
};

test("a host's own frames go both ways, and only what it has words for", async () => {
  const { desk, url } = await openOffice({
    path: "/ws/:id",
    subscribe: ({ id }) => [{ ticketId: Number(id) }],
    protocol: words,
  });
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const path = `/ws/${ticket.id}`;
  const [ann, bob] = await Promise.all([
    Client.connect(url("customer:ann", path)),
    Client.connect(url("agent:bob", path)),
  ]);
  await ann.until(() => ann.texts.length === 1);
  ann.socket.send("ping");
  ann.socket.send("");
  ann.socket.send("Help!");
  await bob.until(() => bob.texts.length === 2);
  await ann.until(() => ann.texts.length === 4);
  expect(ann.texts).toEqual([`welcome customer to ${ticket.id}`, "pong", "sorry: Say something", "said: Help!"]);
  expect(bob.texts).toEqual([`welcome agent to ${ticket.id}`, "said: Help!"]);
});

test("a frame of any length arrives whole", async () => {
  const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000];
  const { desk, url } = await openOffice({
    subscribe: () => [{ ticketId: 1 }],
    protocol: {
      hello: () => ["hello"],
      receive: () => null,
      send: (frame) => (frame.type === "event" && frame.message ? "x".repeat(Number(frame.message.text)) : null),
    },
  });
  await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "0" });
  const bob = await Client.connect(url("agent:bob"));
  await bob.until(() => bob.texts.length === 1);
  for (const size of sizes) await desk.messages.reply(1, { text: `${size}` });
  await bob.until(() => bob.texts.length > sizes.length);
  expect(bob.texts.slice(1).map((text) => text.length)).toEqual(sizes);
});

test("a frame that many hear is put into words once", async () => {
  let encoded = 0;
  const { desk, url } = await openOffice({
    path: "/ws/:id",
    subscribe: ({ id }) => [{ ticketId: Number(id) }],
    protocol: {
      ...words,
      send: (frame) => {
        if (frame.type === "event") encoded++;
        return words.send(frame);
      },
    },
  });
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const path = `/ws/${ticket.id}`;
  const people = ["agent:bob", "agent:carol", "admin:root", "agent:bob"];
  const clients = await Promise.all(people.map((who) => Client.connect(url(who, path))));
  for (const client of clients) await client.until(() => client.texts.length === 1);
  await desk.messages.note(ticket.id, { text: "Water" });
  for (const client of clients) await client.until(() => client.texts.includes("said: Water"));
  expect(encoded).toBe(1);
});

/** Logs in by its first text, as in `I am agent:bob`, and then hears one ticket. */
const introduced: LiveProtocol = {
  ...words,
  login: { deadlineMs: 200 },
  receive: async (text, context) => {
    const ticketId = Number(context.params["id"]);
    if (context.actor !== null) return words.receive(text, context);
    const who = text.match(/^I am (\S+)$/)?.[1];
    if (who === undefined) {
      context.close(1008, "Who are you?");
      return null;
    }
    await context.login(personOf(who));
    return { type: "subscribe", ticketId };
  },
};

test("a socket may log in by its first frame", async () => {
  const { desk, url } = await openOffice({ path: "/ws/:id", actor: () => null, protocol: introduced });
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const bob = await Client.connect(url("", `/ws/${ticket.id}`));
  bob.socket.send("I am agent:bob");
  await bob.until(() => bob.texts.includes(`welcome agent to ${ticket.id}`));
  bob.socket.send("Hello");
  await bob.until(() => bob.texts.includes("said: Hello"));

  const eve = await Client.connect(url("", `/ws/${ticket.id}`));
  eve.socket.send("I am customer:eve");
  await eve.until(() => eve.texts.includes("sorry: NotFound"));
});

test("a socket that does not log in is closed with 1008, at once for a wrong word and else by the deadline", async () => {
  const { url } = await openOffice({ path: "/ws/:id", actor: () => null, protocol: introduced });
  const [silent, wrong] = await Promise.all([Client.connect(url("", "/ws/1")), Client.connect(url("", "/ws/1"))]);
  wrong.socket.send("Let me in");
  expect(await wrong.closed).toEqual({ code: 1008, reason: "Who are you?" });
  expect((await silent.closed).code).toBe(1008);
});

test("a login that names a ticket of somebody else closes the socket with 1008", async () => {
  const { desk, url } = await openOffice({
    path: "/ws/:id",
    actor: () => null,
    subscribe: ({ id }) => [{ ticketId: Number(id) }],
    protocol: introduced,
  });
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const eve = await Client.connect(url("", `/ws/${ticket.id}`));
  eve.socket.send("I am customer:eve");
  expect((await eve.closed).code).toBe(1008);
});

/** Opens a ticket with the first text; an agent is told what is assigned to them and then hears it. */
const frontDesk: LiveProtocol = {
  receive: async (text, context) => {
    const { desk, tickets, actor } = context;
    if (actor?.role === "agent") return text === "listen" ? { type: "subscribe", inbox: true } : null;
    const [ticketId] = tickets;
    if (ticketId !== undefined) return { type: "message", ticketId, text };
    const after = context.position;
    const ticket = await desk.tickets.open({ subject: text, text });
    context.send(`ticket ${ticket.id}`);
    return { type: "subscribe", ticketId: ticket.id, after };
  },
  wants: (frame, context) => {
    if (frame.type !== "event" || context.actor?.role === "customer") return true;
    const { event } = frame;
    if (event.type === "TicketAssigned" && event.to === context.actor?.user) {
      void context.take({ type: "subscribe", ticketId: event.ticketId, after: event.position });
      return true;
    }
    return "ticketId" in event && context.tickets.has(event.ticketId);
  },
  send: (frame) => {
    if (frame.type !== "event") return null;
    const { event, message } = frame;
    if (event.type === "TicketAssigned") return `assigned ${event.ticketId}`;
    return message ? `${event.type} ${message.text}` : null;
  },
};

test("a protocol may open tickets, and subscribe a socket because of what it hears", async () => {
  const { desk, url } = await openOffice({ protocol: frontDesk });
  const [ann, bob, carol] = await Promise.all(
    ["customer:ann", "agent:bob", "agent:carol"].map((who) => Client.connect(url(who))),
  );
  bob?.socket.send("listen");
  carol?.socket.send("listen");
  ann?.socket.send("It burns");
  await ann?.until(() => ann.texts.length === 2);
  expect(ann?.texts).toEqual(["ticket 1", "TicketOpened It burns"]);
  await desk.tickets.update(1, { assignee: { externalId: "bob" } });
  await bob?.until(() => bob.texts.includes("assigned 1"));
  ann?.socket.send("Still");
  await bob?.until(() => bob.texts.includes("MessageReceived Still"));
  await desk.tickets.update(1, { assignee: { externalId: "carol" } });
  await carol?.until(() => carol.texts.includes("assigned 1"));
  expect(carol?.texts).toEqual(["assigned 1"]);
});

test("a protocol that throws loses its frame and nothing else", async () => {
  const { desk, url } = await openOffice({
    protocol: {
      ...words,
      receive: () => ({ type: "subscribe", inbox: true }),
      send: (frame) => {
        if (frame.type === "event" && frame.message?.text === "bang") throw new Error("bang");
        return words.send(frame);
      },
    },
  });
  const bob = await Client.connect(url("agent:bob"));
  bob.socket.send("listen");
  const ann = desk.as(personOf("customer:ann"));
  const ticket = await ann.tickets.open({ subject: "Printer", text: "one" });
  await bob.until(() => bob.texts.includes("said: one"));
  await ann.messages.reply(ticket.id, { text: "bang" });
  await ann.messages.reply(ticket.id, { text: "two" });
  await bob.until(() => bob.texts.includes("said: two"));
});
