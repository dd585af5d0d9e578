import type { AcceptedItem, Reading } from "@deskwright/core";
import { describe, expect, test } from "vitest";
import { readMail } from "../src/readMail.ts";
import { loopHeader, loopMark, newMessageId, signedAddress } from "../src/tokens.ts";
import { bytesOf, multipart, rawMail } from "./rawMail.ts";

const [tenant, secret] = ["acme", "of the tenant"];
const own = { addresses: ["support@example.com"], domain: "example.com" };
const ours = (ticketId: number | null, token = "k1") =>
  newMessageId({ tenant, ticketId, secret, token, domain: "example.com" });
const item = (raw: Uint8Array, about: AcceptedItem["about"] = null): AcceptedItem => ({
  tenant,
  secret,
  raw,
  about,
  receivedAt: new Date(0),
});
const read = (headers: ReadonlyArray<string>, body?: string, about?: AcceptedItem["about"]) =>
  readMail(item(rawMail(headers, body), about), own);
const base = [
  "From: Ann Lee <Ann@Customer.example>",
  "To: support@example.com",
  "Subject: My printer",
  "Message-ID: <a1@customer.example>",
  "Date: Mon, 3 Feb 2025 14:05:00 +0100",
];

const message = async (reading: Promise<Reading>) => {
  const found = await reading;
  if (found.type !== "message") throw new Error(`It is ${found.type}.`);
  return found;
};

describe("a mail is read", () => {
  test("as forged where our own server says so", async () => {
    const { isForged, silence } = await message(read(["Authentication-Results: example.com; dmarc=fail", ...base]));
    expect([isForged, silence]).toEqual([true, "DMARC failed"]);
  });

  test("as what somebody wrote", async () => {
    expect(await read(base, "Hello\r\n\r\n-- \r\nAnn")).toEqual({
      type: "message",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      ref: "<a1@customer.example>",
      from: { address: "ann@customer.example", name: "Ann Lee" },
      replyTo: null,
      copies: [],
      subject: "My printer",
      text: "Hello",
      fullText: "Hello\n\n-- \nAnn",
      html: null,
      files: [],
      thread: { signed: null, refs: [], claimed: null },
      nature: "person",
      silence: null,
      isForged: false,
      remarks: [],
    });
  });

  test("with its html, safe, and its files", async () => {
    const html = [["Content-Type: text/html"], '<p onclick="x">Hi</p><img src="cid:logo"><script>x</script>'] as const;
    const logo = [
      ["Content-Type: image/png; name=logo.png", "Content-ID: <logo>", "Content-Transfer-Encoding: base64"],
      "iVBORw0KGgo=",
    ] as const;
    const [headers, content] = multipart("related", html, logo);
    const found = await message(read([...base, ...headers], content));
    expect(found).toMatchObject({
      text: "Hi",
      html: '<p>Hi</p><img src="cid:logo" />',
      files: [{ name: "logo.png", contentType: "image/png", inlineAs: "cid:logo" }],
    });
  });

  test("with each picture by the whole name that it has in the html", async () => {
    const html = `<img src="cid:foo%40bar"><img src='cid:img1'><img src=cid:img10><td background="cid:behind">cid:said`;
    const ids = ["foo@bar", "img10", "img1", "img", "behind", "said"];
    const pictures = ids.map((id) => [["Content-Type: image/png", `Content-ID: <${id}>`], "x"] as const);
    const [headers, content] = multipart("related", [["Content-Type: text/html"], html], ...pictures);
    const found = await message(read([...base, ...headers], content));
    expect(found.files.map(({ inlineAs }) => inlineAs)).toEqual([
      "cid:foo@bar",
      "cid:img10",
      "cid:img1",
      null,
      null,
      null,
    ]);
    // As it is replaced by those who show it.
    expect(found.html?.match(/cid:[^"'\s>]+(?=")/g)).toEqual(["cid:foo@bar", "cid:img1", "cid:img10"]);
  });

  test("with everybody else who got it, and where the answer goes", async () => {
    const found = await message(
      read([
        ...base.filter((line) => !line.startsWith("To:")),
        "To: Support <SUPPORT+x@example.com>, bob@example.net",
        "Cc: Carl <carl@example.net>, ann@customer.example",
        "Reply-To: office@customer.example",
      ]),
    );
    expect(found.copies).toEqual([
      { address: "bob@example.net", name: null },
      { address: "carl@example.net", name: "Carl" },
    ]);
    expect(found.replyTo).toEqual({ address: "office@customer.example", name: null });
  });

  test.each([
    [["From: no address", "Reply-To: b@x.example"], "b@x.example"],
    [["Sender: c@x.example"], "c@x.example"],
    [["Return-Path: <d@x.example>"], "d@x.example"],
    [["From: ", "From: e@x.example", "From: f@x.example"], "e@x.example"],
    [["From: a@x.example, b@x.example"], "a@x.example"],
    [[], "unknown@unknown.invalid"],
  ])("from whom %j names", async (headers, address) => {
    expect((await message(read([...headers, "To: support@example.com"]))).from.address).toBe(address);
  });

  test("with remarks on what was left out of it", async () => {
    const { remarks } = await message(read(base, "Hi", { oversize: 31_000_000, leftOut: ["film.mp4"] }));
    expect(remarks).toEqual(["The mail has 31.0 MB, which is too large; these were left out: film.mp4."]);
  });

  test("whole where it passes another one on", async () => {
    const text = "See:\n\nFrom: b@x.example\nSent: Monday, 3 February 2025\nTo: Ann\nSubject: Hi\n\nHello";
    const forward = await message(
      read([...base.filter((line) => !line.startsWith("Subject")), "Subject: FW: Hi"], text),
    );
    expect(forward).toMatchObject({ text, fullText: null });
    expect((await message(read(base, text))).text).toBe("See:");
  });

  test("unless there is nothing of it", async () => {
    for (const nothing of ["", "\r\n\r\n", "  \n"])
      await expect(readMail(item(bytesOf(nothing)), own)).rejects.toThrow("The mail is empty.");
  });
});

