import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imapAccount } from "../../src/imap/account.ts";
import type { ImapOptions } from "../../src/imap/ImapOptions.ts";
import { ImapSource } from "../../src/imap/ImapSource.ts";
import { CuttingProxy } from "../CuttingProxy.ts";
import { MailServer } from "../MailServer.ts";
import { mail, mailWithFile } from "../mails.ts";
import { eventually } from "../processes.ts";
import { Reader } from "../Reader.ts";

const user = "support@test.local";
let server: MailServer;

// Each test harms its server, so each has its own.
beforeEach(async () => {
  server = await MailServer.start({ [user]: "secret" });
});
afterEach(() => server.stop());

const account = (options: ImapOptions = {}) =>
  imapAccount({
    host: "localhost",
    port: server.dovecot.ports.imaps,
    tls: { ca: server.dovecot.certificate },
    auth: { user, pass: "secret" },
    timeoutSeconds: 5,
    pollSeconds: 1,
    ...options,
  });

const read = (options: ImapOptions = {}) => Reader.of(new ImapSource(account(options)));

const deliver = async (...raws: ReadonlyArray<string>) => {
  for (const raw of raws) await server.dovecot.deliver("anna@customer.example", [user], raw);
};

const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `mail ${from + at}`);

const logins = () => server.dovecot.log().match(/auth failed, 1 attempts/g)?.length ?? 0;

