import * as Layer from "effect/Layer";
import { afterEach, describe, expect, it } from "vitest";
import type { ReadMessage } from "../../src/channel/Channel.ts";
import { createHelpdesk } from "../../src/createHelpdesk.ts";
import type { CreateHelpdeskOptions, Helpdesk } from "../../src/Desk.ts";
import { FileStore } from "../../src/file/FileStore.ts";
import { makeMemoryFiles } from "../../src/memory/MemoryFiles.ts";
import { makeMemoryStorage } from "../../src/memory/MemoryStorage.ts";
import { Storage } from "../../src/Storage.ts";
import { farMemory } from "../TestDesk.ts";
import { mail, Post } from "./Post.ts";

const open: Array<Helpdesk> = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((desk) => desk.close()));
});

const start = async (options: CreateHelpdeskOptions = {}) => {
  const post = new Post();
  const desk = await createHelpdesk({ channels: [post.channel], ...options });
  open.push(desk);
  return { desk, post, agent: desk.as({ role: "agent", user: { externalId: "agent", name: "Grace" } }) };
};

const balanced = { accepted: 0, ignored: 0, quarantined: 0 };
const until = <A>(read: () => Promise<A>, expected: unknown) => expect.poll(read).toEqual(expected);
const settled = (desk: Helpdesk, seen: number) =>
  expect
    .poll(async () => (({ seen, accepted }) => ({ seen, accepted }))(await desk.inbound.balance()))
    .toEqual({ seen, accepted: 0 });

