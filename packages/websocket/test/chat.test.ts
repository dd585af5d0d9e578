import { expect, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

const openTicket = async (who = "customer:ann") => {
  const office = await openOffice();
  const customer = office.desk.as(personOf(who));
  const agent = office.desk.as(personOf("agent:bob"));
  const ticket = await customer.tickets.open({ subject: "Printer", text: "It burns" });
  return { ...office, customer, agent, ticket };
};

test("a socket is greeted with its actor and the position to go on from", async () => {
  const { url, customer, ticket } = await openTicket();
  const client = await Client.connect(url("customer:ann"));
  const hello = await client.get(({ type }) => type === "hello");
  expect(client.frames[0]).toEqual(hello);
  expect(hello).toEqual({ type: "hello", position: expect.any(Number), actor: await customer.actor() });
  const history = await customer.tickets.history(ticket.id);
  await client.until(() => client.of("hello")[0]?.position === history.at(-1)?.position);
});

test("what one side says reaches the other, however it was said", async () => {
  const { url, agent, customer, ticket } = await openTicket();
  const [ann, bob] = await Promise.all([Client.connect(url("customer:ann")), Client.connect(url("agent:bob"))]);
  for (const client of [ann, bob])
    expect(await client.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 })).toMatchObject({ type: "subscribed" });
  ann.send({ type: "message", ticketId: ticket.id, text: "by socket" });
  await bob.until(() => bob.said.includes("by socket"));
  await agent.messages.reply(ticket.id, { text: "by a call" });
  await customer.messages.reply(ticket.id, { text: "and back" });
  for (const client of [ann, bob]) await client.until(() => client.said.length === 3);
  expect(ann.said).toEqual(["by socket", "by a call", "and back"]);
  expect(bob.said).toEqual(ann.said);
});

test("a message is acknowledged as it was stored, and its key makes it once", async () => {
  const { url, agent, ticket } = await openTicket();
  const ann = await Client.connect(url("customer:ann"));
  const frame = { type: "message", ticketId: ticket.id, text: "Hello?", once: "a1" } as const;
  const first = await ann.ask({ ...frame, ref: "x" });
  const again = await ann.ask({ ...frame, ref: "y" });
  const messages = await agent.messages.list(ticket.id);
  expect(messages).toHaveLength(2);
  expect(first).toMatchObject({ type: "ack", ref: "x", message: { id: messages[1]?.id, text: "Hello?" } });
  expect(again).toMatchObject({ type: "ack", ref: "y", message: { id: messages[1]?.id } });
});

test("every refusal is answered with the ref of its frame, and names the field", async () => {
  const { url, ticket } = await openTicket();
  const ann = await Client.connect(url("customer:ann"));
  const refused = async (frame: object) => {
    const before = ann.of("error").length;
    ann.socket.send(JSON.stringify({ ...frame, ref: before }));
    await ann.until(() => ann.of("error").length > before);
    const answer = ann.of("error")[before];
    expect(answer).toMatchObject({ ref: before, error: { code: "InvalidInput" } });
    return answer?.error.errors?.map(({ path }) => path.join("."));
  };
  expect(await refused({ type: "message", ticketId: ticket.id, text: " " })).toEqual(["text"]);
  expect(await refused({ type: "message", ticketId: ticket.id, txt: "Hi" })).toEqual(["txt", "text"]);
  expect(await refused({ type: "subscribe", ticketId: "seven" })).toEqual(["ticketId"]);
  expect(await refused({ type: "subscribe", ticketId: 0, after: -1 })).toEqual(["ticketId", "after"]);
  expect(await refused({ type: "subscribe", inbox: false })).toEqual(["inbox"]);
  expect(await refused({ type: "typing", inbox: true })).toEqual(["type"]);
  expect(await refused({ type: "dance" })).toEqual(["type"]);
  expect(await refused({ type: "constructor" })).toEqual(["type"]);
  for (const nonsense of ["{not json", "7", "null", '"ping"']) ann.socket.send(nonsense);
  await ann.until(() => ann.of("error").length === 12);
  expect(await ann.ask({ type: "ping", ref: "still here" })).toEqual({ type: "pong", ref: "still here" });
});