describe("an account is read", () => {
  test("although its sessions are killed over and over in the middle of mails", async () => {
    await deliver(...numbered(24).map((subject) => mailWithFile(subject, Buffer.alloc(1_000_000, 65))));
    const reader = read();
    let kicked = 0;
    while (kicked < 5) {
      await eventually("there is a session", () => server.dovecot.kickSessions() > 0);
      kicked += 1;
    }
    await eventually("all was read", () => reader.items.size >= 24);
    await reader.stop();
    expect(reader.subjects).toEqual(numbered(24));
    expect(reader.failures.length).toBeGreaterThan(0);
    expect([...reader.items.values()].every(({ raw }) => raw.length > 1_300_000)).toBe(true);
  });

  test("although the server dies and comes back", async () => {
    await deliver(mail("before"));
    const reader = read();
    await eventually("it caught up", () => reader.isWell && reader.items.size === 1);
    await server.dovecot.kill();
    await eventually("it was noticed", () => reader.failures.length > 1);
    await server.dovecot.up();
    await deliver(mail("after"));
    await eventually("it goes on", () => reader.items.size === 2);
    await reader.stop();
    expect(reader.subjects).toEqual(["before", "after"]);
    expect(reader.failures.at(-1)?.message).toContain("support@test.local@localhost: ");
  });

  test("to the last of 300 mails, although the server and the reader die again and again while they arrive", async () => {
    const reader = read();
    let isOver = false;
    const arriving = (async () => {
      // A mail that was not surely taken is sent again, as mail servers do.
      for (const subject of numbered(300)) {
        await eventually(`${subject} was taken`, () =>
          deliver(mail(subject)).then(
            () => true,
            () => false,
          ),
        );
      }
      isOver = true;
    })();
    let deaths = 0;
    while (!isOver || deaths < 6) {
      const before = reader.items.size;
      await eventually("something was read", () => isOver || reader.items.size > before + 20);
      await Promise.all([server.dovecot.kill(), deaths % 2 === 0 ? reader.stop() : null]);
      await server.dovecot.up();
      if (deaths % 2 === 0) reader.start();
      deaths += 1;
    }
    await arriving;
    await eventually("every mail on the disk was read", () => reader.items.size >= server.dovecot.mails(user).length);
    await reader.stop();
    expect(new Set(reader.subjects)).toEqual(new Set(numbered(300)));
  });

  test("from the start where its UIDs mean other mails than before", async () => {
    await deliver(mail("one"), mail("two"), mail("three"));
    const reader = read();
    await eventually("it caught up", () => reader.isWell && reader.items.size === 3);
    await server.dovecot.changeUidValidity(user);
    await deliver(mail("four"));
    await eventually("all was read again", () => reader.items.size === 7);
    await reader.stop();
    expect(reader.subjects.slice(3)).toEqual(["one", "two", "three", "four"]);
    const validities = new Set(reader.keys.map((key) => key.split(":")[1]));
    expect(validities.size).toBe(2);
  });

  test("again after the network fell silent", async () => {
    const reader = read({ timeoutSeconds: 1 });
    await eventually("it caught up", () => reader.isWell);
    server.dovecot.freeze();
    await eventually("the silence was noticed", () => reader.failures.length > 0);
    server.dovecot.thaw();
    await deliver(mail("after"));
    await eventually("it goes on", () => reader.items.size === 1);
    await reader.stop();
    expect(reader.subjects).toEqual(["after"]);
  });

  test("again after the network fell silent just when it began to wait for news", async () => {
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "POISON");
    proxy.silentAfter = "IDLE";
    const reader = read({ port: proxy.port, secure: false, timeoutSeconds: 1 });
    await eventually("the silence was noticed", () => reader.failures.length > 0);
    expect(reader.failures[0]?.message).toContain("the server fell silent");
    proxy.silentAfter = null;
    await deliver(mail("after"));
    await eventually("it goes on", () => reader.items.size === 1);
    await reader.stop();
    await proxy.stop();
  });

  test("at once also after the server had nothing to say for long", async () => {
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "POISON");
    const reader = read({ port: proxy.port, secure: false, timeoutSeconds: 1, pollSeconds: 540 });
    await eventually("it waits for the third time", () => proxy.said.split(" IDLE").length > 3);
    await deliver(mail("after"));
    await eventually("it was read", () => reader.items.size === 1);
    await reader.stop();
    await proxy.stop();
  });

  test("but never by hammering a server that refuses the login", async () => {
    await deliver(mail("first"));
    const reader = read({ auth: { user, pass: "changed" }, loginPauseSeconds: 1 });
    await eventually("it tried twice", () => reader.reports.length === 2);
    const [first, second] = reader.reports;
    expect(first?.trouble).toContain("localhost refuses the login of support@test.local");
    expect(first?.trouble).toContain("password");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(990);
    await eventually("the server counts the same", () => logins() === 2);
    await server.dovecot.changePassword(user, "changed");
    await eventually("it reads once the password is right", () => reader.isWell);
    await reader.stop();
    expect(reader.subjects).toEqual(["first"]);
    expect(reader.failures).toEqual([]);
  });

  test("with tokens, each login with a new one", async () => {
    await deliver(mail("first"));
    server.tokens.set("good", user);
    const tokens = ["expired", "good"];
    const auth = { user, accessToken: async () => tokens.shift() ?? "none left" };
    const reader = read({ auth, loginPauseSeconds: 0.2 });
    await eventually("it caught up", () => reader.isWell);
    await reader.stop();
    expect(reader.reports[0]?.trouble).toContain("Check the user and the token.");
    expect(reader.subjects).toEqual(["first"]);
    expect(tokens).toEqual([]);
  });

  test("only where the certificate is right", async () => {
    const reader = read({ tls: {} });
    await eventually("it fails", () => reader.failures.length > 0);
    await reader.stop();
    expect(reader.failures[0]?.message).toMatch(/self-signed certificate/);
    expect(reader.items.size).toBe(0);
  });

  test("although one mail breaks the connection each time: of that one the text is read, or nothing", async () => {
    const text = mail("bad text", "POISON");
    const file = mailWithFile("bad file", Buffer.from("a poisonous attachment")).replace(/^YSBw\w*/m, "POISON");
    await deliver(mail("first"), file, mail("second"), text, mail("third"));
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "POISON");
    const reader = read({ port: proxy.port, secure: false });
    await eventually("all was read", () => reader.items.size === 5);
    await reader.stop();
    await proxy.stop();
    expect(reader.subjects).toEqual(["first", "bad file", "second", "", "third"]);
    const [, withFile, , without] = [...reader.items.values()];
    expect(withFile?.about).toEqual({ unreadable: expect.any(Number), leftOut: ["film.mp4"] });
    expect(without).toMatchObject({ raw: new Uint8Array(), about: { unreadable: expect.any(Number) } });
    expect(proxy.cuts).toBe(reader.failures.length);
  });

  test("and marks what it accepted, although the mails after it break the connection", async () => {
    await deliver(...numbered(50).map((subject) => mail(subject)), mail("bad", "POISON"));
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "POISON");
    const reader = read({ port: proxy.port, secure: false, afterwards: "seen" });
    await eventually("all was read", () => reader.items.size === 51 && reader.isWell);
    await reader.stop();
    await proxy.stop();
    expect(server.dovecot.mails(user).map(({ isSeen }) => isSeen)).toEqual(Array(51).fill(true));
  });

  test("although to mark a mail breaks the connection each time", async () => {
    await deliver(...numbered(3).map((subject) => mail(subject)));
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "Store completed");
    const reader = read({ port: proxy.port, secure: false, afterwards: "seen" });
    await eventually("the first were read", () => reader.items.size === 3 && proxy.cuts > 1);
    await deliver(mail("after"));
    await eventually("the next one was read", () => reader.items.size === 4);
    await reader.stop();
    await proxy.stop();
  });

  test("never over a connection that everybody can read, unless that is wanted", async () => {
    const proxy = await CuttingProxy.start(server.dovecot.ports.imap, "POISON");
    const reader = read({ port: proxy.port, secure: false, allowPlaintext: false });
    await eventually("it fails", () => reader.failures.length > 0);
    await reader.stop();
    await proxy.stop();
    expect(reader.failures[0]?.message).toMatch(/STARTTLS/i);
    expect(server.dovecot.log()).not.toContain("Login:");
  });

  test("again from the same place where what it read could not be written down, and suspects no mail for it", async () => {
    // More than are read in one go, so that the last are on their way while the first are written down.
    const large = mail("large", "It is long.\r\n".repeat(200_000));
    await deliver(...numbered(50).map((subject) => mail(subject)), large, large);
    const reader = new Reader(new ImapSource(account()));
    let outages = 0;
    reader.beforeAccept = async () => {
      if (++outages <= 8) throw new Error("the database is away");
    };
    reader.start();
    await eventually("it caught up", () => reader.isWell);
    await reader.stop();
    expect(reader.failures.map(({ message }) => message)).toEqual(Array(8).fill("the database is away"));
    expect(reader.subjects).toEqual([...numbered(50), "large", "large"]);
    expect([...reader.items.values()].filter(({ about }) => about !== undefined)).toEqual([]);
  });
});
