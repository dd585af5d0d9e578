import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import type { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { agentOf, Desks, mailbox, type Place, settingsOf, settled, startServer, subjectsOf, support } from "./desks.ts";
import { headerOf, letter, numbered } from "./letters.ts";
import { steps, Workers } from "./Workers.ts";

const desks = new Desks(inject("databaseUrl"));
let server: MailServer;
let place: Place;
let workers: Workers;

beforeEach(async () => {
  server = await startServer(support);
  place = await desks.newPlace();
  workers = new Workers({ place, settings: settingsOf(server) });
});
afterEach(async () => {
  await workers.end();
  await desks.close();
  await server.stop();
});

/** The helpdesk as an agent's process sees it, which does none of the work. */
const watching = () => desks.open({ channels: [mailbox(server)], run: { workers: 0, channels: false } }, place);

/** Puts a mail into the mailbox; as other servers do, tries again where it was not surely taken. */
const deliver = (subject: string) => {
  const address = `${subject.replace(/\W+/g, "-")}@customer.example`;
  const raw = letter({
    from: `<${address}>`,
    subject,
    id: `<${subject.replace(/\W+/g, "-")}@customer.example>`,
    headers: { "Content-Type": "multipart/mixed; boundary=b" },
    text: `--b\r\n\r\nIt burns.\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n${subject}\r\n--b--`,
  });
  return eventually(`${subject} was taken`, () =>
    server.dovecot.deliver(address, [support], raw).then(
      () => true,
      () => false,
    ),
  );
};

/** Different mails that went out, by whom they went to: one that went out twice is known by its Message-ID. */
const different = () => {
  const ids = new Map<string, Set<string>>();
  for (const { to, raw } of server.received)
    for (const address of to) {
      const known = ids.get(address) ?? new Set();
      ids.set(address, known.add(headerOf(raw, "Message-ID") ?? ""));
    }
  return ids;
};

test("a worker that is killed at each step and at random, and a mail server that dies, lose none of 200 mails", async () => {
  const desk = await watching();
  const subjects = numbered("mail", 200);
  const portions = steps.length + 6;
  const size = Math.ceil(subjects.length / portions);
  const portion = (at: number) => subjects.slice(at * size, (at + 1) * size);
  const write = async (at: number) => {
    for (const subject of portion(at)) await deliver(subject);
  };

  for (const [at, step] of steps.entries()) {
    const worker = workers.begin({ step, count: 1 });
    await write(at);
    await worker.died();
  }
  for (let at = steps.length; at < portions; at += 1) {
    const worker = workers.begin();
    const writing = write(at);
    await worker.running();
    await pause(Math.random() * 400);
    if (at % 2 === 0) await Promise.all([worker.kill(), server.dovecot.kill()]);
    else await server.dovecot.kill();
    await server.dovecot.up();
    await writing;
    await pause(Math.random() * 200);
    await worker.kill();
  }
  workers.begin();
  const arrived = server.dovecot.mails(support).length;
  const balance = await settled(desk, arrived);
  const ignored = arrived - subjects.length;
  expect(balance).toEqual({ seen: arrived, accepted: 0, processed: subjects.length, ignored, quarantined: 0 });
  expect(await subjectsOf(desk)).toEqual([...subjects].sort());
  // Who dies after storing a file leaves none that nobody knows: the next one stores it in the same place.
  const files = readdirSync(place.folder, { recursive: true }).filter((name) => /\/\w+-\d+-\d+$/.test(String(name)));
  expect(files).toHaveLength(subjects.length);
  expect(different().size).toBe(subjects.length);
  // Each was told once that their mail came; it may have come twice where a process died as it was sent.
  expect([...different().values()].map((ids) => ids.size)).toEqual([...different()].map(() => 1));
});

test("answers that wait while the process that sends them dies again and again all arrive", async () => {
  const desk = await watching();
  const agent = agentOf(desk);
  const first = workers.begin();
  await deliver("a question");
  await settled(desk, 1);
  await first.kill();
  const texts = numbered("answer", 40);
  for (const text of texts) await agent.messages.reply(1, { text });
  for (const step of ["about to send", "sent", "sent and written down", "about to send"] as const) {
    const worker = workers.begin({ step, count: 3 });
    await worker.died();
  }
  workers.begin();
  await settled(desk, 1);
  const [all, ...others] = [...different().values()];
  expect(others).toEqual([]);
  // The acknowledgement is one of them.
  expect(all?.size).toBe(texts.length + 1);
  for (const text of texts)
    expect(server.received.filter(({ raw }) => raw.includes(text)).length).toBeGreaterThanOrEqual(1);
  const { failed } = (await desk.health()).deliveries;
  expect(failed).toBe(0);
});

test("an answer whose sender dies arrives once; twice, as the same mail, where it died before it could write that down", async () => {
  const desk = await watching();
  const first = workers.begin();
  await deliver("a question");
  await settled(desk, 1);
  await first.kill();
  const copies: Record<string, number> = {};
  for (const step of ["about to send", "sent", "sent and written down"] as const) {
    const { id } = await agentOf(desk).messages.reply(1, { text: `Died when: ${step}.` });
    const worker = workers.begin({ step, count: 1 });
    await worker.died();
    const next = workers.begin();
    await settled(desk, 1);
    await next.kill();
    const mails = server.received.filter(({ raw }) => raw.includes(`Died when: ${step}.`));
    const { ref, state } = await desk.deliveries.get(id);
    expect([state, ...new Set(mails.map(({ raw }) => headerOf(raw, "Message-ID")))]).toEqual(["sent", ref]);
    copies[step] = mails.length;
  }
  expect(copies).toEqual({ "about to send": 1, sent: 2, "sent and written down": 1 });
});
