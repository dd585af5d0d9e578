import { support } from "./desks.ts";

/** What is said of a mail that somebody writes; the rest is as most mails have it. */
export interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly subject: string;
  readonly text?: string;
  /** A Message-ID; null for a mail without. */
  readonly id?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

let count = 0;

/** The bytes of a mail. */
export const letter = ({ from = anna, to = support, subject, text = `About ${subject}.`, id, headers }: Letter) => {
  count += 1;
  const all: Record<string, string | null> = {
    From: from,
    To: to,
    Subject: subject,
    "Message-ID": id === undefined ? `<${count}.${process.pid}@customer.example>` : id,
    Date: "Sat, 21 Nov 2026 10:00:00 +0000",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${lines.join("\r\n")}\r\n\r\n${text}\r\n`;
};

/** A customer as they stand in a header. */
const anna = "Anna <anna@customer.example>";

/** The value of a header of a mail; null where it has none. */
export const headerOf = (raw: string, name: string): string | null => {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return head.match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1]?.trim() ?? null;
};

/** Subjects that differ in their number alone. */
export const numbered = (what: string, length: number, from = 1): ReadonlyArray<string> =>
  Array.from({ length }, (_, at) => `${what} ${from + at}.`);