describe("what comes in by a channel", () => {
  it("becomes a ticket, which is acknowledged once", async () => {
    const { desk, post } = await start();
    post.drop({ ref: "<1@there>" });
    await until(() => desk.inbound.balance(), { ...balanced, seen: 1, processed: 1 });
    const { items: tickets } = await desk.tickets.list();
    expect(tickets).toMatchObject([{ subject: "It burns", status: "open", channel: "email" }]);
    await until(async () => post.sent.length, 1);
    expect(post.sent[0]).toMatchObject({
      to: [{ address: "ada@example.com" }],
      automatic: "reply",
      thread: ["<1@there>"],
      ticketId: 1,
    });
    expect(post.sent[0]?.text).toContain("Hello, Ada");
  });

  it("is taken once, however often the same message comes", async () => {
    const { desk, post } = await start();
    for (let n = 0; n < 20; n++) post.drop({ ref: "<1@there>", fingerprint: "same" });
    await until(() => desk.inbound.balance(), { ...balanced, seen: 20, processed: 1, ignored: 19 });
    expect((await desk.tickets.list()).items).toHaveLength(1);
  });

  it("of one new sender at once makes as many tickets and one user", async () => {
    const { desk, post } = await start();
    for (let n = 0; n < 20; n++) post.drop({ ref: `<${n}@there>`, subject: `Number ${n}` });
    await until(() => desk.inbound.balance(), { ...balanced, seen: 20, processed: 20 });
    expect((await desk.tickets.list({ limit: 50 })).items).toHaveLength(20);
    expect((await desk.users.list({ role: "customer" })).map(({ email }) => email)).toEqual(["ada@example.com"]);
    // The caps: three automatic mails a day to one address.
    await until(async () => (await desk.health()).deliveries, { queued: 0, sending: 0, failed: 0 });
    expect(post.sent).toHaveLength(3);
  });

  it("counts against the most automatic messages only as it is acknowledged, however often a race was lost", async () => {
    const { desk, post } = await start({ storage: farMemory(), policies: { mostAutomatic: 4 } });
    const said = (from: string) => ({ from: { address: `${from}@example.com`, name: null } });
    for (let n = 0; n < 20; n++) post.drop(said("ada"));
    await settled(desk, 20);
    for (const name of ["bob", "carl", "dora", "eve"]) post.drop(said(name));
    await settled(desk, 24);
    await until(async () => (await desk.health()).deliveries, { queued: 0, sending: 0, failed: 0 });
    expect(post.sent).toHaveLength(4);
  });

  it.each([
    ["this process", 1],
    ["this process or another one", 2],
  ])("joins the ticket of what it answers, although that is still being understood by %s", async (_, processes) => {
    const shared = {
      storage: Layer.succeed(Storage, makeMemoryStorage()),
      files: Layer.succeed(FileStore, makeMemoryFiles()),
    };
    const started = await Promise.all(Array.from({ length: processes }, () => start(shared)));
    const { desk, post } = started[0] as Awaited<ReturnType<typeof start>>;
    const refs = Array.from({ length: 40 }, (_, n) => `<${n}@there>`);
    const answers = (ref: string) => ({ thread: { signed: null, refs: [ref], claimed: null } });
    const mails = refs.flatMap((ref, n) => [
      { ref, subject: `First ${n}`, isSlow: true },
      { ref: `${ref}.`, text: "Second", isSlow: true, ...answers(ref) },
      { ref: `${ref}..`, text: "Third", ...answers(`${ref}.`) },
    ]);
    post.drop(...mails);
    // One of the processes holds the box.
    for (const other of started.slice(1)) other.post.drop(...mails);
    await settled(desk, 120);
    const { items } = await desk.tickets.list({ sort: "id", limit: 100 });
    expect(items.map(({ subject }) => subject).sort()).toEqual(refs.map((_, n) => `First ${n}`).sort());
    for (const { id } of items)
      expect((await desk.messages.list(id)).map(({ text }) => text)).toEqual([mail.text, "Second", "Third"]);
  });

  it("waits for nothing that its reference can't be, such as what can't be understood for now", async () => {
    const { desk, post } = await start();
    post.drop({ ref: "<1@there>" });
    post.drop("{");
    post.drop({ subject: "Alone", thread: { signed: null, refs: ["<elsewhere@there>"], claimed: null } });
    await until(() => desk.inbound.balance(), { ...balanced, seen: 3, processed: 2, quarantined: 1 });
  });

  it("that is larger than a message can be has all of it in a file", async () => {
    const { desk, post } = await start();
    const file = (n: number) => ({ name: `${n}.txt`, contentType: "text/plain", content: `${n}`, inlineAs: null });
    post.drop({ files: Array.from({ length: 103 }, (_, n) => file(n)) as unknown as ReadMessage["files"] });
    await settled(desk, 1);
    post.drop({ text: "long ".repeat(400_001) });
    await settled(desk, 2);
    const remark = "[It is larger than a message can be: all of it is in original.eml.]";
    const [files] = await desk.messages.list(1);
    expect(files?.text).toBe(`${mail.text}\n\n${remark}`);
    expect(files?.attachments.map(({ name }) => name)).toEqual([
      ...Array.from({ length: 99 }, (_, n) => `${n}.txt`),
      "original.eml",
    ]);
    const bytesOf = async (id = 0) => {
      const parts: Array<Uint8Array> = [];
      for await (const part of (await desk.files.open(id)).content) parts.push(part);
      return Buffer.concat(parts).toString();
    };
    expect(await bytesOf(files?.attachments[98]?.id)).toBe("98");
    expect(JSON.parse(await bytesOf(files?.attachments[99]?.id)).files).toHaveLength(103);
    const [long] = await desk.messages.list(2);
    expect(long?.text.endsWith(remark)).toBe(true);
    expect(JSON.parse(await bytesOf(long?.attachments[0]?.id)).text).toHaveLength(2_000_005);
  });

  it("has its pictures where the html names them, and nowhere else", async () => {
    const { desk, post } = await start();
    const file = (inlineAs: string) => ({ name: "a.png", contentType: "image/png", content: "x", inlineAs });
    const html = '<img src="cid:img1"><img src="cid:img10"><img src="cid:img2">';
    post.drop({ html, files: [file("cid:img1"), file("cid:img2")] as unknown as ReadMessage["files"] });
    await settled(desk, 1);
    const [message] = await desk.messages.list(1);
    const [one, two] = message?.attachments.map(({ id }) => id) ?? [];
    expect(message?.html).toBe(`<img src="attachment:${one}"><img src="cid:img10"><img src="attachment:${two}">`);
  });

  it("joins the ticket that a reference names, for those who take part in it", async () => {
    const { desk, post, agent } = await start();
    post.drop({ ref: "<1@there>", copies: [{ address: "bob@example.com", name: null }] });
    await until(async () => post.sent.length, 1);
    await agent.messages.reply(1, { text: "Use water." });
    await until(async () => post.sent.length, 2);
    expect(post.sent[1]).toMatchObject({
      automatic: null,
      copies: [{ address: "bob@example.com" }],
      text: "Use water.\n\n-- \nGrace",
    });
    expect(post.sent[1]?.thread).toEqual(["<1@there>", post.sent[0]?.ref]);
    post.drop({
      ref: "<2@there>",
      text: "It still burns.",
      thread: { signed: null, refs: [post.sent[1]?.ref ?? ""], claimed: null },
    });
    post.drop({
      ref: "<3@there>",
      from: { address: "bob@example.com", name: null },
      text: "Here, too.",
      thread: { signed: null, refs: ["<1@there>"], claimed: null },
    });
    await settled(desk, 3);
    const texts = (await desk.messages.list(1)).map(({ text }) => text);
    expect(texts).toEqual(["The printer is on fire.", "Use water.", "It still burns.", "Here, too."]);
  });

  it("opens a ticket of their own for strangers who guess a number or a reference", async () => {
    const { desk, post } = await start();
    post.drop({ ref: "<1@there>" });
    await settled(desk, 1);
    const eve = { address: "eve@example.com", name: null };
    post.drop({ from: eve, thread: { signed: null, refs: [], claimed: 1 } });
    post.drop({ from: eve, thread: { signed: null, refs: ["<1@there>"], claimed: null } });
    await settled(desk, 3);
    expect(await desk.messages.list(1)).toHaveLength(1);
    expect((await desk.tickets.list()).items).toHaveLength(3);
  });

  it("lets a stranger with a signature speak, as themselves, and never reopen", async () => {
    const { desk, post } = await start();
    post.drop({ ref: "<1@there>" });
    await settled(desk, 1);
    const eve = { address: "eve@example.com", name: "Eve" };
    const thread = { signed: 1, refs: [], claimed: null };
    post.drop({ from: eve, thread, text: "I know more." });
    await settled(desk, 2);
    const [, said] = await desk.messages.list(1);
    const { requester } = await desk.tickets.get(1);
    expect(said).toMatchObject({ text: "I know more.", role: "customer" });
    expect(said?.author).not.toBe(requester);
    await desk.tickets.update(1, { status: "closed" });
    post.drop({ from: eve, thread, text: "Again." });
    await settled(desk, 3);
    expect(await desk.tickets.get(1)).toMatchObject({ status: "closed" });
    expect((await desk.tickets.list()).items).toHaveLength(2);
  });

  it("that a machine sent joins without changing anything, and is not answered", async () => {
    const { desk, post, agent } = await start();
    post.drop({ ref: "<1@there>" });
    await until(async () => post.sent.length, 1);
    await agent.messages.reply(1, { text: "Done?" });
    await agent.tickets.update(1, { status: "resolved" });
    await until(async () => post.sent.length, 2);
    post.drop({
      nature: "auto-reply",
      silence: "Auto-Submitted",
      text: "I am on holiday.",
      thread: { signed: 1, refs: [], claimed: null },
    });
    post.drop({ nature: "auto-reply", silence: "Auto-Submitted", text: "On holiday, still." });
    await settled(desk, 3);
    expect(await desk.tickets.get(1)).toMatchObject({ status: "resolved" });
    expect((await desk.tickets.list()).items).toHaveLength(1);
    expect(post.sent).toHaveLength(2);
  });

  it("and can't be understood waits in quarantine, and holds nobody up", async () => {
    const { desk, post } = await start();
    post.drop("this is no JSON");
    post.drop({ subject: "After it" });
    await until(() => desk.inbound.balance(), { ...balanced, seen: 2, processed: 1, quarantined: 1 });
    const [item] = await desk.inbound.list({ state: "quarantined" });
    expect(item?.reason).toContain("Not understood");
    expect(new TextDecoder().decode(await desk.inbound.raw(item?.id ?? 0))).toBe("this is no JSON");
    expect((await desk.health()).isWell).toBe(false);
    await desk.inbound.replay(item?.id ?? 0);
    await until(() => desk.inbound.balance(), { ...balanced, seen: 2, processed: 1, quarantined: 1 });
  });

  it("keeps its files, and its pictures where they were", async () => {
    const { desk } = await start();
    const files = [{ name: "logo.png", contentType: "image/png", content: [1, 2, 3], inlineAs: "cid:logo" }];
    const reading = { ...mail, html: '<img src="cid:logo">', files };
    const raw = new TextEncoder().encode(JSON.stringify(reading));
    // Bytes do not travel in JSON: this channel gives them as they are.
    const post = new Post();
    const channel = {
      ...post.channel,
      read: async () => ({ ...reading, files: [{ ...files[0], content: new Uint8Array([1, 2, 3]) }] }) as never,
    };
    const other = await createHelpdesk({ channels: [channel] });
    open.push(other);
    await other.inbound.accept({ channel: "email", key: "1", raw });
    await settled(other, 1);
    const [message] = await other.messages.list(1);
    expect(message?.attachments).toMatchObject([{ name: "logo.png", size: 3 }]);
    expect(message?.html).toBe(`<img src="attachment:${message?.attachments[0]?.id}">`);
    expect(await other.inbound.accept({ channel: "email", key: "1", raw })).toBeNull();
    expect(await desk.inbound.balance()).toMatchObject({ seen: 0 });
  });

  it("goes to the ticket that a merged one goes on in", async () => {
    const { desk, post } = await start();
    post.drop({ ref: "<1@there>" });
    post.drop({ ref: "<2@there>", from: { address: "bob@example.com", name: null } });
    await settled(desk, 2);
    const bobs = (await desk.tickets.list({ sort: "id" })).items.findIndex(({ requester }) => requester !== 1) + 1;
    const [from, into] = bobs === 2 ? [2, 1] : [1, 2];
    expect(await desk.tickets.merge(from, into)).toMatchObject({ status: "closed", mergedInto: into });
    await expect(desk.tickets.merge(into, from)).rejects.toMatchObject({ _tag: "InvalidInput" });
    await expect(desk.tickets.merge(into, into)).rejects.toMatchObject({ _tag: "InvalidInput" });
    const sender = { address: from === 2 ? "bob@example.com" : "ada@example.com", name: null };
    const own = from === 2 ? "<2@there>" : "<1@there>";
    post.drop({ from: sender, text: "And another thing.", thread: { signed: null, refs: [own], claimed: null } });
    await settled(desk, 3);
    expect((await desk.messages.list(into)).map(({ text }) => text)).toContain("And another thing.");
    expect((await desk.tickets.list()).items).toHaveLength(2);
    const history = await desk.tickets.history(from);
    expect(history.map(({ type }) => type)).toContain("TicketMerged");
  });

  it("takes an address from who only claimed it", async () => {
    const { desk, post } = await start();
    const mallory = desk.as({ role: "customer", user: { externalId: "mallory", email: "ada@example.com" } });
    const { user } = await mallory.actor();
    post.drop({});
    await settled(desk, 1);
    expect((await desk.tickets.get(1)).requester).not.toBe(user);
    await expect(mallory.tickets.get(1)).rejects.toMatchObject({ _tag: "NotFound" });
  });
});