test("notes never reach a customer, and do reach the agents", async () => {
  const { url, agent, ticket } = await openTicket();
  const [ann, bob] = await Promise.all([Client.connect(url("customer:ann")), Client.connect(url("agent:bob"))]);
  for (const client of [ann, bob]) await client.ask({ type: "subscribe", ticketId: ticket.id, after: 0, ref: 1 });
  await agent.messages.note(ticket.id, { text: "rude customer" });
  await agent.tickets.update(ticket.id, { tags: ["rude"] });
  await agent.messages.reply(ticket.id, { text: "Dear Ann" });
  for (const client of [ann, bob]) await client.until(() => client.said.includes("Dear Ann"));
  expect(bob.said).toEqual(["It burns", "rude customer", "Dear Ann"]);
  expect(bob.of("event").find(({ event }) => event.type === "TagsChanged")?.ticket?.tags).toEqual(["rude"]);
  expect(ann.said).toEqual(["It burns", "Dear Ann"]);
  expect(ann.texts.join()).not.toContain("rude");
  const status = ann.of("event").find(({ event }) => event.type === "StatusChanged");
  expect(status?.ticket).toMatchObject({ status: "in_progress", tags: [] });
});

test("somebody else's ticket is refused in the same words as one that does not exist", async () => {
  const { url, ticket } = await openTicket();
  const eve = await Client.connect(url("customer:eve"));
  const theirs = await eve.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  const nobodys = await eve.ask({ type: "subscribe", ticketId: 999, ref: 1.5 });
  expect(theirs).toMatchObject({ type: "error", error: { code: "NotFound" } });
  expect(JSON.stringify(nobodys)).toBe(
    JSON.stringify(theirs).replace(`ticket ${ticket.id}`, "ticket 999").replace(":1}", ":1.5}"),
  );
  for (const type of ["typing", "read"] as const)
    expect(await eve.ask({ type, ticketId: ticket.id, ref: type })).toMatchObject({ error: { code: "NotFound" } });
  expect(await eve.ask({ type: "message", ticketId: ticket.id, text: "Hi", ref: 2 })).toMatchObject({
    error: { code: "NotFound" },
  });
});

test("an agent of another tenant hears and reaches nothing", async () => {
  const { url, customer, ticket } = await openTicket();
  const spy = await Client.connect(url("agent:bob:acme"));
  const refused = await spy.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  expect(refused).toMatchObject({ type: "error", error: { code: "NotFound" } });
  await spy.ask({ type: "subscribe", inbox: true, after: 0, ref: 2 });
  await customer.messages.reply(ticket.id, { text: "secret" });
  const bob = await Client.connect(url("agent:bob"));
  await bob.ask({ type: "subscribe", inbox: true, after: 0, ref: 1 });
  await bob.until(() => bob.said.includes("secret"));
  expect(spy.said).toEqual([]);
  expect(spy.of("event").filter(({ event }) => event.tenant !== "acme")).toEqual([]);
});

test("read marks, edits and deletions are told", async () => {
  const { url, agent, ticket } = await openTicket();
  const bob = await Client.connect(url("agent:bob"));
  await bob.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  expect(await bob.ask({ type: "read", ticketId: ticket.id, ref: 2 })).toEqual({ type: "ack", ref: 2 });
  await bob.until(() => bob.of("event").some(({ event }) => event.type === "TicketRead"));
  expect(bob.of("event")[0]?.ticket?.unread).toEqual({ customer: 0, agents: 0 });
  const reply = await agent.messages.reply(ticket.id, { text: "Wrog" });
  await agent.messages.edit(reply.id, { text: "Wrong" });
  await bob.until(() => bob.said.includes("Wrong"));
});

test("an unsubscribed ticket is silent", async () => {
  const { url, customer, ticket } = await openTicket();
  const [ann, bob] = await Promise.all([Client.connect(url("customer:ann")), Client.connect(url("agent:bob"))]);
  for (const client of [ann, bob]) await client.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  await customer.messages.reply(ticket.id, { text: "one" });
  await bob.until(() => bob.said.length === 1);
  expect(await bob.ask({ type: "unsubscribe", ticketId: ticket.id, ref: 2 })).toEqual({
    type: "unsubscribed",
    ticketId: ticket.id,
    ref: 2,
  });
  await customer.messages.reply(ticket.id, { text: "two" });
  await ann.until(() => ann.said.includes("two"));
  await bob.ask({ type: "subscribe", inbox: true, ref: 3 });
  await customer.messages.reply(ticket.id, { text: "three" });
  await bob.until(() => bob.said.includes("three"));
  expect(bob.said).toEqual(["one", "three"]);
});
