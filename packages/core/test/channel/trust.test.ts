import { afterEach, describe, expect, it } from "vitest";
import { createHelpdesk } from "../../src/createHelpdesk.ts";
import type { CreateHelpdeskOptions, Helpdesk } from "../../src/Desk.ts";
import { type Dropped, Post } from "./Post.ts";

const open: Array<Helpdesk> = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((desk) => desk.close()));
});

const ada = { address: "ada@example.com", name: "Ada" };
const bob = { address: "bob@example.com", name: null };
const spy = { address: "spy@evil.example", name: null };

const start = async (options: CreateHelpdeskOptions = {}) => {
  const post = new Post();
  const desk = await createHelpdesk({ channels: [post.channel], ...options });
  open.push(desk);
  const agent = desk.as({ role: "agent", user: { externalId: "agent", name: "Grace" } });
  let seen = 0;
  /** Drops things in, one after the other, and waits until each was understood and answered. */
  const drop = async (...readings: ReadonlyArray<Dropped>) => {
    for (const reading of readings) {
      post.drop(reading);
      seen++;
      await expect
        .poll(async () => {
          const { accepted, seen } = await desk.inbound.balance();
          const { queued, sending } = (await desk.health()).deliveries;
          return { open: accepted + queued + sending, seen };
        })
        .toEqual({ open: 0, seen });
    }
  };
  return { desk, post, agent, drop };
};

const claim = (claimed: number) => ({ thread: { signed: null, refs: [], claimed } });
const report = (refs: ReadonlyArray<string>, ...addresses: ReadonlyArray<string>) => ({
  type: "report" as const,
  fingerprint: `report ${refs} ${addresses}`,
  refs,
  recipients: addresses.map((address) => ({
    ...{ address, outcome: "failed" as const, isAddressBad: true },
    ...{ status: "5.1.1", reason: "no such user" },
  })),
  text: "",
});
const textsOf = async (desk: Helpdesk, id: number) => (await desk.messages.list(id)).map(({ text }) => text);

describe("who writes a customer's address and guesses a number", () => {
  it("gets no answers in copy, unless they have a message of ours", async () => {
    const { agent, post, drop } = await start({ policies: { acknowledge: false } });
    await drop({ from: ada, ref: "<1@there>" }, { from: ada, ...claim(1), copies: [spy] });
    await agent.messages.reply(1, { text: "Use water." });
    await drop({ from: ada, thread: { signed: 1, refs: [], claimed: null }, copies: [bob] });
    await agent.messages.reply(1, { text: "More water." });
    await expect.poll(() => post.sent.map(({ copies }) => copies)).toEqual([[], [bob]]);
  });

  it("has no part in their ticket where the mail is known to be forged, and takes nothing from them", async () => {
    const { desk, drop } = await start();
    await drop({ from: ada, ref: "<1@there>" });
    await desk.tickets.update(1, { status: "closed" });
    const forged = { from: ada, isForged: true, silence: "DMARC failed" };
    await drop({ ...forged, ...claim(1) }, { ...forged, thread: { signed: 1, refs: [], claimed: null } });
    expect(await textsOf(desk, 1)).toHaveLength(1);
    expect(await desk.tickets.get(1)).toMatchObject({ status: "closed" });
    const { items } = await desk.tickets.list({ sort: "id" });
    const [theirs, first, second] = items.map(({ requester }) => requester);
    expect(first).toBe(second);
    expect(first).not.toBe(theirs);
    expect((await desk.users.get(theirs ?? 0)).email).toBe(ada.address);
  });

  it("sends our answers to no crowd", async () => {
    const { desk, agent, post, drop } = await start({ policies: { acknowledge: false } });
    const crowd = Array.from({ length: 3000 }, (_, n) => ({ address: `${n}@crowd.example`, name: null }));
    await drop({ from: ada, copies: crowd });
    await agent.messages.reply(1, { text: "Use water." });
    await expect.poll(() => post.sent.map(({ copies }) => copies.length)).toEqual([40]);
    expect((await textsOf(desk, 1))[0]).toContain("It went to 2960 more people, who get no copies of answers.");
  });
});

describe("a report", () => {
  it("about what somebody else wrote says nothing of ours", async () => {
    const { desk, post, drop } = await start();
    await drop({ from: ada, ref: "<1@there>" }, report(["<1@there>"], "victim@example.com"));
    expect(await textsOf(desk, 1)).toHaveLength(1);
    await drop({ from: { address: "victim@example.com", name: null } });
    expect(post.sent).toHaveLength(2);
  });

  it("about ours speaks of those alone whom it went to", async () => {
    const { desk, post, drop } = await start();
    await drop({ from: ada, ref: "<1@there>" });
    const ref = post.sent[0]?.ref ?? "";
    await drop(report([ref], "victim@example.com", "victim@example.com"));
    expect(await textsOf(desk, 1)).toHaveLength(2);
    await drop({ from: { address: "victim@example.com", name: null } });
    expect(post.sent).toHaveLength(2);
    await drop(report([ref], ada.address), { from: ada, subject: "Something else" });
    expect(post.sent).toHaveLength(2);
  });

  it("puts a delivery among those that failed, from where it is sent again once", async () => {
    const { desk, post, agent, drop } = await start({ policies: { acknowledge: false } });
    await drop({ from: ada, ref: "<1@there>" });
    const { id } = await agent.messages.reply(1, { text: "Use water." });
    await expect.poll(() => post.sent.length).toBe(1);
    await drop(report([post.sent[0]?.ref ?? ""], ada.address));
    const failed = async () => (await desk.deliveries.list({ state: "failed" })).items.map((one) => one.id);
    await expect.poll(failed).toEqual([id]);
    expect(await desk.health()).toMatchObject({ isWell: false, deliveries: { failed: 1 } });
    // A job that is tried again by itself knows that it was given up.
    const [dead] = await desk.jobs.list({ state: "dead" });
    await desk.jobs.retry(dead?.id ?? 0);
    await expect.poll(async () => (await desk.health()).deliveries).toEqual({ queued: 0, sending: 0, failed: 1 });
    expect(post.sent).toHaveLength(1);
    await desk.deliveries.retry(id);
    await expect.poll(async () => (await desk.deliveries.get(id)).state).toBe("sent");
    expect([post.sent.length, await failed(), (await desk.health()).isWell]).toEqual([2, [], true]);
  });
});

