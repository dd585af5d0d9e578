import { DeliveryError, type Outgoing } from "@deskwright/core";
import PostalMime from "postal-mime";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sameAddress } from "../../src/smtp/addresses.ts";
import type { SmtpOptions } from "../../src/smtp/SmtpOptions.ts";
import { SmtpSender } from "../../src/smtp/SmtpSender.ts";
import { ticketOfAddress } from "../../src/tokens.ts";
import { CuttingProxy } from "../CuttingProxy.ts";
import { type Faults, MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";

const support = "support@test.local";
const [anna, bob] = ["anna@test.local", "bob@test.local"];
const secret = "a secret of the tests";
let server: MailServer;
const open: Array<SmtpSender> = [];

beforeAll(async () => {
  server = await MailServer.start({ [support]: "secret", [anna]: "a", [bob]: "b" });
});
afterAll(() => server.stop());
afterEach(async () => {
  server.faults = {};
  server.received.length = 0;
  for (const sender of open.splice(0)) await sender.close();
});

const senderWith = (options: Partial<SmtpOptions> = {}, name = "Support") => {
  const settings = { host: "localhost", port: server.smtpPort, tls: { ca: server.dovecot.certificate }, ...options };
  const own = new Set([support, "sales@test.local"].map(sameAddress));
  const sender = new SmtpSender(settings, { from: { address: support, name }, own });
  open.push(sender);
  return sender;
};

const to = (address: string, name: string | null = null) => ({ address, name });

const outgoing = (fields: Partial<Outgoing> = {}): Outgoing => ({
  tenant: "default",
  secret,
  ref: "<t42.token.signature@test.local>",
  to: [to(anna, "Anna")],
  copies: [],
  only: null,
  subject: "The printer",
  text: "Have you tried turning it off?",
  html: null,
  files: [],
  ticketId: 42,
  thread: [],
  automatic: null,
  attempt: 1,
  ...fields,
});

/** Why a mail did not go out. */
const failureOf = async (faults: Faults, fields: Partial<Outgoing> = {}, options: Partial<SmtpOptions> = {}) => {
  server.faults = faults;
  const thrown: unknown = await senderWith(options)
    .send(outgoing(fields))
    .catch((error: unknown) => error);
  if (!(thrown instanceof DeliveryError)) throw new Error(`no DeliveryError but ${JSON.stringify(thrown)}`);
  return thrown;
};

const onlyOne = () => {
  const [mail, ...others] = server.received;
  if (mail === undefined || others.length > 0) throw new Error(`${server.received.length} mails came instead of one`);
  return mail;
};

const headersOf = (raw: string) => {
  const [head = ""] = raw.split("\r\n\r\n");
  return head.split(/\r\n(?![ \t])/);
};

describe("a mail that goes out", () => {
  test("says who wrote, what it answers and where an answer goes", async () => {
    const thread = ["<first@customer.example>", "<t42.a.b@test.local>", "<last@customer.example>"];
    const copies = [to(bob, "Bob"), to("Sales+x@test.local")];
    const sent = await senderWith().send(outgoing({ thread, copies }));
    expect(sent).toEqual({ ref: null, refused: [] });
    const { from, to: recipients, raw } = onlyOne();
    expect([from, recipients]).toEqual([support, [anna, bob]]);
    const mail = await PostalMime.parse(raw);
    expect(mail.messageId).toBe("<t42.token.signature@test.local>");
    expect(mail.inReplyTo).toBe("<last@customer.example>");
    expect(mail.references).toBe(thread.join(" "));
    expect(mail.from).toMatchObject({ name: "Support", address: support });
    expect(mail.to).toMatchObject([{ name: "Anna", address: anna }]);
    expect(mail.cc).toMatchObject([{ name: "Bob", address: bob }]);
    expect(ticketOfAddress(mail.replyTo?.[0]?.address ?? "", "default", secret)).toBe(42);
    expect(mail.subject).toBe("Re: The printer [#42]");
    expect(mail.text?.trim()).toBe("Have you tried turning it off?");
    expect(raw).not.toMatch(/^(Auto-Submitted|Precedence|X-Auto-Response-Suppress):/im);
    await eventually("Anna has it", () => server.dovecot.mails(anna).length > 0);
  });

  test("folds a thread of any length", async () => {
    const thread = Array.from({ length: 200 }, (_, at) => `<${at}.${"x".repeat(60)}@customer.example>`);
    await senderWith().send(outgoing({ thread }));
    const { raw } = onlyOne();
    expect(Math.max(...raw.split("\r\n").map((line) => line.length))).toBeLessThan(200);
    expect((await PostalMime.parse(raw)).references?.split(" ")).toEqual([thread[0], ...thread.slice(-20)]);
  });

  test.each([
    ["reply", "auto-replied", null],
    ["notice", "auto-generated", "bulk"],
  ] as const)(
    "by itself, as a %s, is marked so that no machine answers it",
    async (automatic, submitted, precedence) => {
      await senderWith().send(outgoing({ automatic }));
      const { from, raw } = onlyOne();
      expect(from).toBe("");
      const { headers } = await PostalMime.parse(raw);
      const headerOf = (key: string) => headers.find((header) => header.key === key)?.value ?? null;
      expect(headerOf("auto-submitted")).toBe(submitted);
      expect(headerOf("x-auto-response-suppress")).toBe("All");
      expect(headerOf("precedence")).toBe(precedence);
      expect(headerOf("x-deskwright-loop")).toMatch(/^[a-z2-7]{16}$/);
    },
  );

  test("by itself has a sender after all where the server takes no mail without one", async () => {
    const tried: Array<string> = [];
    server.faults = {
      sender: (address) => {
        tried.push(address);
        return address === "" ? { code: 550, text: "5.1.7 Who are you?" } : undefined;
      },
    };
    const sender = senderWith();
    const content = async function* () {
      yield Buffer.from("of the first try");
    };
    const file = { name: "note.txt", contentType: "text/plain", content: content() };
    await sender.send(outgoing({ automatic: "reply", files: [file] }));
    await sender.send(outgoing({ automatic: "reply" }));
    expect(tried).toEqual(["", support, support]);
    const { attachments } = await PostalMime.parse(server.received[0]?.raw ?? "");
    expect(Buffer.from(attachments[0]?.content as ArrayBuffer).toString()).toBe("of the first try");
  });

  test("speaks every language, in names, subjects, files and domains", async () => {
    const name = 'Анна «Принтер» O\'Neil, "GmbH"';
    const text = "Здравствуйте! 你好。 .\r\n.\r\nGrüße 🖨";
    const file = { name: "Счёт №1.pdf", contentType: "application/pdf", content: contentOf([Buffer.from("%PDF")]) };
    await senderWith({}, "Поддержка").send(
      outgoing({
        to: [to("kunde@bücher.example", name)],
        subject: "Принтер 🖨",
        text,
        html: `<p>${text}</p>`,
        files: [file],
      }),
    );
    const { raw } = onlyOne();
    expect(raw).toContain("<kunde@xn--bcher-kva.example>");
    const mail = await PostalMime.parse(raw);
    expect(mail.from?.name).toBe("Поддержка");
    expect(mail.to?.[0]?.name).toBe(name);
    expect(mail.subject).toBe("Принтер 🖨 [#42]");
    expect(mail.text?.replaceAll("\r", "").trim()).toBe(text.replaceAll("\r", ""));
    expect(mail.html).toContain("Grüße 🖨");
    expect(mail.attachments[0]).toMatchObject({ filename: "Счёт №1.pdf", mimeType: "application/pdf" });
  });

  test("carries files of many parts as they are", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 31) % 251));
    const parts = Array.from({ length: 100 }, (_, at) => bytes.subarray(at * 30_000, (at + 1) * 30_000));
    await senderWith().send(
      outgoing({ files: [{ name: "data.bin", contentType: "application/octet-stream", content: contentOf(parts) }] }),
    );
    const { attachments } = await PostalMime.parse(onlyOne().raw);
    expect(Buffer.from(attachments[0]?.content as ArrayBuffer).equals(bytes)).toBe(true);
  });

  test("goes out once where the server had closed a connection that was kept", async () => {
    const sender = senderWith();
    await sender.send(outgoing());
    let isClosed = false;
    server.faults = {
      sender: () => {
        if (isClosed) return undefined;
        isClosed = true;
        return "drop";
      },
    };
    const file = { name: "a.txt", contentType: "text/plain", content: contentOf([Buffer.from("all of it")]) };
    await sender.send(outgoing({ files: [file] }));
    expect(isClosed).toBe(true);
    expect(server.received).toHaveLength(2);
    const { attachments } = await PostalMime.parse(server.received[1]?.raw ?? "");
    expect(Buffer.from(attachments[0]?.content as ArrayBuffer).toString()).toBe("all of it");
  });

  test("never has a header that somebody else wrote", async () => {
    const evil = "x\r\nX-Evil: yes\r\n\r\n<b>body</b>";
    const file = { name: evil, contentType: `text/plain${evil}`, content: contentOf([Buffer.from("x")]) };
    await senderWith({}, evil).send(
      outgoing({ to: [to(anna, evil)], subject: evil, thread: [`<a@b>${evil}`, evil], files: [file] }),
    );
    const { raw } = onlyOne();
    expect(raw).not.toMatch(/^X-Evil/im);
    expect(headersOf(raw).map((header) => header.split(":")[0])).not.toContain("X-Evil");
    expect(headersOf(raw).length).toBeGreaterThan(7);
  });

  test("goes to nobody whose address is none, and to nobody twice", async () => {
    const wrong = "anna@test.local>\r\nRCPT TO:<evil@test.local";
    const { refused } = await senderWith().send(outgoing({ copies: [to(wrong), to(anna)] }));
    expect(refused).toEqual([{ address: wrong, reason: "is no address that mail can be sent to", mayPass: false }]);
    expect(onlyOne().to).toEqual([anna]);
  });

  test("never goes to ourselves", async () => {
    const { outcome } = await failureOf({}, { to: [to("SUPPORT+t1.abc@test.local")] });
    expect(outcome).toBe("final");
    expect(server.received).toEqual([]);
  });
});