describe("our own mail that comes back is ignored", () => {
  test.each([
    ["by its Message-ID", `Message-ID: ${ours(42)}`],
    ["by its Message-ID, about no ticket", `Message-ID: ${ours(null)}`],
    ["by the one that Microsoft replaced", `X-Microsoft-Original-Message-ID: ${ours(42)}`],
    ["by its mark", `${loopHeader}: ${loopMark(tenant, secret)}`],
  ])("%s", async (_, header) => {
    expect(await read([header, ...base])).toEqual({ type: "ignored", reason: "our own mail" });
  });

  test("but not what only looks like it", async () => {
    for (const header of [
      `${loopHeader}: ${loopMark("other", secret)}`,
      "Message-ID: <t42.k1.aaaaaaaaaaaaaaaa@example.com>",
      `In-Reply-To: ${ours(42)}`,
    ])
      expect((await read([header, ...base])).type).toBe("message");
  });
});

describe("a mail says which ticket it belongs to", () => {
  const thread = async (...headers: ReadonlyArray<string>) => (await message(read([...base, ...headers]))).thread;
  const signed = signedAddress("support@example.com", 42, tenant, secret);

  test.each(["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])(
    "by the signed address in %s",
    async (name) => {
      expect((await thread(`${name}: ${signed.toUpperCase()}`)).signed).toBe(42);
    },
  );

  test("by a reference of ours, the nearest first", async () => {
    expect(await thread(`In-Reply-To: ${ours(7)}`, `References: <x@example.net> ${ours(8)}`)).toEqual({
      signed: 7,
      refs: [ours(7), ours(8), "<x@example.net>"],
      claimed: null,
    });
  });

  test("by references of others, each once, with the blanks of folding taken out", async () => {
    expect((await thread("In-Reply-To:  <B@x>", "References: <a@x> <B@x>\r\n\t<c\r\n @x>")).refs).toEqual([
      "<B@x>",
      "<c@x>",
      "<a@x>",
    ]);
    expect((await thread("In-Reply-To: b@x", "References: ")).refs).toEqual(["<b@x>"]);
  });

  test("by a number in the subject", async () => {
    for (const [subject, claimed] of [
      ["Re: [#42] My printer", 42],
      ["Re: [Ticket #42]", 42],
      ["[Acme: #7] x", 7],
      ["#42", null],
      ["[#0]", null],
      ["[42]", null],
      ["[#99999999999999999]", null],
    ] as const)
      expect((await message(read([`Subject: ${subject}`, ...base]))).thread.claimed).toBe(claimed);
  });

  test("not by what somebody made up", async () => {
    expect(
      (await thread(`Cc: ${signed.replace("t42", "t43")}`, "In-Reply-To: <t42.k1.aaaaaaaaaaaaaaaa@example.com>"))
        .signed,
    ).toBeNull();
  });
});

describe("the fingerprint", () => {
  const print = async (headers: ReadonlyArray<string>, body = "Hello\r\n") =>
    (await message(read(headers, body))).fingerprint;

  test("is the same for copies that came on different ways", async () => {
    const one = await print(base);
    expect(
      await print([
        "Received: from a",
        "Delivered-To: support@example.com",
        "Return-Path: <x@y>",
        "DKIM-Signature: v=1",
        "ARC-Seal: i=1",
        "X-Spam: no",
        ...base,
      ]),
    ).toBe(one);
    expect(await print(base, "Hello\n")).toBe(one);
    expect(await print(base, "Hello\r\n\r\n")).toBe(one);
  });

  test("is another for another mail, whatever is the same", async () => {
    const one = await print(base);
    expect(await print(base, "Hello!")).not.toBe(one);
    for (const name of ["From", "Subject", "Message-ID", "Date"])
      expect(await print(base.map((line) => (line.startsWith(name) ? `${name}: other@x.example` : line)))).not.toBe(
        one,
      );
  });
});

test("a report puts our own references first", async () => {
  const text = `Your mail could not be delivered to bob@example.net.\n\nMessage-ID: <new@relay.example>\nReferences: ${ours(42)}\n`;
  const part = [
    ["Content-Type: text/rfc822-headers"],
    `Message-ID: <new@relay.example>\r\nReferences: <x@y> ${ours(42)}`,
  ] as const;
  const [headers, content] = multipart("report", [["Content-Type: text/plain"], text], part);
  const found = await read(["From: MAILER-DAEMON@relay.example", ...headers], content);
  expect(found).toMatchObject({ type: "report", refs: [ours(42), "<new@relay.example>", "<x@y>"], text: text.trim() });
});

test("a thousand damaged mails are read to the end", async () => {
  const file = [
    ["Content-Type: application/pdf; name*=utf-8''%C3%A4.pdf", "Content-Transfer-Encoding: base64"],
    "JVBERi0=",
  ] as const;
  const html = [
    ["Content-Type: text/html; charset=koi8-r"],
    '<p>Hi <img src="cid:a"></p><blockquote type="cite">x</blockquote>',
  ] as const;
  const flowed = [
    ["Content-Type: text/plain; format=flowed; charset=iso-2022-jp"],
    "Hi \r\nyou\r\n> q\r\nOn 1.1.2025 10:00, A <a@b.example> wrote:\r\n",
  ] as const;
  const status = [
    ["Content-Type: message/delivery-status"],
    "Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 5.1.1",
  ] as const;
  const [headers, content] = multipart(
    "mixed",
    multipart("alternative", flowed, html),
    file,
    [["Content-Type: message/rfc822"], base.join("\r\n")],
    status,
  );
  const whole = rawMail([...base, "Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", ...headers], content);
  let state = 42;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  const pieces = [
    "\r\n",
    "\r\n\r\n",
    "--",
    "=?",
    "?=",
    "<",
    ">",
    '"',
    "(",
    ";",
    "\0",
    "\xff\xfe",
    "=",
    "base64",
    "\x1b$B",
  ].map((piece) => Buffer.from(piece, "latin1"));
  for (let round = 0; round < 1000; round++) {
    let bytes = Buffer.from(whole);
    for (let change = 0; change <= next(6); change++) {
      const at = next(bytes.length);
      const kind = next(4);
      if (kind === 0) bytes[at] = next(256);
      else if (kind === 1)
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          pieces[next(pieces.length)] ?? Buffer.alloc(0),
          bytes.subarray(at),
        ]);
      else if (kind === 2)
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(at + next(200), bytes.length))]);
      else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(next(at + 1))]).subarray(0, 20_000);
    }
    if (bytes.toString("latin1").trim() === "") continue;
    const reading = await readMail(item(bytes), own);
    expect(["message", "report", "ignored"]).toContain(reading.type);
  }
});
