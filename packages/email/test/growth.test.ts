import { describe, expect, test } from "vitest";
import { namesLeftOut, reducedMail } from "../src/imap/reducedMail.ts";
import { readMail } from "../src/readMail.ts";
import { multipart, rawMail } from "./rawMail.ts";

// One hostile mail must not hold up the process: whatever is in it, its cost may grow with its size, not with the square of it.

const own = { addresses: ["support@example.com"], domain: "example.com" };
const item = { tenant: "acme", secret: "secret", about: null, receivedAt: new Date(0) };
const base = ["From: Ann <ann@customer.example>", "To: support@example.com", "Message-ID: <a@customer.example>"];

/** As often as it fits into a size. */
const fill = (unit: string, size: number): string => unit.repeat(Math.ceil(size / unit.length));
/** Of each number what is made of it, up to a size. */
const count = (size: number, of: (at: number) => string): string => {
  let text = "";
  for (let at = 0; text.length < size; at++) text += of(at);
  return text;
};

type Make = (size: number) => Uint8Array;
const plain = ["Content-Type: text/plain; charset=utf-8"];
const html = ["Content-Type: text/html; charset=utf-8"];
const body =
  (type: ReadonlyArray<string>, of: (size: number) => string): Make =>
  (size) =>
    rawMail([...base, ...type], of(size));
const text = (of: (size: number) => string) => body(plain, of);
const page = (of: (size: number) => string) => body(html, of);
/** The same in every place of a report. */
const report =
  (of: (size: number) => string): Make =>
  (size) => {
    const third = of(size / 3);
    const [headers, content] = multipart(
      "report",
      [plain, `It could not be delivered.\r\n${third}`],
      [["Content-Type: message/delivery-status"], third],
      [["Content-Type: message/rfc822"], `To: x@example.org\r\nX: ${third}`],
    );
    return rawMail(["From: mailer-daemon@example.org", "Subject: Undelivered mail", ...headers], content);
  };
/** Many headers, each as long as one of them may be. */
const everyHeader =
  (of: (size: number) => string): Make =>
  (size) => {
    const names = ["From", "To", "Subject", "In-Reply-To", "References", "Return-Path", "Content-Type", "Content-ID"];
    return rawMail(names.map((name) => `${name}: ${of(size / names.length)}`));
  };

const deep =
  (type: string): Make =>
  (size) =>
    rawMail([...base, fill(`Content-Type: multipart/${type}; boundary="b"\r\n\r\n--b\r\n`, size)]);

const mails: ReadonlyArray<readonly [what: string, make: Make]> = [
  ["stars", text((size) => fill("*", size))],
  ["lines of stars", text((size) => fill(`${"*".repeat(450)}Original Messagex\n`, size))],
  ["blanks between two letters", text((size) => `a${fill(" ", size)}b`)],
  ["empty lines between two letters", text((size) => `a${fill("\n", size)}b`)],
  ["marks of quotes", text((size) => fill("> <", size))],
  ["quotes and answers", text((size) => fill("> a\nb\n\n--\n", size))],
  ["devices", text((size) => fill("Sent from my iPhone\n", size))],
  ["quote headers", text((size) => fill("On Mon, 1 Jan 2024 at 10:00, a@b.example wrote:\nx\n", size))],
  ["blanks before a mark", text((size) => `${fill(" ", size)}>@`)],
  ["quoted headers", text((size) => fill("To: a\nDate: b\n", size))],
  ["lines that flow", body(["Content-Type: text/plain; format=flowed; delsp=yes"], (size) => fill("a \n", size))],
  ["divisions that nobody closes", page((size) => fill("<div>a</b>", size))],
  ["quotes in html", page((size) => fill("<blockquote></blockquote>", size))],
  ["quotes and empty lines in html", page((size) => fill("<br><blockquote><br></blockquote>", size))],
  ["links", page((size) => fill('<a href="https://a.example/"><span>x</span>', size))],
  ["brackets in html", page((size) => fill("<!<", size))],
  ["styles", page((size) => `<p style="${fill("color:red;a:(", size)}">x</p>`)],
  ["blanks in a report", report((size) => `a${fill(" ", size)}b`)],
  ["empty lines in a report", report((size) => `a${fill("\r\n", size)}b`)],
  ["marks in a report", report((size) => fill(">\r\n|", size))],
  ["brackets in a report", report((size) => fill("<<<", size))],
  ["recipients of a report", report((size) => count(size, (at) => `u${at}@x.example\r\n`))],
  [
    "groups of a report",
    report((size) => count(size, (at) => `Final-Recipient: rfc822; u${at}@x.example\r\nAction: failed\r\n\r\n`)),
  ],
  ["signs in headers", everyHeader((size) => fill("@", size))],
  ["quotation marks in headers", everyHeader((size) => fill('"\\', size))],
  ["closing brackets in headers", everyHeader((size) => `a@b.example${fill(">", size)}x`)],
  ["blanks in headers", everyHeader((size) => `[${fill("\t", size)}x`)],
  ["encoded words", everyHeader((size) => fill("=?utf-8?q?a?= ", size))],
  ["parameters", everyHeader((size) => `text/plain; ${count(size, (at) => `name*${at % 9000}=a;`)}`)],
  ["a charset", everyHeader((size) => `text/plain; charset="${fill("';", size)}x"`)],
  [
    "recipients",
    (size) =>
      rawMail(
        count(size, (at) => `,u${at}@x.example`)
          .match(/.{1,90000},/g)
          ?.map((all) => `Cc: ${all}`) ?? [],
      ),
  ],
  ["parts", (size) => rawMail([...base, ...multipart("mixed")[0]], fill("--b-mixed-0-2\r\n\r\nx\r\n", size))],
  ["parts in parts", deep("mixed")],
  ["alternatives in alternatives", deep("alternative")],
  ["headers", (size) => rawMail([...base, fill("X-Loop: no\r\n", size)])],
  ["lines that are no headers", (size) => rawMail([...base, fill("x\r\n", size)])],
];

/** What it takes of the processor, in milliseconds: what else the machine does takes none of that. */
const timeOf = async (run: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** What costs less says nothing about growth. */
const floor = 50;
/** Four times as much costs four times as much, or sixteen times where it grows with the square. */
const limit = 9;

/** How often it is measured: seldom is each of them slowed by something else. */
const most = 5;

const growthOf = async (run: (size: number) => () => unknown): Promise<number> => {
  // Small ones first: what grows too fast shows before it takes for ever.
  for (const size of [4000, 16_000, 64_000, 250_000]) {
    const [part, whole] = [run(size), run(size * 4)];
    let growth = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < most && growth >= limit; tries++) {
      const long = await timeOf(whole);
      growth = long < floor ? 1 : Math.min(growth, long / (await timeOf(part)));
    }
    if (growth >= limit) return growth;
  }
  return 1;
};

describe("four times as much costs about four times the time", () => {
  test.each(mails)("of %s", async (_what, make) => {
    const growth = await growthOf((size) => {
      const raw = make(size);
      return () => readMail({ ...item, raw }, own);
    });
    expect(growth).toBeLessThan(limit);
  });

  test("of a mail that is too large, with the boundary that is given to its parts", async () => {
    const structure = { type: "text/plain" };
    const growth = await growthOf((size) => {
      const content = Buffer.from(`deskwright-reduced${fill("-", size)}`);
      return () => [reducedMail(Buffer.from("X: y"), [{ structure, content }]), namesLeftOut(structure)];
    });
    expect(growth).toBeLessThan(limit);
  });
});
