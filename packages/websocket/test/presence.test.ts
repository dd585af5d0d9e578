import { expect, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

const openTicket = async (presenceMs?: number) => {
  const office = await openOffice({ ...(presenceMs !== undefined && { presenceMs }) });
  const ticket = await office.desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const idOf = async (who: string) => (await office.desk.as(personOf(who)).actor()).user as number;
  const join = async (who: string) => {
    const client = await Client.connect(office.url(who));
    const subscribed = await client.ask({ type: "subscribe", ticketId: ticket.id, ref: "join" });
    return { client, present: subscribed.type === "subscribed" ? subscribed.present : undefined };
  };
  return { ...office, ticket, idOf, join };
};

const states = (client: Client) => client.of("live").map(({ state, user }) => `${user} ${state}`);

test("typing is shown to the others on the ticket and not to who types", async () => {
  const { join, ticket, idOf, url } = await openTicket();
  const [ann, bob] = [(await join("customer:ann")).client, (await join("agent:bob")).client];
  const eve = await Client.connect(url("customer:eve"));
  const me = await idOf("agent:bob");
  await bob.ask({ type: "typing", ticketId: ticket.id, ref: 1 });
  await bob.ask({ type: "typing", ticketId: ticket.id, typing: false, ref: 2 });
  await ann.until(() => states(ann).includes(`${me} stopped-typing`));
  expect(states(ann).filter((state) => state.includes("typing"))).toEqual([`${me} typing`, `${me} stopped-typing`]);
  await bob.ask({ type: "ping", ref: 3 });
  expect(states(bob).filter((state) => state.includes("typing"))).toEqual([]);
  expect(await eve.ask({ type: "typing", ticketId: ticket.id, ref: 1 })).toMatchObject({ error: { code: "NotFound" } });
});

test("who comes and who goes is told, and who comes later learns who is there", async () => {
  const { join, idOf } = await openTicket();
  const [annId, bobId] = [await idOf("customer:ann"), await idOf("agent:bob")];
  const ann = await join("customer:ann");
  expect(ann.present).toEqual([]);
  const bob = await join("agent:bob");
  await ann.client.until(() => states(ann.client).includes(`${bobId} here`));
  const carol = await join("agent:carol");
  expect(carol.present).toEqual(
    expect.arrayContaining([
      { role: "customer", user: annId },
      { role: "agent", user: bobId },
    ]),
  );
  await bob.client.close();
  await ann.client.until(() => states(ann.client).includes(`${bobId} gone`));
  expect(states(bob.client)).not.toContain(`${bobId} here`);
});

test("one of two sockets of the same person may go without them being gone", async () => {
  const { join, idOf } = await openTicket();
  const bobId = await idOf("agent:bob");
  const ann = await join("customer:ann");
  const [first, second] = [await join("agent:bob"), await join("agent:bob")];
  await ann.client.until(() => states(ann.client).includes(`${bobId} here`));
  await first.client.close();
  await second.client.ask({ type: "ping", ref: 1 });
  await second.client.close();
  await ann.client.until(() => states(ann.client).includes(`${bobId} gone`));
  expect(states(ann.client)).toEqual([`${bobId} here`, `${bobId} gone`]);
});

test("a process that died takes its people with it after a while", async () => {
  const { join, desk, ticket, idOf } = await openTicket(100);
  const ann = await join("customer:ann");
  const ghost = await idOf("agent:ghost");
  // What a process that is killed at once leaves behind: one word that somebody came.
  await desk.as(personOf("agent:ghost")).live.tell(ticket.id, "here");
  await ann.client.until(() => states(ann.client).includes(`${ghost} here`));
  await ann.client.until(() => states(ann.client).includes(`${ghost} gone`));
  const bob = await join("agent:bob");
  expect(bob.present).toEqual([{ role: "customer", user: await idOf("customer:ann") }]);
});

test("with no interval nobody is shown, and typing still is", async () => {
  const { join, ticket, idOf } = await openTicket(0);
  const [ann, bob] = [await join("customer:ann"), await join("agent:bob")];
  await bob.client.ask({ type: "typing", ticketId: ticket.id, ref: 1 });
  await ann.client.until(() => states(ann.client).length > 0);
  expect(states(ann.client)).toEqual([`${await idOf("agent:bob")} typing`]);
  expect(bob.present).toEqual([]);
});
