import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { dovecotSettings, oauthSettings } from "./dovecotSettings.ts";
import { needs } from "./needs.ts";
import { allGone, endWithUs, eventually, freePort, processesBelow, programOf, signalAll } from "./processes.ts";

/** A mail as it lies in a mailbox. */
export interface StoredMail {
  readonly raw: string;
  readonly isSeen: boolean;
}

interface Beginning {
  readonly folder: string;
  /** Passwords by address. */
  readonly users: Readonly<Record<string, string>>;
  /** Where to ask whether a token is good. */
  readonly introspectionUrl: string;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });

/** A real IMAP server in a folder of its own, which can be killed, frozen and cut off. */
export class Dovecot {
  readonly folder: string;
  readonly ports: { readonly imap: number; readonly imaps: number; readonly lmtp: number };
  readonly certificate: Buffer;
  private readonly users: Map<string, string>;
  private readonly owner: { readonly uid: number; readonly gid: number };
  private master: ChildProcess | null = null;
  private callOff = () => {};

  private constructor(about: Beginning, ports: Dovecot["ports"]) {
    const { openssl } = needs("dovecot", "openssl");
    const { folder } = about;
    this.folder = folder;
    this.ports = ports;
    this.users = new Map(Object.entries(about.users));
    // Dovecot refuses to serve mail as root: there it runs as nobody, elsewhere as whoever runs the test.
    const { uid, gid, username } = userInfo();
    const isRoot = uid === 0;
    this.owner = isRoot ? { uid: 65534, gid: 65534 } : { uid, gid };
    const user = isRoot ? "nobody" : username;
    const group = execFileSync("id", ["-gn", user], { encoding: "utf8" }).trim();
    for (const name of ["", "run", "state", "mail", "home"]) this.ownFolder(name);
    const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"];
    execFileSync(openssl, ["req", "-x509", ...kind, ...names, ...files], { stdio: "ignore" });
    chownSync(join(folder, "key.pem"), this.owner.uid, this.owner.gid);
    this.certificate = readFileSync(join(folder, "cert.pem"));
    writeFileSync(join(folder, "dovecot.conf"), dovecotSettings({ folder, user, group, ports }));
    writeFileSync(join(folder, "oauth2.conf.ext"), oauthSettings(about.introspectionUrl));
    this.writeUsers();
  }

  static async start(about: Beginning): Promise<Dovecot> {
    for (let left = 2; ; left--) {
      const ports = { imap: await freePort(), imaps: await freePort(), lmtp: await freePort() };
      const dovecot = new Dovecot(about, ports);
      try {
        await dovecot.up();
        return dovecot;
      } catch (error) {
        // A port that was free a moment ago may be somebody else's by now.
        if (left === 0) throw error;
      }
    }
  }

  /** Starts it, again after `kill`. */
  async up(): Promise<void> {
    const settings = ["-F", "-c", join(this.folder, "dovecot.conf")];
    const before = this.starts();
    const master = spawn(needs("dovecot").dovecot, settings, {
      ...this.owner,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      env: { PATH: process.env["PATH"] },
    });
    this.master = master;
    let complaint = "";
    master.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    if (master.pid !== undefined) this.callOff = endWithUs(master.pid, this.folder);
    await eventually(`Dovecot answers`, async () => {
      if (master.exitCode !== null) throw new Error(`Dovecot ended at once: ${complaint}${this.log()}`);
      // Somebody else may answer on a port that this one could not get.
      return this.starts() > before && (await answers(this.ports.imap)) && (await answers(this.ports.lmtp));
    });
  }

  /** How often it got all of its ports. */
  private starts(): number {
    return this.log().split(" starting up for ").length - 1;
  }

