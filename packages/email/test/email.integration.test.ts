import { channelContract } from "@deskwright/testkit";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email } from "../src/index.ts";
import { Exim } from "./Exim.ts";
import { MailServer } from "./MailServer.ts";
import { mailWithFile } from "./mails.ts";
import { eventually } from "./processes.ts";
import { Reader } from "./Reader.ts";

const secret = "a secret of the tests";
const unused = Array.from({ length: 30 }, (_, at) => `support${at}@test.local`);
const customer = { address: "anna@test.local", name: "Anna" };
let server: MailServer;

beforeAll(async () => {
  const addresses = [...unused, customer.address];
  server = await MailServer.start(Object.fromEntries(addresses.map((address) => [address, "secret"])));
});
afterAll(() => server.stop());

const newAddress = () => unused.pop() ?? "there are too few addresses";

const channelFor = (address: string, smtpPort = server.smtpPort) => {
  const tls = { ca: server.dovecot.certificate };
  const login = `${encodeURIComponent(address)}:secret@localhost`;
  return email({
    from: `Support <${address}>`,
    imap: { url: `imaps://${login}:${server.dovecot.ports.imaps}`, tls, maxBytes: 100_000 },
    smtp: { url: `smtp://${smtpPort === server.smtpPort ? login : "localhost"}:${smtpPort}`, tls },
  });
};

channelContract("mail by real servers", async () => {
  const address = newAddress();
  const channel = channelFor(address);
  const before = server.received.length;
  let count = 0;
  return {
    channel,
    customer,
    write: async ({ subject, text, answers }) => {
      count += 1;
      const lines = [
        `From: ${customer.name} <${customer.address}>`,
        `To: ${address}`,
        `Subject: ${subject}`,
        `Message-ID: <${count}.${address}>`,
        ...(answers === undefined ? [] : [`In-Reply-To: ${answers}`]),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        "",
      ];
      await server.dovecot.deliver(customer.address, [address], lines.join("\r\n"));
    },
    received: async () => {
      const raws = server.received.slice(before).map(({ raw }) => raw);
      const mails = await Promise.all(raws.map((raw) => PostalMime.parse(raw)));
      return mails.map(({ messageId, text }) => ({ ref: messageId ?? "", text: text ?? "" }));
    },
    close: async () => channel.close?.(),
  };
});

describe("mail", () => {
  const readFirst = async (channel: ReturnType<typeof email>) => {
    const reader = Reader.of(channel.sources?.[0]);
    await eventually("something was read", () => reader.items.size > 0);
    await reader.stop();
    const [item] = [...reader.items.values()];
    if (item === undefined || channel.read === undefined) throw new Error("There is nothing to read");
    const { raw, about = null } = item;
    return channel.read({ tenant: "default", secret, raw, about, receivedAt: new Date("2026-11-21T10:00:00Z") });
  };

  test("that cannot be delivered comes back as a report about what was sent", async () => {
    const address = newAddress();
    const exim = await Exim.start(server.dovecot.ports.lmtp, [address]);
    const channel = channelFor(address, exim.port);
    const ref = channel.newRef({ tenant: "default", ticketId: 7, secret, token: "t1" });
    const gone = { address: "gone@nowhere.example", name: null };
    const letter = {
      subject: "Hello",
      text: "Are you there?",
      html: null,
      files: [],
      thread: [],
      copies: [],
      only: null,
    };
    const about = { tenant: "default", secret, ticketId: 7, automatic: null, attempt: 1 };
    expect(await channel.send({ ...about, ...letter, ref, to: [gone] })).toEqual({ ref: null, refused: [] });
    const reading = await readFirst(channel);
    await channel.close?.();
    await exim.stop();
    expect(reading).toMatchObject({
      type: "report",
      refs: expect.arrayContaining([ref]),
      recipients: [{ address: gone.address, outcome: "failed" }],
    });
  });

  test("that is too big is shown with its text, and says what is missing", async () => {
    const address = newAddress();
    const channel = channelFor(address);
    const raw = mailWithFile("big", Buffer.alloc(300_000, 7));
    await server.dovecot.deliver("anna@customer.example", [address], raw);
    const reading = await readFirst(channel);
    await channel.close?.();
    expect(reading).toMatchObject({ type: "message", subject: "big", files: [] });
    const { text, remarks } = reading as Extract<typeof reading, { type: "message" }>;
    expect(text).toContain("Die Übersicht hängt an.");
    expect(remarks).toEqual([expect.stringMatching(/^The mail has 0\.4 MB, .* film\.mp4\.$/)]);
  });
});
