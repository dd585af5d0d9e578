import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { needs } from "./needs.ts";
import { endWithUs, eventually, freePort } from "./processes.ts";

interface Way {
  readonly lmtp: number;
  readonly known: ReadonlyArray<string>;
  readonly refusesEmptySender: boolean;
}

/** Takes every mail in at once, hands those to known addresses on, and sends a report about all others. */
const settings = (
  { folder, user, port }: { readonly folder: string; readonly user: string; readonly port: number },
  { lmtp, known, refusesEmptySender }: Way,
) => `
primary_hostname = mail.test.local
exim_user = ${user}
exim_group = ${user === "nobody" ? "nogroup" : user}
never_users =
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts =
keep_environment =
acl_smtp_rcpt = take
acl_smtp_data = take
begin acl
take:
${refusesEmptySender ? "  deny senders = :" : ""}
  accept
begin routers
known:
  driver = accept
  condition = \${if inlisti{$local_part@$domain}{${known.join(" : ")}}}
  local_part_suffix = +*
  local_part_suffix_optional
  transport = mailbox
unknown:
  driver = redirect
  data = :fail: no such user
  allow_fail
begin transports
mailbox:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = ${lmtp}
  allow_localhost
  hosts_override
begin retry
* * F,1m,1s
`;

const greets = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });

/** A real mail transfer agent that sends real reports about mail it cannot deliver. */
export class Exim {
  readonly port: number;
  private readonly folder: string;
  private readonly daemon: ChildProcess;
  private callOff = () => {};
  private said = "";

  private constructor(folder: string, port: number, daemon: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.daemon = daemon;
  }

  /**
   * `lmtp`: the port that mail to the `known` addresses is handed to. `refusesEmptySender`: as servers do that take no
   * mail without a sender from their users.
   */
  static async start(lmtp: number, known: ReadonlyArray<string>, refusesEmptySender = false): Promise<Exim> {
    const { exim: program } = needs("exim");
    const folder = mkdtempSync(join(tmpdir(), "deskwright-exim-"));
    const me = userInfo();
    const [owner, name] =
      me.uid === 0 ? [{ uid: 65534, gid: 65534 }, "nobody"] : [{ uid: me.uid, gid: me.gid }, me.username];
    for (const path of [folder, join(folder, "spool"), join(folder, "log")]) {
      mkdirSync(path, { recursive: true });
      chownSync(path, owner.uid, owner.gid);
      chmodSync(path, 0o755);
    }
    const port = await freePort();
    const file = join(folder, "exim.conf");
    writeFileSync(file, settings({ folder, user: name, port }, { lmtp, known, refusesEmptySender }));
    const daemon = spawn(program, ["-bdf", "-q2s", "-C", file], {
      ...owner,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const exim = new Exim(folder, port, daemon);
    daemon.stderr?.on("data", (chunk) => {
      exim.said += chunk;
    });
    if (daemon.pid !== undefined) exim.callOff = endWithUs(daemon.pid, folder);
    await eventually("Exim answers", () => {
      if (daemon.exitCode !== null) throw new Error(`Exim ended at once: ${exim.log()}`);
      return greets(port);
    });
    return exim;
  }

  /** What it has to tell, which without rights it says instead of writing it into its files. */
  log(): string {
    return this.said;
  }

  async stop(): Promise<void> {
    this.callOff();
    const gone = new Promise((resolve) => this.daemon.once("exit", resolve));
    this.daemon.kill("SIGKILL");
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
