import { describe, expect, test } from "vitest";
import { imapAccount, imapAccounts } from "../../src/imap/account.ts";
import type { ImapOptions } from "../../src/imap/ImapOptions.ts";

const auth = { user: "support", pass: "secret" };
const good: ImapOptions = { host: "imap.example.com", auth };

describe("the settings of an account", () => {
  test("are complete with a host and a login", () => {
    expect(imapAccount(good)).toMatchObject({
      name: "support@imap.example.com",
      port: 993,
      secure: true,
      folders: ["INBOX"],
      pollMs: 60_000,
      maxBytes: 25_000_000,
      afterwards: "keep",
    });
  });

  test("can be a URL, whose parts are decoded", () => {
    expect(imapAccount("imaps://me%40example.com:p%2Fw%23@imap.example.com:1993/Sales%20EU")).toMatchObject({
      name: "me@example.com@imap.example.com",
      host: "imap.example.com",
      port: 1993,
      auth: { user: "me@example.com", pass: "p/w#" },
      folders: ["Sales EU"],
    });
    expect(imapAccount("imap://a:b@mail.local")).toMatchObject({ port: 143, secure: false });
  });

  test("beside a URL count before it", () => {
    const account = imapAccount({ url: "imaps://a:b@one.example", folders: ["inbox", "Sales"], afterwards: "seen" });
    expect(account).toMatchObject({ host: "one.example", folders: ["INBOX", "Sales"], afterwards: "seen" });
  });

  test.each<[string, string | ImapOptions]>([
    ["imap.url", "http://a:b@imap.example.com"],
    ["imap.url", "imap.example.com"],
    ["imap.auth", "imaps://imap.example.com"],
    ["imap.auth", "imaps://support@imap.example.com"],
    ["imap.host", { auth }],
    ["imap.auth", { host: "h" }],
    ["imap.auth", { host: "h", auth: { user: "", pass: "x" } }],
    ["imap.port", { ...good, port: 70_000 }],
    ["imap.folders", { ...good, folders: [] }],
    ["imap.folders", { ...good, folders: ["INBOX", "inbox"] }],
    ["imap.since", { ...good, since: new Date("yesterday") }],
    ["imap.pollSeconds", { ...good, pollSeconds: 0 }],
    ["imap.pollSeconds", { ...good, pollSeconds: 541 }],
    ["imap.timeoutSeconds", { ...good, timeoutSeconds: Number.NaN }],
    ["imap.maxBytes", { ...good, maxBytes: -1 }],
    ["imap.afterwards.moveTo", { ...good, afterwards: { moveTo: "INBOX" } }],
  ])("that are wrong are named: %s", (field, options) => {
    expect(() => imapAccount(options)).toThrow(`email: ${field} `);
  });

  test("of several accounts are named by their place, and no account comes twice", () => {
    expect(imapAccounts([good, { ...good, host: "other.example" }])).toHaveLength(2);
    expect(() => imapAccounts([good, { auth }])).toThrow("email: imap[1].host is missing");
    expect(() => imapAccounts([good, { ...good, folders: ["Sales"] }])).toThrow("twice");
  });
});
