// The mail servers that tests start, each from its Debian package.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export const mailPrograms = {
  dovecot: { path: "/usr/sbin/dovecot", packages: ["dovecot-imapd", "dovecot-lmtpd"] },
  exim: { path: "/usr/sbin/exim4", packages: ["exim4-daemon-light"] },
  openssl: { path: "/usr/bin/openssl", packages: ["openssl"] },
} as const;

const missing = (): ReadonlyArray<string> =>
  Object.values(mailPrograms).flatMap(({ path, packages }) => (existsSync(path) ? [] : packages));

const install = (packages: ReadonlyArray<string>) => {
  // The tests start their own servers in folders of their own; RUNLEVEL=1 keeps the system's from starting.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const lock = ["-q", "-o", "DPkg::Lock::Timeout=300"];
  spawnSync("apt-get", [...lock, "update"], { env, stdio: "ignore" });
  spawnSync("apt-get", [...lock, "install", "-y", "--no-install-recommends", ...packages], { env, stdio: "ignore" });
};

/** Debian packages without which the mail tests can't run; they are installed first where this is root. */
export const missingMailServers = (): ReadonlyArray<string> => {
  if (missing().length > 0 && process.getuid?.() === 0) install(missing());
  return missing();
};