  log(): string {
    const path = join(this.folder, "log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Cuts the power: nobody says goodbye. */
  async kill(): Promise<void> {
    const { master } = this;
    if (master?.pid === undefined) return;
    this.master = null;
    this.callOff();
    if (master.exitCode !== null || master.signalCode !== null) return;
    const gone = new Promise((resolve) => master.once("exit", resolve));
    signalAll([master.pid], "SIGSTOP");
    const all = [...processesBelow(master.pid), master.pid];
    signalAll(all, "SIGKILL");
    await gone;
    // Those below it hold its sockets a moment longer.
    await allGone(all);
    rmSync(join(this.folder, "run/master.pid"), { force: true });
  }

  /** Cuts every session and leaves the server running; answers how many there were. */
  kickSessions(): number {
    const sessions = this.processes().filter((pid) => programOf(pid) === "imap");
    signalAll(sessions, "SIGKILL");
    return sessions.length;
  }

  /** Stops answering without closing a connection, as a network does that falls silent. */
  freeze(): void {
    signalAll(this.processes(), "SIGSTOP");
  }

  thaw(): void {
    signalAll(this.processes(), "SIGCONT");
  }

  async changePassword(address: string, password: string): Promise<void> {
    this.users.set(address, password);
    this.writeUsers();
    // Dovecot looks at most once in a second whether the file is another one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }

  has(address: string, password?: string): boolean {
    const known = this.users.get(address);
    return known !== undefined && (password === undefined || known === password);
  }

  /** Gives every mail of a folder another UID, as a restored or moved mailbox does. */
  async changeUidValidity(user: string): Promise<void> {
    await this.kill();
    const inbox = join(this.folder, "mail", user);
    const list = join(inbox, "dovecot-uidlist");
    const changed = readFileSync(list, "utf8").replace(/ V(\d+)/, (_, before: string) => ` V${Number(before) + 1}`);
    for (const name of readdirSync(inbox)) if (name.startsWith("dovecot.index")) rmSync(join(inbox, name));
    writeFileSync(list, changed);
    await this.up();
  }

  /** Puts bytes into a mailbox exactly as they are. */
  deliver(from: string, to: ReadonlyArray<string>, raw: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const { lmtp: port } = this.ports;
      const timeouts = { connectionTimeout: 2_000, greetingTimeout: 2_000, socketTimeout: 10_000 };
      const connection = new SMTPConnection({ host: "127.0.0.1", port, lmtp: true, ignoreTLS: true, ...timeouts });
      connection.on("error", reject);
      connection.connect(() => {
        connection.send({ from, to: [...to], use8BitMime: true }, raw, (error) => {
          connection.quit();
          if (error === null) resolve();
          else reject(error);
        });
      });
    });
  }

  /** Puts many mails into an INBOX at once, as who delivers on the same machine does. */
  place(user: string, raws: ReadonlyArray<string | Buffer>): void {
    const inbox = `mail/${user}`;
    for (const name of ["", "tmp", "new", "cur"]) this.ownFolder(join(inbox, name));
    for (const [at, raw] of raws.entries()) {
      // Dovecot gives UIDs by the order of names.
      const name = `${Date.now()}.P${String(at).padStart(6, "0")}.place`;
      const path = join(this.folder, inbox, "tmp", name);
      writeFileSync(path, raw);
      chownSync(path, this.owner.uid, this.owner.gid);
      renameSync(path, join(this.folder, inbox, "new", name));
    }
  }

  /** What lies in a folder, read from the disk. */
  mails(user: string, folder = "INBOX"): ReadonlyArray<StoredMail> {
    const inbox = join(this.folder, "mail", user, folder === "INBOX" ? "" : `.${folder}`);
    for (;;) {
      // Dovecot moves them from the first to the second meanwhile: then they are looked for again, or found twice.
      const files = ["new", "cur"]
        .map((state) => join(inbox, state))
        .filter((path) => existsSync(path))
        .flatMap((path) => readdirSync(path).map((name) => ({ name, path: join(path, name) })));
      const found = new Map<string, StoredMail>();
      try {
        for (const { name, path } of files)
          found.set(name.replace(/:.*/, ""), { raw: readFileSync(path, "utf8"), isSeen: /:2,\w*S/.test(name) });
        return [...found.values()];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }

  private processes(): ReadonlyArray<number> {
    return this.master?.pid === undefined ? [] : processesBelow(this.master.pid);
  }

  private ownFolder(name: string): void {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    chownSync(path, this.owner.uid, this.owner.gid);
    chmodSync(path, 0o755);
  }

  private writeUsers(): void {
    const lines = [...this.users].map(([user, password]) => `${user}:{PLAIN}${password}::::::\n`);
    writeFileSync(join(this.folder, "users"), lines.join(""));
  }
}
