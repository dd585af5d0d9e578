import { randomUUID } from "node:crypto";
import { MailServer, type ReceivedMail } from "../../../../packages/email/test/MailServer.ts";
import { eventually } from "../../../../packages/email/test/processes.ts";

const support = "support@test.local";

/** A mail as somebody gets it. */
export interface Letter {
  readonly to: ReadonlyArray<string>;
  readonly header: (name: string) => string | null;
  /** All of its text parts, decoded. */
  readonly text: string;
  readonly id: string;
}

const decoded = (body: string, encoding: string): string => {
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
};

const partOf = (raw: string) => {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replace(/\r\n[ \t]+/g, " ");
  const header = (name: string) => head.match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1]?.trim() ?? null;
  return { header, body: raw.slice(end + 4) };
};

const textOf = (raw: string): string => {
  const { header, body } = partOf(raw);
  const type = header("Content-Type") ?? "text/plain";
  const boundary = type.match(/boundary="?([^";]+)/i)?.[1];
  if (boundary === undefined) return decoded(body, (header("Content-Transfer-Encoding") ?? "").toLowerCase());
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => textOf(part.replace(/^\r\n/, ""))).join("\n");
};

const letterOf = ({ to, raw }: Pick<ReceivedMail, "to" | "raw">): Letter => {
  const { header } = partOf(raw);
  return { to, header, text: textOf(raw), id: header("Message-ID") ?? "" };
};

let people = 0;

/** A mailbox on a real server, and customers who write there. */
export const startPost = async () => {
  const server = await MailServer.start({ [support]: "secret", "anna@test.local": "secret" });
  const login = `${encodeURIComponent(support)}:secret`;

  /** What went out to an address so far, in that order. */
  const lettersTo = (address: string): ReadonlyArray<Letter> =>
    server.received.filter(({ to }) => to.includes(address)).map(letterOf);

  return {
    server,
    settings: {
      IMAP_URL: `imap://${login}@127.0.0.1:${server.dovecot.ports.imap}`,
      SMTP_URL: `smtp://${login}@127.0.0.1:${server.smtpPort}`,
      MAIL_FROM: `Support <${support}>`,
    },
    lettersTo,
    /** Waits until so many letters came to an address. */
    letters: (address: string, count: number, ms?: number) =>
      eventually(
        `${count} letters to ${address}`,
        () => {
          const letters = lettersTo(address);
          return letters.length >= count ? letters : null;
        },
        ms,
      ),
    customer: (name = `customer${++people}`) => ({ name, address: `${name}@people.example` }),
    /** Puts a mail into the mailbox, and answers its Message-ID. */
    write: async (
      from: { readonly name: string; readonly address: string },
      mail: {
        readonly subject: string;
        readonly text: string;
        readonly inReplyTo?: string;
        readonly references?: string;
        readonly headers?: Readonly<Record<string, string>>;
      },
    ): Promise<string> => {
      const id = `<${randomUUID()}@people.example>`;
      const headers = {
        From: `${from.name} <${from.address}>`,
        To: support,
        Subject: mail.subject,
        Date: new Date().toUTCString(),
        "Message-ID": id,
        ...(mail.inReplyTo && { "In-Reply-To": mail.inReplyTo }),
        ...(mail.references && { References: mail.references }),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        ...mail.headers,
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      await server.dovecot.deliver(from.address, [support], `${lines.join("\r\n")}\r\n\r\n${mail.text}\r\n`);
      return id;
    },
    end: () => server.stop(),
  };
};
export type Post = Awaited<ReturnType<typeof startPost>>;
