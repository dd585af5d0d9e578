import { expect, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";
import { dice, sendOff, Wanderer } from "./Wanderer.ts";

test("clients that drop and resume at random hear every message once and in order", { timeout: 30_000 }, async () => {
  const { desk, url } = await openOffice();
  const ann = desk.as(personOf("customer:ann"));
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  const count = 400;
  const people = ["customer:ann", "agent:bob", "admin:root"];
  const wanderers = Array.from({ length: 8 }, (_, index) => {
    const target = index < 5 ? { ticketId: ticket.id } : { inbox: true as const };
    return new Wanderer([url(people[index % 3] as string)], target, dice(index));
  });
  const { home } = await sendOff(wanderers, count);
  const wanted = Array.from({ length: count }, (_, index) => `${index}`);
  for (const text of wanted) {
    await ann.messages.reply(ticket.id, { text });
    await new Promise(setImmediate);
  }
  await home;
  for (const { said, drops } of wanderers) {
    expect(said).toEqual(wanted);
    expect(drops).toBeGreaterThan(3);
  }
});

test("what was missed is replayed before what is new, from any position", async () => {
  const { desk, url } = await openOffice();
  const ann = desk.as(personOf("customer:ann"));
  const ticket = await ann.tickets.open({ subject: "Printer", text: "0" });
  for (let index = 1; index < 250; index++) await ann.messages.reply(ticket.id, { text: `${index}` });
  const bob = await Client.connect(url("agent:bob"));
  await bob.ask({ type: "subscribe", ticketId: ticket.id, after: 0, ref: 1 });
  await ann.messages.reply(ticket.id, { text: "250" });
  await bob.until(() => bob.said.length >= 251);
  expect(bob.said).toEqual(Array.from({ length: 251 }, (_, index) => `${index}`));
  const positions = bob.of("event").map(({ event }) => event.position);
  expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
});

test("asked again without a position, a subscription goes on as it is", async () => {
  const { desk, url } = await openOffice();
  const ann = desk.as(personOf("customer:ann"));
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  const bob = await Client.connect(url("agent:bob"));
  await bob.ask({ type: "subscribe", ticketId: ticket.id, after: 0, ref: 1 });
  await bob.ask({ type: "subscribe", ticketId: ticket.id, ref: 2 });
  await ann.messages.reply(ticket.id, { text: "Hello?" });
  await bob.until(() => bob.said.length === 2);
  expect(bob.said).toEqual(["It burns", "Hello?"]);
});

test("many who come back at once share what is read for them", async () => {
  let read = 0;
  const { desk, url } = await openOffice({
    subscribe: () => [{ ticketId: 1, after: 0 }],
    protocol: {
      receive: () => null,
      send: () => null,
      event: async ({ message }) => {
        read++;
        return message?.text ?? null;
      },
    },
  });
  const ann = desk.as(personOf("customer:ann"));
  await ann.tickets.open({ subject: "Printer", text: "0" });
  for (let index = 1; index < 10; index++) await ann.messages.reply(1, { text: `${index}` });
  const clients = await Promise.all(Array.from({ length: 50 }, () => Client.connect(url("agent:bob"))));
  for (const client of clients) await client.until(() => client.texts.length === 10);
  for (const { texts } of clients) expect(texts).toEqual(Array.from({ length: 10 }, (_, index) => `${index}`));
  expect(read).toBeLessThan(250);
});
