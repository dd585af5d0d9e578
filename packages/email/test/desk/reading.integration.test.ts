import type { Channel, Helpdesk } from "@deskwright/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import type { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { asClient, Desks, mailbox, settingsOf, settled, startServer, subjectsOf, support, ticketsOf } from "./desks.ts";
import { everyKind } from "./everyKind.ts";
import { letter, numbered } from "./letters.ts";

const desks = new Desks(inject("databaseUrl"));
let server: MailServer;

beforeEach(async () => {
  server = await startServer(support);
});
afterEach(async () => {
  await desks.close();
  await server.stop();
});

const quiet = { policies: { acknowledge: false } };

const deliver = async (subjects: ReadonlyArray<string>) => {
  for (const subject of subjects) await server.dovecot.deliver("anna@customer.example", [support], letter({ subject }));
};

const seen = (desk: Helpdesk, count: number) =>
  eventually(`${count} mails were seen`, async () => (await desk.inbound.balance()).seen >= count);

/** A channel that does not understand mails with a word in them, until it is told to. */
const understanding = (channel: Channel, doesNot: string): Channel => ({
  ...channel,
  read: async (item) => {
    if (Buffer.from(item.raw).includes(doesNot)) throw new Error(`${doesNot} is too much`);
    if (channel.read === undefined) throw new Error("The channel reads nothing");
    return channel.read(item);
  },
});

describe("every mail becomes one ticket", () => {
  test("although the UIDs of the mailbox change while 200 arrive", async () => {
    const desk = await desks.open({ channels: [mailbox(server)], ...quiet });
    const [first, second] = [numbered("before", 100), numbered("after", 100)];
    const arriving = deliver(first);
    await seen(desk, 30);
    await arriving;
    await server.dovecot.changeUidValidity(support);
    await deliver(second);
    // Read from the start: what was read before is known again.
    const keys = await eventually("all was read under the new UIDs", async () => {
      const all = (await desk.inbound.list({ limit: 1_000 })).map(({ key }) => key.split(":")[1] ?? "");
      const [old, ...anew] = [...new Set(all)].map((validity) => all.filter((one) => one === validity).length);
      return anew[0] === 200 && { old };
    });
    const ignored = keys.old ?? 0;
    expect(ignored).toBeGreaterThanOrEqual(30);
    expect(await settled(desk, 200 + ignored)).toMatchObject({ processed: 200, ignored, quarantined: 0 });
    expect(await subjectsOf(desk)).toEqual([...first, ...second].sort());
  });

  test("although somebody else reads the mailbox, marks mails as seen and moves them away", async () => {
    const { imap } = settingsOf(server);
    const folders = ["INBOX", "Archive"];
    const channels = [mailbox(server, support, { imap: { ...imap, folders, pollSeconds: 1 } })];
    const subjects = numbered("moved", 60);
    const desk = await desks.open({ channels, ...quiet });
    await asClient(server, async (client) => {
      await client.mailboxOpen("INBOX");
      for (let at = 0; at < subjects.length; at += 10) {
        await deliver(subjects.slice(at, at + 10));
        await client.messageFlagsAdd("1:*", ["\\Seen"]);
        await client.messageMove("1:5", "Archive");
      }
    });
    const { ignored } = await settled(desk, subjects.length);
    await eventually("all are there", async () => (await ticketsOf(desk)).length === subjects.length);
    expect(await subjectsOf(desk)).toEqual([...subjects].sort());
    expect(ignored).toBeLessThanOrEqual(30);
  });

  test("but one that is not understood: that waits with its bytes, and is a ticket once it is understood", async () => {
    const place = await desks.newPlace();
    const before = await desks.open({ channels: [understanding(mailbox(server), "POISON")], ...quiet }, place);
    const [first, second] = [numbered("first", 10), numbered("second", 10)];
    await deliver([...first, "POISON", ...second]);
    expect(await settled(before, 21)).toMatchObject({ processed: 20, quarantined: 1 });
    expect(await subjectsOf(before)).toEqual([...first, ...second].sort());
    const [item] = await before.inbound.list({ state: "quarantined" });
    expect(item?.reason).toBe("Not understood: POISON is too much");
    const bytes = Buffer.from(await before.inbound.raw(item?.id ?? 0)).toString();
    expect(bytes).toBe(
      server.dovecot
        .mails(support)
        .find(({ raw }) => raw.includes("POISON"))
        ?.raw.replace(/\r?\n/g, "\r\n"),
    );
    expect((await before.health()).isWell).toBe(false);
    await before.close();

    const upgraded = await desks.open({ channels: [mailbox(server)], ...quiet }, place);
    await upgraded.inbound.replay(item?.id ?? 0);
    await eventually("it was understood", async () => (await upgraded.inbound.balance()).quarantined === 0);
    expect(await settled(upgraded, 21)).toMatchObject({ seen: 21, processed: 21, quarantined: 0 });
    expect(await subjectsOf(upgraded)).toEqual([...first, "POISON", ...second].sort());
    expect((await upgraded.health()).isWell).toBe(true);
  });
});

describe("a thousand mails of every kind", () => {
  test("are all accounted for, and none that says something loses it", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const samples = everyKind(1_000);
    server.dovecot.place(
      support,
      samples.map(({ raw }) => raw),
    );
    const balance = await settled(desk, samples.length);
    expect(balance).toEqual({ seen: 1_000, accepted: 0, processed: 1_000, ignored: 0, quarantined: 0 });
    const texts: Array<string> = [];
    for (const { id } of await ticketsOf(desk)) {
      const [message, ...others] = await desk.messages.list(id);
      expect(others).toEqual([]);
      texts.push(message?.text ?? "");
    }
    const lost = samples.filter(({ text }) => text !== null && !texts.some((one) => one.includes(text)));
    expect(lost.map(({ kind }) => kind)).toEqual([]);
    const reports = samples.filter(({ kind }) => kind === "bounce").length;
    expect(texts).toHaveLength(samples.length - reports);
    // Nobody was told anything automatically but people, and those not often.
    expect(server.received.length).toBeLessThanOrEqual(50);
  });
});
