import { describe, expect, test } from "vitest";
import { type EmailOptions, email } from "../src/index.ts";
import { ticketOfMessageId } from "../src/tokens.ts";

const good: EmailOptions = {
  from: "Support <support@example.com>",
  imap: "imaps://support:secret@imap.example.com",
  smtp: "smtps://support:secret@smtp.example.com",
};

describe("a channel of mail", () => {
  test("is made of an address and two servers", async () => {
    const channel = email(good);
    expect(channel).toMatchObject({ name: "email", hasEmailAddresses: true });
    expect(channel).not.toHaveProperty("tenant");
    expect(channel.sources?.map(({ name }) => name)).toEqual(["support@imap.example.com"]);
    await channel.close?.();
  });

  test("may read several accounts, or none", async () => {
    const { imap: _, ...sending } = good;
    const accounts = ["imaps://a:b@one.example", { host: "two.example", auth: { user: "a", pass: "b" } }];
    const channels = [email({ ...sending, imap: accounts, name: "sales", tenant: "acme" }), email(sending)];
    expect(channels[0]).toMatchObject({ name: "sales", tenant: "acme" });
    expect(channels.map(({ sources }) => sources?.map(({ name }) => name))).toEqual([
      ["a@one.example", "a@two.example"],
      [],
    ]);
    for (const channel of channels) await channel.close?.();
  });

  test("signs its references, in the domain of its address as servers spell it", async () => {
    const channel = email({ ...good, from: "hallo@Bücher.example" });
    const ref = channel.newRef({ tenant: "default", ticketId: 42, secret: "s", token: "abc" });
    expect(ref).toMatch(/^<t42\.abc\.[a-z2-7]{16}@xn--bcher-kva\.example>$/);
    expect(ticketOfMessageId(ref, "default", "s")).toBe(42);
    expect(ticketOfMessageId(ref, "default", "another")).toBeNull();
    await channel.close?.();
  });

  test.each<[string, object]>([
    ["name", { name: "" }],
    ["from", { from: undefined }],
    ["from", { from: "Support" }],
    ["from", { from: "a@b, c@d" }],
    ["addresses", { addresses: ["sales@example.com", "sales"] }],
    ["imap.url", { imap: "imap.example.com" }],
    ["imap[1].host", { imap: [good.imap, { auth: { user: "a", pass: "b" } }] }],
    ["smtp", { smtp: undefined }],
    ["smtp", { smtp: "https://smtp.example.com" }],
    ["smtp.url", { smtp: { url: "smtp" } }],
    ["smtp.host", { smtp: { port: 25 } }],
    ["smtp.timeoutSeconds", { smtp: { host: "h", timeoutSeconds: 0 } }],
    ["smtp.auth", { smtp: { host: "h", auth: { user: "support" } } }],
    ["smtp.auth", { smtp: { host: "h", auth: { user: "", pass: "x" } } }],
    ["smtp.auth", { smtp: { host: "h", auth: { user: "a", accessToken: "not a function" } } }],
  ])("says at once that %s is wrong: %j", (field, wrong) => {
    const thrown = (() => {
      try {
        return email({ ...good, ...wrong } as EmailOptions);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(Error);
    expect((thrown as Error).message).toMatch(new RegExp(`^email: ${field.replace(/[.[\]]/g, "\\$&")}[: ]`));
  });
});
