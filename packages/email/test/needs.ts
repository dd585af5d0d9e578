import { execFileSync } from "node:child_process";
import { mailPrograms, missingMailServers } from "../../../scripts/mailServers.ts";

type Program = keyof typeof mailPrograms;

/** The paths of programs; fails with what to do where one is missing. */
export const needs = (...names: ReadonlyArray<Program>): Readonly<Record<Program, string>> => {
  const missing = missingMailServers();
  if (missing.length > 0) {
    throw new Error(
      `This test starts real mail servers, and some are missing. Install them (on Debian or Ubuntu): ` +
        `sudo apt-get install --no-install-recommends ${missing.join(" ")}`,
    );
  }
  const { dovecot, exim, openssl } = mailPrograms;
  if (names.includes("dovecot")) {
    const version = execFileSync(dovecot.path, ["--version"], { encoding: "utf8" }).trim();
    if (!version.startsWith("2.3.")) throw new Error(`The settings of this test are for Dovecot 2.3, not ${version}`);
  }
  return { dovecot: dovecot.path, exim: exim.path, openssl: openssl.path };
};