describe("a process that works", () => {
  it("can begin later, and end before the helpdesk does", async () => {
    const { desk, post } = await start({ run: { workers: 0, channels: false } });
    post.drop({});
    const stop = await desk.worker();
    await settled(desk, 1);
    await stop();
    post.drop({});
    await expect(desk.worker({ workers: -1 })).rejects.toMatchObject({ _tag: "InvalidInput" });
    expect(await desk.inbound.balance()).toMatchObject({ seen: 1 });
    await desk.worker({ workers: 1 });
    await settled(desk, 2);
  });
});

describe("what goes out by a channel", () => {
  const answered = async (answers: Post["answers"], expected: string) => {
    const { desk, post, agent } = await start({ policies: { acknowledge: false } });
    post.drop({ ref: "<1@there>", copies: [{ address: "bob@example.com", name: null }] });
    await settled(desk, 1);
    post.answers.push(...answers);
    const { id } = await agent.messages.reply(1, { text: "Use water." });
    await expect.poll(async () => (await desk.deliveries.get(id)).state).toBe(expected);
    return { desk, post, id };
  };

  it("is tried again while the other side is busy, under the same reference", async () => {
    const { desk, post, id } = await answered(["busy"], "sent");
    expect(post.sent.map(({ ref, attempt }) => [ref, attempt])).toEqual([[(await desk.deliveries.get(id)).ref, 2]]);
  });

  it("is sent again to those alone who may take it later", async () => {
    const { desk, post, id } = await answered(["without copies", "busy"], "sent");
    expect(post.sent.map(({ only }) => only)).toEqual([null, ["bob@example.com"]]);
    expect(await desk.deliveries.get(id)).toMatchObject({ error: null, refused: [] });
    const types = (await desk.eventPage({ after: 0 })).events.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("Deliver"))).toEqual(["Delivered"]);
  });

  it.each(["never to copies", "without copies"] as const)(
    "was sent where some are refused (%s), and says who",
    async (how) => {
      const { desk, post, id } = await answered([how, "refused"], "sent");
      expect(post.sent).toHaveLength(1);
      const reason = how === "never to copies" ? "not now" : "no such mailbox";
      expect(await desk.deliveries.get(id)).toMatchObject({
        refused: [{ address: "bob@example.com", reason: expect.stringContaining(reason) }],
      });
      expect((await desk.health()).deliveries).toEqual({ queued: 0, sending: 0, failed: 0 });
    },
  );

  it("fails where whom it answers is refused, although others have it, and goes to them alone by hand", async () => {
    const { desk, post, id } = await answered(["to copies alone"], "failed");
    const refused = [{ address: "ada@example.com", reason: "not now" }];
    expect(await desk.deliveries.get(id)).toMatchObject({ error: "not now", refused });
    await expect.poll(async () => (await desk.health()).deliveries.failed).toBe(1);
    await desk.deliveries.retry(id);
    await expect.poll(async () => (await desk.deliveries.get(id)).state).toBe("sent");
    expect(post.sent.map(({ only }) => only)).toEqual([null, ["ada@example.com"]]);
    expect(await desk.deliveries.get(id)).toMatchObject({ error: null, refused: [] });
  });

  it("fails visibly where it is refused, and can be sent again by hand", async () => {
    const { desk, post, id } = await answered(["refused"], "failed");
    expect(await desk.deliveries.get(id)).toMatchObject({
      state: "failed",
      error: expect.stringContaining("no such mailbox"),
    });
    expect((await desk.deliveries.list({ state: "failed" })).items).toMatchObject([{ id }]);
    await desk.deliveries.retry(id);
    await expect.poll(async () => (await desk.deliveries.get(id)).state).toBe("sent");
    expect(post.sent).toHaveLength(1);
    expect((await desk.deliveries.list({ state: "failed" })).items).toEqual([]);
    const types = (await desk.eventPage({ after: 0 })).events.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("Deliver"))).toEqual(["DeliveryFailed", "Delivered"]);
  });

  it("is not sent again blindly where it may have arrived", async () => {
    const { desk, post, id } = await answered(["lost"], "unknown");
    expect((await desk.deliveries.list({ state: "unknown" })).items).toMatchObject([
      { id, error: expect.stringContaining("the line broke") },
    ]);
    expect(post.sent).toHaveLength(0);
  });

  it("is sent again where it may have arrived, if the policy says so", async () => {
    const { desk, post, agent } = await start({ policies: { acknowledge: false, retryUnknown: true } });
    post.drop({ ref: "<1@there>" });
    await settled(desk, 1);
    post.answers.push("lost");
    const { id } = await agent.messages.reply(1, { text: "Use water." });
    await expect.poll(async () => (await desk.deliveries.get(id)).state).toBe("sent");
    expect(post.sent.map(({ ref }) => ref)).toEqual([(await desk.deliveries.get(id)).ref]);
  });

  it("that comes back is told to the agents, with the message it was", async () => {
    const { desk, post, id } = await answered([], "sent");
    const [sent] = post.sent;
    post.drop({
      type: "report",
      fingerprint: "bounce",
      refs: [sent?.ref ?? ""],
      recipients: [
        { address: "ada@example.com", outcome: "failed", isAddressBad: true, status: "5.1.1", reason: "no such user" },
      ],
      text: "",
    });
    await settled(desk, 2);
    expect(await desk.deliveries.get(id)).toMatchObject({ state: "failed" });
    const notes = (await desk.messages.list(1)).filter(({ note }) => note);
    expect(notes.map(({ text }) => text)).toEqual(["Not delivered to ada@example.com (5.1.1): no such user"]);
    expect(post.sent).toHaveLength(1);
  });

  it("tells the requester that a ticket is closed, in their language, where the policy says so", async () => {
    const { desk, post } = await start({ policies: { closingNotice: true, followUp: { type: "new-ticket" } } });
    post.drop({ subject: "Горит принтер", text: "Помогите, пожалуйста" });
    await settled(desk, 1);
    await until(async () => post.sent.length, 1);
    for (let ticket = 1; ticket <= 4; ticket++) {
      await desk.tickets.update(ticket, { status: "closed" });
      // Also on the day it was acknowledged, and however often.
      await until(async () => post.sent.filter(({ automatic }) => automatic === "notice").length, ticket);
      const thread = { signed: ticket, refs: [], claimed: null };
      post.drop({ subject: `Горит принтер ${ticket}`, text: "И снова", thread });
      await settled(desk, ticket + 1);
    }
    expect(post.sent.find(({ automatic }) => automatic === "notice")?.text).toContain("решено");
    const subjects = (await desk.tickets.list({ sort: "id" })).items.map(({ subject }) => subject);
    expect(subjects.slice(0, 3)).toEqual(["Горит принтер", "Горит принтер 1", "Горит принтер 2"]);
  });
});