describe("what a program answers", () => {
  it("is marked, and not sent to machines", async () => {
    const { desk, post, drop } = await start({ policies: { acknowledge: false } });
    const bot = desk.as({ role: "bot" });
    await drop({ from: ada }, { from: bob, nature: "auto-reply", silence: "Auto-Submitted" });
    for (const ticket of [1, 2]) await bot.messages.reply(ticket, { text: "Did you try water?" });
    await desk.messages.reply(2, { text: "And sand?" });
    await expect
      .poll(() => post.sent.map(({ to, automatic }) => [to[0]?.address, automatic]))
      .toEqual([[ada.address, "reply"]]);
    expect((await desk.messages.list(2)).map(({ text }) => text)).toContain("And sand?");
  });

  it("ends with a machine that says nothing of itself", async () => {
    const { desk, post, drop } = await start({ policies: { acknowledge: false } });
    desk.on("MessageReceived", async ({ ticketId }) => {
      await desk.messages.reply(ticketId, { text: "Did you try water?" });
    });
    await drop({ from: ada });
    const thread = { signed: 1, refs: [], claimed: null };
    for (let n = 0; n < 30; n++) await drop({ from: ada, thread });
    await expect.poll(async () => (await desk.messages.list(1)).length).toBe(61);
    expect(post.sent).toHaveLength(20);
  });
});

describe("several ways in", () => {
  it("take the same mail that went to two of them", async () => {
    const [one, other] = [new Post(), new Post()];
    const sales = { ...other.channel, name: "sales" };
    const desk = await createHelpdesk({ channels: [one.channel, sales] });
    open.push(desk);
    const settled = (seen: number) =>
      expect.poll(() => desk.inbound.balance()).toMatchObject({ seen, processed: seen, quarantined: 0 });
    one.drop({ from: ada, ref: "<1@there>" });
    await settled(1);
    const both = { from: ada, ref: "<2@there>", thread: { signed: 1, refs: [], claimed: null } };
    one.drop(both);
    other.drop(both);
    await settled(3);
  });
});

describe("a merged ticket", () => {
  it("goes on where it ends up, over any number of merges", async () => {
    const { desk, drop } = await start();
    await drop({ from: ada, ref: "<1@there>" }, { from: bob, subject: "B" }, { from: ada, subject: "C" });
    await desk.tickets.merge(1, 2);
    await desk.tickets.merge(2, 3);
    await drop({ from: ada, text: "And now?", thread: { signed: null, refs: ["<1@there>"], claimed: null } });
    expect(await textsOf(desk, 3)).toContain("And now?");
    expect(await desk.tickets.get(2)).toMatchObject({ mergedInto: 3, status: "closed" });
  });

  it("is not opened again by who may not see the other: theirs is a new one", async () => {
    const { desk } = await start();
    const [ada, bob] = ["ada", "bob"].map((externalId) => desk.as({ role: "customer", user: { externalId } })) as [
      ReturnType<Helpdesk["as"]>,
      ReturnType<Helpdesk["as"]>,
    ];
    const mine = await ada.tickets.open({ subject: "A", text: "It burns." });
    const theirs = await bob.tickets.open({ subject: "B", text: "It burns." });
    await desk.tickets.merge(mine.id, theirs.id);
    const { ticketId } = await ada.messages.reply(mine.id, { text: "Still." });
    expect(await ada.tickets.get(ticketId)).toMatchObject({ followsUp: mine.id, mergedInto: null, status: "open" });
    expect(await ada.tickets.get(mine.id)).toMatchObject({ mergedInto: theirs.id, status: "closed" });
    expect(await textsOf(desk, theirs.id)).toEqual(["It burns."]);
  });
});

describe("somebody in copy who writes on a closed ticket", () => {
  it("asks for themselves", async () => {
    const { desk, drop } = await start({ policies: { followUp: { type: "new-ticket" } } });
    await drop({ from: ada, ref: "<1@there>", copies: [bob] });
    await desk.tickets.update(1, { status: "closed" });
    await drop({ from: bob, text: "Mine, too.", thread: { signed: null, refs: ["<1@there>"], claimed: null } });
    const [, second] = (await desk.tickets.list({ sort: "id" })).items;
    expect(second).toMatchObject({ followsUp: 1 });
    expect((await desk.users.get(second?.requester ?? 0)).email).toBe(bob.address);
  });
});
