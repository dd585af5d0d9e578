import type { Helpdesk } from "@deskwright/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import type { MailServer, ReceivedMail } from "../MailServer.ts";
import { eventually } from "../processes.ts";
import { agentOf, Desks, mailbox, settled, startServer, support, ticketsOf } from "./desks.ts";
import { headerOf, letter } from "./letters.ts";

const robot = "robot@customer.example";
const desks = new Desks(inject("databaseUrl"));
let server: MailServer;

beforeEach(async () => {
  server = await startServer(support, "sales@test.local");
});
afterEach(async () => {
  await desks.close();
  await server.stop();
});

/** A machine that answers every mail it gets with another one, and says of none that a machine wrote it. */
class Autoresponder {
  /** How many it answered. */
  answered = 0;
  private readonly answerTo: (mail: ReceivedMail, count: number) => string;
  private isOver = false;
  private readonly working: Promise<void>;

  constructor(answerTo: (mail: ReceivedMail, count: number) => string) {
    this.answerTo = answerTo;
    this.working = this.work();
  }

  /** Waits until nobody says anything any more: each mail was answered, and each answer understood. */
  async silence(desk: Helpdesk, begun: number): Promise<number> {
    await eventually("nobody says anything any more", async () => {
      const before = server.received.length;
      if (this.answered < before) return false;
      const { seen, accepted } = await desk.inbound.balance();
      const { queued, sending } = (await desk.health()).deliveries;
      const isIdle = seen === begun + this.answered && accepted + queued + sending === 0;
      return isIdle && server.received.length === before;
    });
    return server.received.length;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.isOver) {
      const mail = server.received[this.answered];
      if (mail === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      await server.dovecot.deliver(robot, [support], this.answerTo(mail, this.answered));
      this.answered += 1;
    }
  }
}

describe("an autoresponder that says nothing of itself", () => {
  const run = async (
    answerTo: (mail: ReceivedMail, count: number) => string,
    begin = [letter({ subject: "Hello", from: robot })],
  ) => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const machine = new Autoresponder(answerTo);
    await Promise.all(begin.map((raw) => server.dovecot.deliver(robot, [support], raw)));
    const count = await machine.silence(desk, begin.length).finally(() => machine.stop());
    return { count, desk };
  };

  test("and answers as people do is answered once, about each ticket", async () => {
    const { count, desk } = await run(({ raw }) => {
      const id = headerOf(raw, "Message-ID") ?? "";
      return letter({ from: robot, subject: `Re: ${headerOf(raw, "Subject")}`, headers: { "In-Reply-To": id } });
    });
    expect(count).toBe(1);
    expect(await ticketsOf(desk)).toHaveLength(1);
  });

  test("and always writes the same is answered twice at most", async () => {
    const { count } = await run(() => letter({ from: robot, subject: "Thank you for your mail" }));
    expect(count).toBe(2);
  });

  test("and writes something else each time is answered three times at most", async () => {
    const { count, desk } = await run((_, n) =>
      letter({ from: robot, subject: `Your mail has the number ${n * 7 + 1}` }),
    );
    expect(count).toBe(3);
    expect(await ticketsOf(desk)).toHaveLength(4);
  });

  test("and writes from a new address each time is answered fifty times at most, by all of the channel", async () => {
    const from = (n: number | string) => `robot-${n}@customer.example`;
    const begin = Array.from({ length: 20 }, (_, n) => letter({ from: from(`begin-${n}`), subject: `Begin ${n}` }));
    const { count, desk } = await run((_, n) => letter({ from: from(n), subject: `Number ${n}` }), begin);
    expect(count).toBe(50);
    expect(await ticketsOf(desk)).toHaveLength(70);
  });
});

