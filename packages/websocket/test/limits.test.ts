import { expect, test } from "vitest";
import { fullBucket, take } from "../src/bucket.ts";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

test("a frame that is too large closes the socket with 1009", async () => {
  const { url } = await openOffice({ maxPayload: 1_000 });
  const client = await Client.connect(url("agent:bob"));
  await client.ask({ type: "ping", ref: "x".repeat(200) });
  client.send({ type: "message", ticketId: 1, text: "x".repeat(1_000) });
  expect((await client.closed).code).toBe(1009);
});

test("a binary frame closes the socket with 1003", async () => {
  const { url } = await openOffice();
  const client = await Client.connect(url("agent:bob"));
  client.socket.send(Buffer.from("{}"));
  expect((await client.closed).code).toBe(1003);
});

test("a socket has no more subscriptions than it may, and may change one it has", async () => {
  const { desk, url } = await openOffice({ maxSubscriptions: 2 });
  const ann = desk.as(personOf("customer:ann"));
  const tickets = [];
  for (let index = 0; index < 3; index++)
    tickets.push(await ann.tickets.open({ subject: "Printer", text: "It burns" }));
  const client = await Client.connect(url("agent:bob"));
  const subscribe = (ticketId: number, after?: number) =>
    client.ask({
      type: "subscribe",
      ticketId,
      ref: `${ticketId} ${after}`,
      ...(after !== undefined && { after }),
    });
  expect((await subscribe(1)).type).toBe("subscribed");
  expect((await subscribe(2)).type).toBe("subscribed");
  expect(await subscribe(3)).toMatchObject({ type: "error", error: { code: "NotAllowed" } });
  expect((await subscribe(2, 0)).type).toBe("subscribed");
  await client.ask({ type: "unsubscribe", ticketId: 1, ref: "off" });
  expect((await subscribe(3, 0)).type).toBe("subscribed");
});

test("frames above the rate wait, and none is lost", async () => {
  const { url } = await openOffice({ rate: { burst: 5, perSecond: 100 } });
  const client = await Client.connect(url("agent:bob"));
  const began = performance.now();
  for (let ref = 0; ref < 45; ref++) client.send({ type: "ping", ref });
  await client.until(() => client.of("pong").length === 45);
  expect(performance.now() - began).toBeGreaterThan(350);
  expect(client.of("pong").map(({ ref }) => ref)).toEqual(Array.from({ length: 45 }, (_, index) => index));
});

test("a bucket gives a burst at once, then its rate, and saves up no more than a burst", () => {
  const rate = { burst: 2, perSecond: 10 };
  let bucket = fullBucket(rate, 0);
  const waits: Array<number> = [];
  for (const now of [0, 0, 0, 0, 200, 10_000, 10_000, 10_000]) {
    const taken = take(bucket, rate, now);
    bucket = taken.bucket;
    waits.push(Math.round(taken.waitMs));
  }
  expect(waits).toEqual([0, 0, 100, 200, 100, 0, 0, 100]);
});

test("a client that answers no ping is cut, and one that does stays", async () => {
  const { url } = await openOffice({ pingMs: 50 });
  const [dead, alive] = await Promise.all([Client.connect(url("agent:bob")), Client.connect(url("agent:carol"))]);
  dead.socket.pause();
  let pings = 0;
  alive.socket.on("ping", () => pings++);
  await alive.until(() => pings >= 5);
  dead.socket.resume();
  expect((await dead.closed).code).toBe(1006);
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
});

test("closing says goodbye with 1001, and cuts those who do not answer", async () => {
  const { live, url, server } = await openOffice({ closeMs: 200 });
  const [polite, rude] = await Promise.all([Client.connect(url("agent:bob")), Client.connect(url("agent:carol"))]);
  await polite.until(() => polite.of("hello").length === 1);
  rude.socket.pause();
  await live.close();
  expect((await polite.closed).code).toBe(1001);
  const open = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  expect(open).toBe(0);
  rude.socket.resume();
  await rude.closed;
  expect(server.listenerCount("upgrade")).toBe(0);
});

test("what is being done when the server closes is finished and acknowledged", async () => {
  const { live, desk, url } = await openOffice();
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const client = await Client.connect(url("customer:ann"));
  await client.until(() => client.of("hello").length === 1);
  client.send({ type: "message", ticketId: ticket.id, text: "Hurry", ref: 1 });
  await expect.poll(() => desk.messages.list(ticket.id).then(({ length }) => length)).toBe(2);
  await live.close();
  await client.closed;
  expect(client.of("ack")).toMatchObject([{ ref: 1, message: { text: "Hurry" } }]);
});

test("sockets close with the helpdesk", async () => {
  const { desk, url } = await openOffice();
  const client = await Client.connect(url("agent:bob"));
  await desk.close();
  expect((await client.closed).code).toBe(1001);
});