describe("a mail that does not go out", () => {
  test("is tried again after a greylisting, and arrives", async () => {
    let tries = 0;
    const faults: Faults = {
      recipient: () => {
        tries += 1;
        return tries === 1 ? { code: 450, text: "4.2.0 Try again" } : undefined;
      },
    };
    const failure = await failureOf(faults);
    expect(failure.outcome).toBe("retryable");
    expect(failure.reason).toBe("anna@test.local: 450 4.2.0 Try again");
    await senderWith().send(outgoing({ attempt: 2 }));
    expect(onlyOne().to).toEqual([anna]);
  });

  test("to some says to whom, and which of them may get it later, alone", async () => {
    const copies = [to(bob), to("gone@bücher.example")];
    const faults: Readonly<Record<string, { readonly code: number; readonly text: string }>> = {
      gone: { code: 550, text: "5.1.1 Gone" },
      bob: { code: 451, text: "4.7.1 Greylisted" },
    };
    server.faults = { recipient: (address) => faults[address.split("@")[0] ?? ""] };
    const { refused } = await senderWith().send(outgoing({ copies }));
    expect(refused).toEqual([
      { address: bob, reason: "451 4.7.1 Greylisted", mayPass: true },
      { address: "gone@bücher.example", reason: "550 5.1.1 Gone", mayPass: false },
    ]);
    expect(onlyOne().to).toEqual([anna]);
    server.faults = {};
    server.received.length = 0;
    expect((await senderWith().send(outgoing({ copies, only: [bob], attempt: 2 }))).refused).toEqual([]);
    expect(onlyOne().to).toEqual([bob]);
    // Whoever reads it sees all whom it was for.
    expect(onlyOne().raw).toMatch(/^Cc:.*gone@/im);
  });

  test("to anybody is given up", async () => {
    const failure = await failureOf({}, { to: [to("nobody@test.local")] });
    expect(failure.outcome).toBe("final");
    expect(failure.reason).toBe("nobody@test.local: 550 5.1.1 No such user here");
  });

  test.each<[string, Faults, DeliveryError["outcome"]]>([
    ["is refused with its content", { accepted: () => ({ code: 554, text: "5.7.1 Spam" }) }, "final"],
    ["is put off with its content", { accepted: () => ({ code: 451, text: "4.7.1 Later" }) }, "retryable"],
    ["loses its connection before it is sent", { sender: () => "drop" }, "retryable"],
    ["loses its connection while it is sent", { content: () => "drop" }, "retryable"],
    ["loses its connection after it was taken", { accepted: () => "drop" }, "unknown"],
  ])("because it %s is judged by what is sure", async (_, faults, expected) => {
    const { outcome } = await failureOf(faults, { text: "A long text. ".repeat(50_000) });
    expect(outcome).toBe(expected);
  });

  test("because the server stalls is judged by what the server had by then", async () => {
    const began = performance.now();
    const options = { timeoutSeconds: 1 };
    expect((await failureOf({ recipient: () => "stall" }, {}, options)).outcome).toBe("retryable");
    expect((await failureOf({ accepted: () => "stall" }, {}, options)).outcome).toBe("unknown");
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test("because its file cannot be read may be tried again", async () => {
    const content = async function* () {
      yield Buffer.alloc(100_000);
      throw new Error("the disk is away");
    };
    const files = [{ name: "a.bin", contentType: "application/octet-stream", content: content() }];
    const failure = await failureOf({}, { files });
    expect(failure.outcome).toBe("retryable");
    expect(failure.reason).toContain("the disk is away");
    expect(server.received).toEqual([]);
  });

  test("because nobody answers may be tried again", async () => {
    expect((await failureOf({}, {}, { port: 1 })).outcome).toBe("retryable");
  });
});

describe("the login", () => {
  test("is made with a password, and a wrong one may be put right", async () => {
    await senderWith({ auth: { user: support, pass: "secret" } }).send(outgoing());
    expect(onlyOne().to).toEqual([anna]);
    const failure = await failureOf({}, {}, { auth: { user: support, pass: "wrong" } });
    expect(failure.outcome).toBe("retryable");
    expect(failure.reason).toContain("The server refuses the login");
  });

  test("is made with a token that is asked for, and asked for again where it expired", async () => {
    server.tokens.set("good", support);
    const tokens = ["expired", "good"];
    const accessToken = async () => tokens.shift() ?? "none left";
    await senderWith({ auth: { user: support, accessToken } }).send(outgoing());
    expect(onlyOne().to).toEqual([anna]);
    const failure = await failureOf({}, {}, { auth: { user: support, accessToken } });
    expect(failure.outcome).toBe("retryable");
    expect(failure.reason).toContain("The server refuses the login");
  });

  test("is made only where nobody can listen, or where that is wanted", async () => {
    const tls = { rejectUnauthorized: true };
    expect((await failureOf({}, {}, { tls })).reason).toContain("self-signed certificate");
    const proxy = await CuttingProxy.start(server.smtpPort, "POISON");
    const auth = { user: support, pass: "secret" };
    const { outcome, reason } = await failureOf({}, {}, { port: proxy.port, allowPlaintext: false, auth });
    expect([outcome, reason]).toEqual(["retryable", expect.stringContaining("STARTTLS")]);
    expect(server.received).toEqual([]);
    await senderWith({ port: proxy.port, allowPlaintext: true }).send(outgoing());
    await proxy.stop();
  });
});

async function* contentOf(parts: ReadonlyArray<Uint8Array>) {
  yield* parts;
}
