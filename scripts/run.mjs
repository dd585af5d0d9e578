// Runs one package script with a Node.js new enough and with pnpm, after installing the dependencies.
// Plain JavaScript with no dependency, so that any Node.js from 16 on can run it: `npm start`, `npm test`,
// `npm run pnpm -- <anything pnpm understands>`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";

const NODE = "24.21.0";
const PNPM = "12.21.0";
const windows = process.platform === "win32";
const env = { ...process.env };
// Some tools colour a log file as well, which makes it unreadable.
if (!process.stdout.isTTY && env.FORCE_COLOR === undefined) env.NO_COLOR = "1";

const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { stdio: "inherit", env, shell: windows, ...options });
  if (result.error && options.stdio === undefined) throw result.error;
  return result;
};
const capture = (command, args) => {
  const result = run(command, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
};
const atLeast = (version, wanted) => {
  const [a, b] = [version, wanted].map((v) =>
    v
      .replace(/^[^0-9]*/, "")
      .split(".")
      .map(Number),
  );
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
};

const wanted = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).engines.node;
if (!atLeast(process.version, wanted)) {
  console.log(`Node.js ${process.version} is older than ${wanted}: using Node.js ${NODE} from the npm registry.`);
  const node = capture("npx", [
    "--yes",
    "--prefer-offline",
    "--package",
    `node@${NODE}`,
    "--",
    "node",
    "-p",
    "process.execPath",
  ]);
  if (node === undefined) {
    console.error(`Could not fetch Node.js ${NODE} from the npm registry. Install Node.js ${wanted} and try again.`);
    process.exit(1);
  }
  env.PATH = dirname(node) + delimiter + env.PATH;
}

// pnpm 12 is a native program and runs beside any Node.js; one that is already installed is used.
const installed = capture("pnpm", ["--version"]);
const pnpm =
  installed && atLeast(installed, "11.0.0") ? ["pnpm"] : ["npx", "--yes", "--prefer-offline", `pnpm@${PNPM}`];
const [command, ...prefix] = pnpm;
const step = (args) => {
  const { status, signal } = run(command, [...prefix, ...args]);
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
};

// Unchanged dependencies cost a few hundredths of a second; in CI pnpm freezes the lockfile by itself.
step(["install"]);
const args = process.argv.slice(2);
if (args.length > 0) step(["--silent", ...args]);
