import { letter } from "./letters.ts";

/** A mail of some kind, with what must be found again of it. */
export interface Sample {
  readonly kind: string;
  readonly raw: Buffer;
  /** Stands in the message that the mail becomes; null where it becomes none. */
  readonly text: string | null;
}

type Make = (n: number) => { readonly raw: string | Buffer; readonly text: string | null };

const from = (n: number) => `Customer ${n} <customer-${n}@customer.example>`;
const html = "text/html; charset=utf-8";
const parts = (boundary: string, ...all: ReadonlyArray<readonly [type: string, content: string]>) =>
  `${all.map(([type, content]) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`).join("")}--${boundary}--`;
const multipart = (n: number, type: string, ...all: ReadonlyArray<readonly [type: string, content: string]>) =>
  letter({
    from: from(n),
    subject: `Parts ${n}`,
    headers: { "Content-Type": `multipart/${type}; boundary="b${n}"` },
    text: parts(`b${n}`, ...all),
  });
const word = (n: number) => `word-${n}-end`;

/** Bytes that no text encoding has, the same each time for the same number. */
const junk = (n: number, length: number) =>
  Buffer.from(Array.from({ length }, (_, at) => 128 + ((n * 31 + at * 17 + ((at * at) % 251)) % 128)));

const bounce = (n: number) =>
  letter({
    from: "Mail Delivery System <MAILER-DAEMON@customer.example>",
    subject: "Undelivered Mail Returned to Sender",
    headers: {
      "Return-Path": "<>",
      "Auto-Submitted": "auto-replied",
      "Content-Type": `multipart/report; report-type=delivery-status; boundary="r${n}"`,
    },
    text: parts(
      `r${n}`,
      ["text/plain", `Sorry ${n}. <gone-${n}@nowhere.example>: user unknown`],
      [
        "message/delivery-status",
        `Reporting-MTA: dns; mail.customer.example\r\n\r\nFinal-Recipient: rfc822; gone-${n}@nowhere.example\r\nAction: failed\r\nStatus: 5.1.1`,
      ],
      ["message/rfc822", letter({ subject: `Sent ${n}`, id: `<sent-${n}@elsewhere.example>`, text: "Gone" })],
    ),
  });

/** Each kind of mail that comes to a helpdesk, by how it is made. */
const kinds: Readonly<Record<string, Make>> = {
  plain: (n) => ({ raw: letter({ from: from(n), subject: `Plain ${n}`, text: word(n) }), text: word(n) }),
  russian: (n) => ({
    raw: letter({
      from: from(n),
      subject: `=?utf-8?B?${Buffer.from(`Вопрос ${n}`).toString("base64")}?=`,
      text: `Пожар ${word(n)}`,
    }),
    text: `Пожар ${word(n)}`,
  }),
  html: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Html ${n}`,
      headers: { "Content-Type": html },
      text: `<html><script>bad()</script><p onclick="bad()">See <b>${word(n)}</b></p></html>`,
    }),
    text: word(n),
  }),
  alternative: (n) => ({
    raw: multipart(n, "alternative", ["text/plain", word(n)], [html, `<p>${word(n)}</p>`]),
    text: word(n),
  }),
  attachment: (n) => ({
    raw: multipart(n, "mixed", ["text/plain", word(n)], ['application/pdf; name="a.pdf"', "%PDF-1.4 nothing"]),
    text: word(n),
  }),
  reply: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Re: Something ${n}`,
      headers: { "In-Reply-To": `<unknown-${n}@elsewhere.example>` },
      text: `${word(n)}\r\n\r\nOn Sat, 21 Nov 2026 at 12:00, Support wrote:\r\n> Is it on fire?`,
    }),
    text: word(n),
  }),
  bounce: (n) => ({ raw: bounce(n), text: null }),
  autoreply: (n) => ({
    raw: letter({ from: from(n), subject: `Away ${n}`, headers: { "Auto-Submitted": "auto-replied" }, text: word(n) }),
    text: word(n),
  }),
  list: (n) => ({
    raw: letter({ from: from(n), subject: `News ${n}`, headers: { "List-Id": `<news-${n}.example>` }, text: word(n) }),
    text: word(n),
  }),
  // The boundary never comes, comes twice, or is not closed.
  unbounded: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Unbounded ${n}`,
      headers: { "Content-Type": 'multipart/mixed; boundary="never"' },
      text: word(n),
    }),
    text: word(n),
  }),
  unclosed: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Unclosed ${n}`,
      headers: { "Content-Type": `multipart/mixed; boundary="u"` },
      text: `--u\r\nContent-Type: text/plain\r\n\r\n${word(n)}\r\n--u\r\nContent-Type: multipart/mixed; boundary="u"\r\n\r\n--u`,
    }),
    text: word(n),
  }),
  miscoded: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Miscoded ${n}`,
      headers: { "Content-Transfer-Encoding": "base64", "Content-Type": "text/plain; charset=no-such-charset" },
      text: `${Buffer.from(word(n)).toString("base64")}!!!`,
    }),
    text: word(n),
  }),
  headless: (n) => ({ raw: `${word(n)}\r\nwithout any header\r\n`, text: null }),
  nameless: (n) => ({
    raw: `Subject: Nameless ${n}\r\nDate: never\r\n\r\n${word(n)}\r\n`,
    text: word(n),
  }),
  empty: (n) => ({ raw: letter({ from: from(n), subject: `Empty ${n}`, text: "" }), text: "(no text)" }),
  subjectless: (n) => ({ raw: letter({ from: from(n), subject: "", text: word(n) }), text: word(n) }),
  long: (n) => ({
    raw: letter({
      from: from(n),
      subject: `Long ${n} ${"very ".repeat(2_000)}`,
      headers: {
        "X-Long": "x".repeat(20_000),
        References: Array.from({ length: 800 }, (_, at) => `<${at}.${n}@elsewhere.example>`).join("\r\n "),
        To: `support@test.local, ${Array.from({ length: 200 }, (_, at) => `p${at}@customer.example`).join(",\r\n ")}`,
      },
      text: word(n),
    }),
    text: word(n),
  }),
  junk: (n) => ({
    raw: Buffer.concat([
      Buffer.from(`From: ${from(n)}\r\nTo: support@test.local\r\nSubject: `),
      junk(n, 60),
      Buffer.from(`\r\nX-`),
      junk(n + 1, 20),
      Buffer.from(`: 1\r\n\r\n${word(n)} `),
      junk(n + 2, 400),
      Buffer.from("\r\n\0\0\r\n"),
    ]),
    text: word(n),
  }),
};

/** So many mails, of every kind there is in turn. */
export const everyKind = (count: number): ReadonlyArray<Sample> => {
  const all = Object.entries(kinds);
  return Array.from({ length: count }, (_, n) => {
    const [kind, make] = all[n % all.length] as (typeof all)[number];
    const { raw, text } = make(n);
    return { kind, raw: Buffer.from(raw as string), text };
  });
};