describe("two helpdesks on one server", () => {
  const sales = "sales@test.local";
  const bothOn = async (more: Parameters<typeof mailbox>[2] = {}) => {
    const place = await desks.newPlace();
    const other = { ...(await desks.newPlace()), url: place.url, schema: "other" };
    const one = await desks.open({ channels: [mailbox(server, support, more)] }, place);
    const two = await desks.open({ channels: [mailbox(server, sales, more)] }, other);
    return { one, two };
  };
  /** Both have understood what came to them, and have nothing to send. */
  const bothSilent = async (one: Helpdesk, two: Helpdesk) =>
    eventually("both are silent", async () => {
      const before = server.received.length;
      for (const [desk, address] of [
        [one, support],
        [two, sales],
      ] as const) {
        const { seen, accepted } = await desk.inbound.balance();
        const { queued, sending } = (await desk.health()).deliveries;
        if (seen < server.dovecot.mails(address).length || accepted + queued + sending > 0) return false;
      }
      return before > 0 && server.received.length === before;
    });

  test("do not go on acknowledging each other's acknowledgements", async () => {
    const { one, two } = await bothOn();
    // Somebody writes to one of them in the name of the other.
    await server.dovecot.deliver("x@customer.example", [support], letter({ from: sales, subject: "Hello" }));
    await bothSilent(one, two);
    expect(server.received.map(({ to, from }) => ({ to, from }))).toEqual([{ to: [sales], from: "" }]);
    expect([await ticketsOf(one), await ticketsOf(two)].map(({ length }) => length)).toEqual([1, 1]);
  });

  test("exchange one acknowledgement where an agent of one writes to the other", async () => {
    const { one, two } = await bothOn();
    const requester = { externalId: "sales", email: sales, name: "Sales" };
    const agent = agentOf(one);
    await agent.tickets.open({ subject: "For you", text: "Can you help?", channel: "email", requester });
    await bothSilent(one, two);
    const automatic = server.received.map(({ to, raw }) => [to.includes(sales), headerOf(raw, "Auto-Submitted")]);
    expect(automatic.sort()).toEqual([
      [false, "auto-replied"],
      [true, null],
    ]);
    expect([await ticketsOf(one), await ticketsOf(two)].map(({ length }) => length)).toEqual([1, 1]);
  });
});

describe("our own address", () => {
  test("in Cc gets no answer, and a mail to all of our addresses is one ticket", async () => {
    const desk = await desks.open({ channels: [mailbox(server, support, { addresses: ["help@test.local"] })] });
    const Cc = `Help <HELP@test.local>, ${support.replace("@", "+x@")}, Bob <bob@customer.example>`;
    const id = "<all@customer.example>";
    await server.dovecot.deliver(
      "anna@customer.example",
      [support],
      letter({ subject: "To all", id, headers: { Cc } }),
    );
    await settled(desk, 1);
    await agentOf(desk).messages.reply(1, { text: "Here we are." });
    await settled(desk, 1);
    expect(server.received.map(({ to }) => to)).toEqual([
      ["anna@customer.example"],
      ["anna@customer.example", "bob@customer.example"],
    ]);
    expect(server.dovecot.mails(support)).toHaveLength(1);
    expect(await ticketsOf(desk)).toHaveLength(1);
  });

  test("in From is answered by nobody, nor where an answer would go to it", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    const deliver = (raw: string) => server.dovecot.deliver("x@customer.example", [support], raw);
    await deliver(letter({ from: `Us <${support}>`, subject: "From us" }));
    await deliver(letter({ from: `Us <${support.replace("@", "+news@")}>`, subject: "From us with a tag" }));
    await deliver(letter({ subject: "To us", headers: { "Reply-To": support } }));
    await settled(desk, 3);
    expect(await ticketsOf(desk)).toHaveLength(3);
    // Only Anna can be told anything, at the address she wrote from.
    expect(server.received.map(({ to }) => to)).toEqual([["anna@customer.example"]]);
  });

  test("among the recipients of our own mail brings it back to nobody", async () => {
    const desk = await desks.open({ channels: [mailbox(server)] });
    await server.dovecot.deliver("anna@customer.example", [support], letter({ subject: "Hello" }));
    await settled(desk, 1);
    await agentOf(desk).messages.reply(1, { text: "Hello, Anna." });
    await settled(desk, 1);
    // A list, or a rule of the server, sends us what we sent.
    for (const { raw } of server.received) await server.dovecot.deliver("list@customer.example", [support], raw);
    const balance = await settled(desk, 3);
    expect(balance).toMatchObject({ processed: 1, ignored: 2 });
    expect((await desk.inbound.list({ state: "ignored" })).map(({ reason }) => reason)).toEqual([
      "our own mail",
      "our own mail",
    ]);
    expect(server.received).toHaveLength(2);
  });
});
