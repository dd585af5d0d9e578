import { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imapAccount } from "../../src/imap/account.ts";
import type { ImapOptions } from "../../src/imap/ImapOptions.ts";
import { ImapSource } from "../../src/imap/ImapSource.ts";
import { MailServer } from "../MailServer.ts";
import { mail, mailWithFile } from "../mails.ts";
import { eventually } from "../processes.ts";
import { Reader } from "../Reader.ts";

let server: MailServer;
const unused = Array.from({ length: 30 }, (_, at) => `user${at}@test.local`);

beforeAll(async () => {
  server = await MailServer.start(Object.fromEntries(unused.map((address) => [address, "secret"])));
});
afterAll(() => server.stop());

/** A mailbox of its own for each test. */
const newUser = () => unused.pop() ?? "there are too few users";

const connectionTo = (user: string) => ({
  host: "localhost",
  port: server.dovecot.ports.imaps,
  tls: { ca: server.dovecot.certificate },
  auth: { user, pass: "secret" },
});

const read = (user: string, options: ImapOptions = {}) =>
  Reader.of(new ImapSource(imapAccount({ ...connectionTo(user), ...options })));

const deliver = (user: string, ...raws: ReadonlyArray<string>) =>
  raws.reduce<Promise<void>>(
    (before, raw) => before.then(() => server.dovecot.deliver("anna@customer.example", [user], raw)),
    Promise.resolve(),
  );

const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `mail ${from + at}`);

/** Another program with the same mailbox open, such as that of a colleague. */
const withOther = async (user: string, work: (other: ImapFlow) => Promise<unknown>) => {
  const other = new ImapFlow({ ...connectionTo(user), secure: true, logger: false });
  other.on("error", () => undefined);
  await other.connect();
  await other.mailboxOpen("INBOX");
  await work(other);
  await other.logout();
};

