import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CreateHelpdeskOptions, createHelpdesk, type Helpdesk } from "@deskwright/core";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { ImapFlow } from "imapflow";
import { createDatabase } from "../../../postgres/test/createDatabase.ts";
import { type EmailOptions, email } from "../../src/index.ts";
import { MailServer } from "../MailServer.ts";
import { eventually } from "../processes.ts";

export const support = "support@test.local";

/** Where a helpdesk keeps everything: several may share one. */
export interface Place {
  readonly url: string;
  readonly schema: string;
  readonly folder: string;
}

/** A mail server with these mailboxes. */
export const startServer = (...addresses: ReadonlyArray<string>): Promise<MailServer> =>
  MailServer.start(Object.fromEntries(addresses.map((address) => [address, "secret"])));

/** How a mailbox of a server is read and written from. */
export const settingsOf = (server: MailServer, address = support) => {
  const tls = { ca: server.dovecot.certificate.toString() };
  const login = `${encodeURIComponent(address)}:secret@localhost`;
  return {
    from: `Support <${address}>`,
    imap: { url: `imaps://${login}:${server.dovecot.ports.imaps}`, tls, timeoutSeconds: 5, pollSeconds: 2 },
    smtp: { url: `smtp://${login}:${server.smtpPort}`, tls },
  } satisfies EmailOptions;
};

/** The mailbox of a server as a channel. */
export const mailbox = (server: MailServer, address = support, more: Partial<EmailOptions> = {}) =>
  email({ ...settingsOf(server, address), ...more });

/** Does something in a mailbox as the mail program of somebody else who reads it, too. */
export const asClient = async <A>(server: MailServer, work: (client: ImapFlow) => Promise<A>): Promise<A> => {
  const [tls, auth] = [{ ca: server.dovecot.certificate }, { user: support, pass: "secret" }];
  const client = new ImapFlow({
    host: "localhost",
    port: server.dovecot.ports.imaps,
    secure: true,
    tls,
    auth,
    logger: false,
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.close();
  }
};

/** The helpdesks of a test file, and where they keep what they know. */
export class Desks {
  private readonly server: string;
  private readonly ends: Array<() => unknown> = [];

  /** `server`: of databases. */
  constructor(server: string) {
    this.server = server;
  }

  async newPlace(): Promise<Place> {
    const folder = mkdtempSync(join(tmpdir(), "deskwright-desk-"));
    this.ends.push(() => rmSync(folder, { recursive: true, force: true }));
    return { url: await createDatabase(this.server), schema: "deskwright", folder };
  }

  /** A helpdesk in a place of its own unless told otherwise. */
  async open(options: CreateHelpdeskOptions, given?: Place): Promise<Helpdesk> {
    const place = given ?? (await this.newPlace());
    const desk = await createHelpdesk({ ...storesOf(place), ...options });
    this.ends.push(() => desk.close());
    return desk;
  }

  /** Closes every helpdesk and forgets their places. */
  async close(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}

const storesOf = ({ url, schema, folder }: Place) => ({
  storage: postgres({ url, schema, maxConnections: 6 }),
  files: localFiles(folder),
});

/** An agent of a helpdesk, with a name that customers see. */
export const agentOf = (desk: Helpdesk) => desk.as({ role: "agent", user: { externalId: "agent", name: "Grace" } });

/** Waits until so many mails were seen, each was understood, and nothing waits to be sent. */
export const settled = (desk: Helpdesk, seen: number) =>
  eventually(`${seen} mails are settled`, async () => {
    const balance = await desk.inbound.balance();
    if (balance.seen < seen || balance.accepted > 0) return null;
    const { deliveries } = await desk.health();
    return deliveries.queued + deliveries.sending === 0 && balance;
  }).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(await desk.health())}`);
  });

/** The oldest thousand tickets, the oldest first. */
export const ticketsOf = async (desk: Helpdesk) => (await desk.tickets.list({ sort: "id", limit: 1000 })).items;

/** The subjects of all tickets, in order. */
export const subjectsOf = async (desk: Helpdesk): Promise<ReadonlyArray<string>> =>
  (await ticketsOf(desk)).map(({ subject }) => subject).sort();
