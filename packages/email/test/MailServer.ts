import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { Dovecot } from "./Dovecot.ts";
import { freePort } from "./processes.ts";

/** What goes wrong: an answer, a connection that breaks, or no answer at all. */
export type Fault = { readonly code: number; readonly text: string } | "drop" | "stall";

/** Where something can go wrong while a mail is taken in; `undefined` where all is well. */
export interface Faults {
  readonly sender?: (address: string) => Fault | undefined;
  readonly recipient?: (address: string) => Fault | undefined;
  /** As the content begins. */
  readonly content?: () => Fault | undefined;
  /** Once the mail lies in the mailboxes, in place of the `250`. */
  readonly accepted?: () => Fault | undefined;
}

/** A mail that came in by SMTP. */
export interface ReceivedMail {
  /** Empty where it was `<>`. */
  readonly from: string;
  readonly to: ReadonlyArray<string>;
  readonly raw: string;
}

type Answer = (error?: Error | null) => void;

const refusal = ({ code, text }: Exclude<Fault, string>) => Object.assign(new Error(text), { responseCode: code });

/** A real mail server: SMTP in front that can be told to fail, Dovecot behind it. */
export class MailServer {
  readonly dovecot: Dovecot;
  readonly smtpPort: number;
  /** Tokens for XOAUTH2, and whose they are. */
  readonly tokens: Map<string, string>;
  readonly received: Array<ReceivedMail> = [];
  faults: Faults = {};
  private readonly introspection: Server;
  private smtp: SMTPServer;

  private constructor(dovecot: Dovecot, introspection: Server, tokens: Map<string, string>, smtpPort: number) {
    this.dovecot = dovecot;
    this.smtpPort = smtpPort;
    this.introspection = introspection;
    this.tokens = tokens;
    this.smtp = this.front();
  }

  static async start(users: Readonly<Record<string, string>>): Promise<MailServer> {
    const tokens = new Map<string, string>();
    const introspection = createServer(async (request, response) => {
      const token = new URLSearchParams((await buffer(request)).toString()).get("token") ?? "";
      const email = tokens.get(token);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(email === undefined ? { active: false } : { active: true, email }));
    });
    await new Promise<void>((resolve) => introspection.listen(0, "127.0.0.1", resolve));
    const { port } = introspection.address() as { port: number };
    const folder = mkdtempSync(join(tmpdir(), "deskwright-mail-"));
    const dovecot = await Dovecot.start({ folder, users, introspectionUrl: `http://127.0.0.1:${port}/` });
    const server = new MailServer(dovecot, introspection, tokens, await freePort());
    await server.openSmtp();
    return server;
  }

  /** Stops taking mail. */
  async closeSmtp(): Promise<void> {
    await new Promise<void>((resolve) => this.smtp.close(() => resolve()));
  }

  /** Takes mail again where it did before. */
  async openSmtp(): Promise<void> {
    this.smtp = this.front();
    const { server } = this.smtp;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      this.smtp.listen(this.smtpPort, "127.0.0.1", () => resolve());
    });
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.smtp.close(() => resolve()));
    await new Promise((resolve) => this.introspection.close(resolve));
    await this.dovecot.kill();
    rmSync(this.dovecot.folder, { recursive: true, force: true });
  }

  private front(): SMTPServer {
    return new SMTPServer({
      cert: this.dovecot.certificate,
      key: readFileSync(join(this.dovecot.folder, "key.pem")),
      authOptional: true,
      authMethods: ["PLAIN", "LOGIN", "XOAUTH2"],
      closeTimeout: 50,
      onAuth: ({ method, username, password, accessToken }, _, answer) => {
        const isGood =
          method === "XOAUTH2"
            ? this.tokens.get(accessToken ?? "") === username
            : this.dovecot.has(username ?? "", password ?? undefined);
        if (isGood) answer(null, { user: username });
        else if (method === "XOAUTH2") answer(null, { data: { status: "401", schemes: "bearer", scope: "mail" } });
        else answer(Object.assign(new Error("Authentication failed"), { responseCode: 535 }));
      },
      onMailFrom: ({ address }, session, answer) => this.say(this.faults.sender?.(address), session, answer),
      onRcptTo: ({ address }, session, answer) => {
        const isLost = address.endsWith("@test.local") && !this.dovecot.has(withoutTag(address));
        const unknown = isLost ? { code: 550, text: "5.1.1 No such user here" } : undefined;
        this.say(this.faults.recipient?.(address) ?? unknown, session, answer);
      },
      onData: (stream, session, answer) => {
        const fault = this.faults.content?.();
        if (fault === "drop") stream.once("data", () => this.cut(session));
        buffer(stream)
          .then((raw) => this.take(raw, session))
          .then(
            () => this.say(fault ?? this.faults.accepted?.(), session, answer),
            (error: Error) => answer(Object.assign(error, { responseCode: 451 })),
          );
      },
    }).on("error", () => undefined);
  }

  private async take(raw: Buffer, { envelope }: SMTPServerSession): Promise<void> {
    const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
    const to = envelope.rcptTo.map(({ address }) => address);
    const here = to.filter((address) => this.dovecot.has(withoutTag(address)));
    if (here.length > 0) await this.dovecot.deliver(from, here, raw);
    this.received.push({ from, to, raw: raw.toString() });
  }

  private say(fault: Fault | undefined, session: SMTPServerSession, answer: Answer): void {
    if (fault === "stall") return;
    if (fault === "drop") this.cut(session);
    else answer(fault === undefined ? null : refusal(fault));
  }

  private cut(session: SMTPServerSession): void {
    for (const connection of this.smtp.connections) if (connection.session === session) connection._socket.destroy();
  }
}

const withoutTag = (address: string) => address.replace(/\+[^@]*@/, "@");