describe("an account that is read", () => {
  test("hands over what lies there, then what arrives, as soon as the server announces it", async () => {
    const user = newUser();
    await deliver(user, mail("first"), mail("second"));
    const reader = read(user, { pollSeconds: 60 });
    await eventually("the reader caught up", () => reader.isWell && reader.items.size === 2);
    await deliver(user, mail("third"));
    // The server announces within half a second; the next poll would be in a minute.
    await eventually("the third mail was read", () => reader.items.size === 3, 5_000);
    await reader.stop();
    expect(reader.subjects).toEqual(["first", "second", "third"]);
    expect(reader.keys.map((key) => key.replace(/:\d+:/, ":v:"))).toEqual(["INBOX:v:1", "INBOX:v:2", "INBOX:v:3"]);
    expect(Buffer.from(reader.items.get(reader.keys[0] ?? "")?.raw ?? []).toString()).toContain("About first.\r\n");
    expect(reader.failures).toEqual([]);
  });

  test("goes on where it was left, and hands nothing over twice", async () => {
    const user = newUser();
    await deliver(user, mail("first"));
    const reader = read(user);
    await eventually("the first mail was read", () => reader.items.size === 1);
    await reader.stop();
    await deliver(user, mail("second"));
    const seen: Array<string> = [];
    reader.beforeAccept = async (items) => {
      seen.push(...items.map(({ key }) => key));
    };
    reader.start();
    await eventually("the second mail was read", () => reader.items.size === 2);
    await reader.stop();
    expect(seen).toHaveLength(1);
    expect(reader.subjects).toEqual(["first", "second"]);
  });

  test("hands over each of 200 mails once to each of two readers while they arrive", async () => {
    const user = newUser();
    const readers = [read(user), read(user)];
    await deliver(user, ...numbered(200).map((subject) => mail(subject)));
    for (const reader of readers) {
      await eventually("200 mails were read", () => reader.items.size >= 200);
      await reader.stop();
      // Where several arrive in a moment the server itself may number them in another order.
      expect(reader.subjects.toSorted()).toEqual(numbered(200).toSorted());
      expect(reader.failures).toEqual([]);
    }
  });

  test("hands over what another program marked as read", async () => {
    const user = newUser();
    await deliver(user, mail("first"), mail("second"));
    await withOther(user, (other) => other.messageFlagsAdd("1:*", ["\\Seen"]));
    const reader = read(user);
    await eventually("both were read", () => reader.items.size === 2);
    await reader.stop();
    expect(server.dovecot.mails(user).map(({ isSeen }) => isSeen)).toEqual([true, true]);
  });

  test("leaves mail as it is", async () => {
    const user = newUser();
    await deliver(user, mail("first"));
    const reader = read(user);
    await eventually("it was read", () => reader.items.size === 1);
    await reader.stop();
    expect(server.dovecot.mails(user).map(({ isSeen }) => isSeen)).toEqual([false]);
  });

  test("goes on with the rest when another program moves and deletes mail meanwhile", async () => {
    const user = newUser();
    await deliver(user, ...numbered(110).map((subject) => mail(subject)));
    const reader = new Reader(new ImapSource(imapAccount(connectionTo(user))));
    let isFirst = true;
    reader.beforeAccept = async () => {
      if (!isFirst) return;
      isFirst = false;
      // These were seen to be there, and are neither read nor on their way.
      await withOther(user, async (other) => {
        await other.messageMove("102:103", "Archive", { uid: true });
        await other.messageDelete("105", { uid: true });
        await other.messageFlagsAdd("106:108", ["\\Seen"], { uid: true });
      });
    };
    reader.start();
    await eventually("the rest was read", () => reader.items.size >= 107 && reader.isWell);
    await reader.stop();
    const gone = ["mail 102", "mail 103", "mail 105"];
    expect(reader.subjects).toEqual(numbered(110).filter((subject) => !gone.includes(subject)));
    expect([...reader.items.values()].every(({ raw, about }) => raw.length > 100 && about === undefined)).toBe(true);
  });

  test("looks into its other folders by and by, and tells of one that is missing", async () => {
    const user = newUser();
    const reader = read(user, { folders: ["INBOX", "Archive", "Nowhere"], pollSeconds: 0.3 });
    await eventually(
      "it tells what is missing",
      () => reader.reports.at(-1)?.trouble === "There is no folder Nowhere.",
    );
    await deliver(user, mail("first"));
    await eventually("the inbox was read", () => reader.items.size === 1);
    await withOther(user, (other) => other.messageMove("1:*", "Archive"));
    await eventually("the other folder was read", () => reader.items.size === 2);
    await reader.stop();
    expect(reader.keys.map((key) => key.split(":")[0])).toEqual(["INBOX", "Archive"]);
    expect(Object.keys(reader.cursor as object).sort()).toEqual(["Archive", "INBOX"]);
  });

  test("leaves alone what the server got before a date", async () => {
    const user = newUser();
    await withOther(user, async (other) => {
      await other.append("INBOX", Buffer.from(mail("old")), [], new Date("2020-01-01T10:00:00Z"));
      await other.append("INBOX", Buffer.from(mail("young")), [], new Date("2020-01-03T10:00:00Z"));
    });
    const reader = read(user, { since: new Date("2020-01-02T10:00:00Z") });
    await eventually("it caught up", () => reader.isWell);
    await reader.stop();
    expect(reader.subjects).toEqual(["young"]);
  });

  test("marks as read or moves what was accepted, where that is wanted", async () => {
    const [seen, moved] = [newUser(), newUser()];
    for (const user of [seen, moved]) await deliver(user, mail("first"), mail("second"));
    const readers = [read(seen, { afterwards: "seen" }), read(moved, { afterwards: { moveTo: "Archive" } })];
    for (const reader of readers) await eventually("it caught up", () => reader.isWell && reader.items.size === 2);
    for (const reader of readers) await reader.stop();
    expect(server.dovecot.mails(seen).map(({ isSeen }) => isSeen)).toEqual([true, true]);
    expect(server.dovecot.mails(moved)).toEqual([]);
    expect(server.dovecot.mails(moved, "Archive")).toHaveLength(2);
  });

  test("says so where mail cannot be moved, and loses nothing", async () => {
    const user = newUser();
    await deliver(user, mail("first"));
    const reader = read(user, { afterwards: { moveTo: "Nowhere" }, pollSeconds: 0.1 });
    await eventually("it says so", () => reader.reports.length > 2);
    for (const { trouble } of reader.reports) expect(trouble).toContain("could not be moved to the folder Nowhere");
    await reader.stop();
    expect(reader.subjects).toEqual(["first"]);
    expect(server.dovecot.mails(user)).toHaveLength(1);
  });

  test("reads of a mail that is too big the headers and the text, and says what it left out", async () => {
    const user = newUser();
    await deliver(user, mail("small"), mailWithFile("big", Buffer.alloc(300_000, 7)), mail("small again"));
    await deliver(user, mail("long", `${"A long story. ".repeat(150_000)}The end.`));
    const reader = read(user, { maxBytes: 100_000 });
    await eventually("all were read", () => reader.items.size === 4);
    await reader.stop();
    expect(reader.subjects).toEqual(["small", "big", "small again", "long"]);
    const long = Buffer.from(reader.items.get(reader.keys[3] ?? "")?.raw ?? []).toString();
    expect(long).toContain("A long story. A long story. ");
    expect(long.length).toBeGreaterThan(1_000_000);
    expect(long.length).toBeLessThan(1_001_000);
    const big = reader.items.get(reader.keys[1] ?? "");
    expect(big?.about).toEqual({ oversize: expect.any(Number), leftOut: ["film.mp4"] });
    const text = Buffer.from(big?.raw ?? []).toString();
    expect(text.length).toBeLessThan(3_000);
    expect(text).toContain("Message-ID: <big@customer.example>");
    expect(text).toContain(Buffer.from("Die Übersicht hängt an.").toString("base64"));
    expect(text).toContain("h=C3=A4ngt");
  });

  test("is left within a moment, wherever it is", async () => {
    const user = newUser();
    const waiting = read(user);
    await eventually("it waits for mail", () => waiting.isWell);
    let began = performance.now();
    await waiting.stop();
    expect(performance.now() - began).toBeLessThan(500);

    server.dovecot.freeze();
    const connecting = read(user);
    began = performance.now();
    await connecting.stop();
    server.dovecot.thaw();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
