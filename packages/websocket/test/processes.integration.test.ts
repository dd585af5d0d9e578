import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { postgres } from "@deskwright/postgres";
import { expect, inject, onTestFinished, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";
import { dice, sendOff, Wanderer } from "./Wanderer.ts";

const databaseUrl = inject("databaseUrl");
const newSchema = () => `live_${randomUUID().replaceAll("-", "").slice(0, 12)}`;

/** Two helpdesks, each with its own connections and sockets, over one database. */
const openTwo = async (presenceMs: number) => {
  const schema = newSchema();
  const storage = () => postgres({ url: databaseUrl, schema, maxConnections: 6 });
  const here = await openOffice({ presenceMs }, { storage: storage() });
  const there = await openOffice({ presenceMs }, { storage: storage() });
  // "From now on" is what a process has not handed out yet: the opening is of the past once both have.
  const ears = await Promise.all([here, there].map(({ url }) => Client.connect(url("agent:ear"))));
  for (const ear of ears) await ear.ask({ type: "subscribe", inbox: true, ref: 1 });
  const ticket = await here.desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  for (const ear of ears) {
    await ear.until(() => ear.said.includes("It burns"));
    await ear.close();
  }
  return { here, there, ticket, schema };
};

test("who is connected to one process hears what is said through another", async () => {
  const { here, there, ticket } = await openTwo(15_000);
  const ann = await Client.connect(here.url("customer:ann"));
  const bob = await Client.connect(there.url("agent:bob"));
  for (const client of [ann, bob]) await client.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  await ann.until(() => ann.of("live").some(({ state, role }) => state === "here" && role === "agent"));
  await bob.ask({ type: "typing", ticketId: ticket.id, ref: 2 });
  await ann.until(() => ann.of("live").some(({ state }) => state === "typing"));
  bob.send({ type: "message", ticketId: ticket.id, text: "Step away" });
  await ann.until(() => ann.said.includes("Step away"));
  ann.send({ type: "message", ticketId: ticket.id, text: "I did" });
  for (const client of [ann, bob]) await client.until(() => client.said.length === 2);
  for (const { said } of [ann, bob]) expect(said).toEqual(["Step away", "I did"]);
  const carol = await Client.connect(here.url("agent:carol"));
  const subscribed = await carol.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  const roles = subscribed.type === "subscribed" ? subscribed.present?.map(({ role }) => role).sort() : [];
  expect(roles).toEqual(["agent", "customer"]);
  await bob.close();
  await ann.until(() => ann.of("live").some(({ state }) => state === "gone"));
});

test("clients that go from process to process hear every message once and in order", async () => {
  const { here, there, ticket } = await openTwo(0);
  const people = ["customer:ann", "agent:bob", "admin:root"];
  const count = 300;
  const wanderers = Array.from({ length: 8 }, (_, index) => {
    const who = people[index % people.length] as string;
    const target = index < 5 ? { ticketId: ticket.id } : { inbox: true as const };
    return new Wanderer([here.url(who), there.url(who)], target, dice(index));
  });
  const { home } = await sendOff(wanderers, count);
  const desks = [here.desk, there.desk].map((desk) => desk.as(personOf("customer:ann")));
  const order: Array<string> = [];
  // Three writers, in two processes: which message comes first is for the database to say.
  await Promise.all(
    [0, 1, 2].map(async (writer) => {
      for (let index = 0; index < count / 3; index++)
        await desks[writer % 2]?.messages.reply(ticket.id, { text: `${writer}:${index}` });
    }),
  );
  await home;
  for (let after = 0; ; ) {
    const { events, position } = await here.desk.eventPage({ after, ticketId: ticket.id, limit: 1_000 });
    for (const event of events)
      if (event.type === "MessageReceived") order.push((await here.desk.messages.get(event.messageId)).text);
    if (position === after) break;
    after = position;
  }
  expect(order).toHaveLength(count);
  for (const { said, drops } of wanderers) {
    expect(said).toEqual(order);
    expect(drops).toBeGreaterThan(3);
  }
});

test("whoever was connected to a process that is killed is gone a little later", async () => {
  const { here, ticket, schema } = await openTwo(200);
  const child = fork(new URL("./otherProcess.ts", import.meta.url), [databaseUrl, schema]);
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [port] = await once(child, "message");
  const ann = await Client.connect(here.url("customer:ann"));
  await ann.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  const bob = await Client.connect(`ws://127.0.0.1:${port}/live?as=bob`);
  await bob.ask({ type: "subscribe", ticketId: ticket.id, ref: 1 });
  await ann.until(() => ann.of("live").some(({ state }) => state === "here"));
  child.kill("SIGKILL");
  await bob.closed;
  await ann.until(() => ann.of("live").at(-1)?.state === "gone");
});
