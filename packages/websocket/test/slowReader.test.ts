import type { Socket } from "node:net";
import { expect, test } from "vitest";
import type { LiveProtocol } from "../src/index.ts";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

const size = 100_000;
const text = (index: number) => `${index} `.padEnd(size, "x");
const numbers = (said: ReadonlyArray<string>) => said.map((one) => Number(one.split(" ")[0]));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A client that reads nothing, and a ticket with many large messages while it does so. */
const flood = async (count: number, protocol?: LiveProtocol) => {
  const office = await openOffice({
    maxBuffered: 1_000_000,
    ...(protocol && { protocol, path: "/live", subscribe: () => [{ ticketId: 1 }] }),
  });
  const connections = new Set<Socket>();
  office.server.on("connection", (socket: Socket) => connections.add(socket));
  const ann = office.desk.as(personOf("customer:ann"));
  await ann.tickets.open({ subject: "Printer", text: "0" });
  const [slow, quick] = await Promise.all([
    Client.connect(office.url("agent:bob")),
    Client.connect(office.url("agent:carol")),
  ]);
  if (!protocol) for (const client of [slow, quick]) await client.ask({ type: "subscribe", ticketId: 1, ref: 1 });
  slow.socket.pause();
  let buffered = 0;
  for (const index of upTo(count)) {
    await ann.messages.reply(1, { text: text(index) });
    await quick.until(() => quick.texts.at(-1)?.includes(`"${index} `) === true);
    buffered = Math.max(buffered, ...[...connections].map(({ writableLength }) => writableLength));
  }
  return { ...office, slow, quick, ann, buffered };
};

test("a slow reader is told to resume, and then misses nothing", { timeout: 30_000 }, async () => {
  const count = 300;
  const { slow, quick, ann, buffered } = await flood(count);
  expect(buffered).toBeGreaterThan(1_000_000);
  expect(buffered).toBeLessThan(1_000_000 + 2 * size);
  expect(numbers(quick.said)).toEqual(upTo(count));
  slow.socket.resume();
  const resume = await slow.get(({ type }) => type === "resume");
  const before = numbers(slow.said);
  expect(before).toEqual(upTo(before.length));
  expect(before.length).toBeLessThan(count - 50);
  expect(resume).toEqual({ type: "resume", ticketId: 1, after: slow.of("event").at(-1)?.event.position });
  slow.send({ type: "subscribe", ticketId: 1, after: resume.type === "resume" ? resume.after : -1 });
  await ann.messages.reply(1, { text: text(count) });
  await slow.until(() => slow.said.length > count);
  expect(numbers(slow.said)).toEqual(upTo(count + 1));
});

test("a slow reader whose protocol has no word for it is caught up by itself", { timeout: 30_000 }, async () => {
  const protocol: LiveProtocol = {
    receive: () => null,
    send: (frame) => (frame.type === "event" ? JSON.stringify(frame) : null),
  };
  const count = 100;
  const { slow, ann } = await flood(count, protocol);
  slow.socket.resume();
  await ann.messages.reply(1, { text: text(count) });
  await slow.until(() => slow.said.length > count);
  expect(numbers(slow.said)).toEqual(upTo(count + 1));
});
