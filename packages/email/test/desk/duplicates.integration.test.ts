import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import type { MailServer } from "../MailServer.ts";
import { asClient, Desks, mailbox, settingsOf, settled, startServer, subjectsOf, support, ticketsOf } from "./desks.ts";
import { letter, numbered } from "./letters.ts";

const anna = "anna@customer.example";
const sales = "sales@test.local";
const desks = new Desks(inject("databaseUrl"));
let server: MailServer;

beforeEach(async () => {
  server = await startServer(support, sales);
});
afterEach(async () => {
  await desks.close();
  await server.stop();
});

const deliver = (raw: string, to = support) => server.dovecot.deliver(anna, [to], raw);

describe("the same mail", () => {
  test("that is delivered twice is one ticket, and the second is ignored", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const raw = letter({ subject: "Twice" });
    await deliver(raw);
    await settled(desk, 1);
    await deliver(raw);
    expect(await settled(desk, 2)).toMatchObject({ processed: 1, ignored: 1 });
    expect(await subjectsOf(desk)).toEqual(["Twice"]);
    expect(server.received).toHaveLength(1);
  });

  test("that is delivered twice is one ticket although it has no Message-ID", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const raw = letter({ subject: "Nameless", id: null });
    await deliver(raw);
    await deliver(`Received: from another way\r\n${raw}`);
    expect(await settled(desk, 2)).toMatchObject({ processed: 1, ignored: 1 });
    expect(await subjectsOf(desk)).toEqual(["Nameless"]);
  });

  test("that lies in two folders is one ticket", async () => {
    const { imap } = settingsOf(server);
    const folders = ["INBOX", "Archive"];
    const desk = await desks.open({
      channels: [mailbox(server, support, { imap: { ...imap, folders, pollSeconds: 1 } })],
    });
    const raw = letter({ subject: "In two folders" });
    await deliver(raw);
    await asClient(server, (client) => client.append("Archive", raw));
    expect(await settled(desk, 2)).toMatchObject({ processed: 1, ignored: 1 });
    expect(await subjectsOf(desk)).toEqual(["In two folders"]);
    expect(server.received).toHaveLength(1);
  });

  test("that goes to two channels is a ticket of each, and its sender is told once", async () => {
    const channels = [mailbox(server), mailbox(server, sales, { name: "sales" })];
    const desk = await desks.open({ channels });
    const raw = letter({ subject: "To both", to: `${support}, ${sales}` });
    await Promise.all([deliver(raw), deliver(raw, sales)]);
    await settled(desk, 2);
    const tickets = await ticketsOf(desk);
    expect(tickets.map(({ channel }) => channel).sort()).toEqual(["email", "sales"]);
    expect(new Set(tickets.map(({ requester }) => requester)).size).toBe(1);
    expect(server.received.map(({ to }) => to)).toEqual([[anna]]);
  });

  test("that is delivered twenty times at once is one ticket, and its sender is told once", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const raw = letter({ subject: "Again and again" });
    await Promise.all(Array.from({ length: 20 }, () => deliver(raw)));
    expect(await settled(desk, 20)).toMatchObject({ processed: 1, ignored: 19 });
    expect(await subjectsOf(desk)).toEqual(["Again and again"]);
    expect(server.received).toHaveLength(1);
  });
});

describe("another mail", () => {
  test("with the Message-ID of the one before is no duplicate", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const id = "<always-the-same@customer.example>";
    await deliver(letter({ subject: "Your parcel 1", id }));
    await deliver(letter({ subject: "Your parcel 2", id }));
    await deliver(letter({ subject: "Your parcel 2", text: "It is lost.", id }));
    expect(await settled(desk, 3)).toMatchObject({ processed: 3, ignored: 0 });
    expect(await subjectsOf(desk)).toEqual(["Your parcel 1", "Your parcel 2", "Your parcel 2"]);
  });

  test("of a new sender, and nineteen more at once, are twenty tickets of one user", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const subjects = numbered("question", 20);
    await Promise.all(subjects.map((subject) => deliver(letter({ subject }))));
    expect(await settled(desk, 20)).toMatchObject({ processed: 20 });
    expect(await subjectsOf(desk)).toEqual([...subjects].sort());
    expect((await desk.users.list({ role: "customer" })).map(({ email }) => email)).toEqual([anna]);
    expect(server.received).toHaveLength(3);
  });
});

describe("a mailbox that two helpdesks on one database read", () => {
  test("is read once, also where one of them goes and comes back while 200 mails arrive", async () => {
    const place = await desks.newPlace();
    const open = () => desks.open({ channels: [mailbox(server)], policies: { acknowledge: false } }, place);
    const [one, two] = [await open(), await open()];
    const subjects = numbered("shared", 200);
    const arriving = (async () => {
      for (const subject of subjects) await deliver(letter({ subject, from: `<${subject.length}@customer.example>` }));
    })();
    await settled(two, 40);
    // Whoever reads, that is over now for one of them, and again for the other.
    await one.close();
    const third = await open();
    await settled(third, 100);
    await two.close();
    const fourth = await open();
    await arriving;
    expect(await settled(fourth, 200)).toMatchObject({ seen: 200, processed: 200, ignored: 0 });
    expect(await subjectsOf(fourth)).toEqual([...subjects].sort());
  });
});
