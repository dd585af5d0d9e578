// How fast a full mailbox becomes tickets, against the least that any program would do: fetch, parse, one insert.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHelpdesk } from "@deskwright/core";
import { email } from "@deskwright/email";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { ImapFlow } from "imapflow";
import pg from "pg";
import PostalMime from "postal-mime";
import { MailServer } from "../packages/email/test/MailServer.ts";
import { type Result, type Round, takeTurns } from "./turns.ts";

const schema = "deskwright_bench";
const address = "support@example.com";
const password = "secret";

/** Mails as support gets them: plain, with HTML, answers with quotes, with a file. */
const madeUp = (count: number): ReadonlyArray<Buffer> =>
  Array.from({ length: count }, (_, n) => {
    const text = `Hello,\n\nthe printer ${n} is on fire.\n${"It smells of smoke and nobody answers the phone. ".repeat(8)}\n\nAda`;
    const quote =
      n % 3 === 0 ? `\n\nOn Mon, 5 Jan 2026 at 10:00, Support <${address}> wrote:\n> Is it plugged in?\n> Regards` : "";
    const file =
      n % 5 === 0
        ? Buffer.alloc(40_000, n % 256)
            .toString("base64")
            .replace(/.{76}/g, "$&\r\n")
        : null;
    const words = `Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

${text}${quote}
--a
Content-Type: text/html; charset=utf-8

<p>${text.replaceAll("\n", "<br>")}</p>
--a--
`;
    const mixed = `Content-Type: multipart/mixed; boundary=b

--b
${words}
--b
Content-Type: image/png
Content-Disposition: attachment; filename=fire.png
Content-Transfer-Encoding: base64

${file}
--b--
`;
    const head = `Received: from mx by mail; Mon, 5 Jan 2026 10:00:00 +0000
From: Ada ${n % 200} <ada${n % 200}@example.org>
To: ${address}
Subject: Printer ${n} on fire
Message-ID: <${n}.fire@example.org>
Date: Mon, 5 Jan 2026 10:00:00 +0000
MIME-Version: 1.0`;
    return Buffer.from(`${head}\n${file === null ? words : mixed}`.replace(/\r?\n/g, "\r\n"));
  });

/** The mails in a folder and below, over and over, each with a Message-ID of its own, or all but the first would be known. */
const fromFolder = (folder: string, count: number): ReadonlyArray<Buffer> => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".eml"));
  if (files.length === 0) throw new Error(`There is no file *.eml in ${folder}.`);
  return Array.from({ length: count }, (_, n) => {
    const mail = readFileSync(join(folder, files[n % files.length] ?? "")).toString("latin1");
    const own = `Message-ID: <${n}.copy@example.org>`;
    const named = /^message-id:.*(\r?\n[ \t].*)*/im;
    return Buffer.from(named.test(mail) ? mail.replace(named, own) : `${own}\r\n${mail}`, "latin1");
  });
};

export interface IngestSettings {
  readonly url: string;
  readonly rounds: number;
  /** A folder of mails to take in place of made up ones. */
  readonly mails: string | undefined;
}

const count = 1000;

export const ingestRows = async ({ url, rounds, mails }: IngestSettings): Promise<ReadonlyArray<Result>> => {
  const server = await MailServer.start({ [address]: password });
  try {
    const inbox = join(server.dovecot.folder, "mail", address, "new");
    const raws = mails === undefined ? madeUp(count) : fromFolder(mails, count);
    // Past the front door, which would take longer than what is measured.
    await server.dovecot.deliver(
      "ada@example.org",
      [address],
      Buffer.from("Subject: first\r\n\r\nIt makes the folder.\r\n"),
    );
    raws.forEach((raw, n) => {
      writeFileSync(join(inbox, `${1_700_000_000 + n}.M${n}P1.host`), raw, { mode: 0o666 });
    });
    const port = server.dovecot.ports.imap;
    const turns = await takeTurns(
      rounds,
      async () => {
        // A helpdesk makes its tables once in its life.
        await (await createHelpdesk({ storage: postgres({ url, schema }) })).close();
        return timed(() => ours(url, port, raws.length + 1));
      },
      () => timed(() => limit(url, port)),
      // A round is a second: too short for the engine to know what is worth compiling well.
      5,
    );
    return [{ name: "ingest", goal: "≥ 0.6", ...turns, rss: process.memoryUsage.rss() / 1e6 }];
  } finally {
    await server.stop();
  }
};

const timed = async (work: () => Promise<() => Promise<void>>): Promise<Round> => {
  const began = performance.now();
  const clean = await work();
  const took = performance.now() - began;
  await clean();
  return { perSecond: count / (took / 1000), p50: took / count, p99: took / count };
};

const ours = async (url: string, port: number, expected: number) => {
  const folder = mkdtempSync(join(tmpdir(), "deskwright-bench-"));
  const desk = await createHelpdesk({
    storage: postgres({ url, schema }),
    files: localFiles(folder),
    channels: [
      email({
        from: address,
        imap: {
          host: "127.0.0.1",
          port,
          secure: false,
          auth: { user: address, pass: password },
          tls: { rejectUnauthorized: false },
        },
        smtp: "smtp://127.0.0.1:9",
      }),
    ],
    policies: { acknowledge: false },
    run: { workers: 32 },
  });
  for (;;) {
    const { seen, accepted, quarantined } = await desk.inbound.balance();
    if (quarantined > 0) throw new Error(`${quarantined} mails were not understood`);
    if (seen >= expected && accepted === 0) break;
    // Seldom while there is much to do: to ask is work, too.
    const left = expected - seen + accepted;
    await new Promise((resolve) => setTimeout(resolve, Math.max(20, left / 4)));
  }
  return async () => {
    await desk.close();
    rmSync(folder, { recursive: true, force: true });
    const client = new pg.Client(url);
    await client.connect();
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  };
};

const limit = async (url: string, port: number) => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    "drop table if exists bare_mails; create table bare_mails (id bigint generated always as identity primary key, uid int, sender text, subject text, body text, raw bytea)",
  );
  const imap = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: false,
    auth: { user: address, pass: password },
    tls: { rejectUnauthorized: false },
    logger: false,
  });
  await imap.connect();
  const lock = await imap.getMailboxLock("INBOX");
  for await (const { uid, source } of imap.fetch("1:*", { uid: true, source: true })) {
    const { from, subject, text } = await PostalMime.parse(source as Buffer);
    const values = [uid, from?.address, subject, text?.replaceAll("\0", ""), source];
    await client.query({
      name: "insert",
      text: "insert into bare_mails (uid, sender, subject, body, raw) values ($1, $2, $3, $4, $5)",
      values,
    });
  }
  lock.release();
  await imap.logout();
  return async () => {
    await client.query("drop table bare_mails");
    await client.end();
  };
};
