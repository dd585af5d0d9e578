import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Asks again until the answer is neither null nor false; fails after `ms`. */
export const eventually = async <A>(
  what: string,
  ask: () => A | null | false | undefined | Promise<A | null | false | undefined>,
  ms = 60_000,
): Promise<A> => {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false && answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: still not so after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/**
 * A port that nobody listens on. Below those that systems give to whoever wants any (from 32768, as a rule), so that it
 * is still free when a server comes back that was killed.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
};

const parentOf = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
};

/** Every process below one. */
export const processesBelow = (pid: number): ReadonlyArray<number> => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  const below = (of: number): ReadonlyArray<number> =>
    all.filter(({ parent }) => parent === of).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
};

export const programOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
};

/** Whether a process holds nothing any more; a dead one that nobody has looked at yet has still its number. */
const isGone = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
};

/** Waits until processes that were killed are gone. */
export const allGone = (pids: ReadonlyArray<number>) => eventually("they are gone", () => pids.every(isGone));

/** Sends a signal to processes that may be gone already. */
export const signalAll = (pids: ReadonlyArray<number>, signal: NodeJS.Signals) => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {}
  }
};

/**
 * Ends a process and all of its group when this one ends, in whatever way, and removes their folder. Answers how to call
 * that off.
 */
export const endWithUs = (leader: number, folder: string): (() => void) => {
  // Its input ends with us. It is in a group of its own, so that what ends us does not end it.
  const script = 'read -r _; kill -9 "-$1"; sleep 0.2; rm -rf -- "$2"';
  const watcher = spawn("/bin/sh", ["-c", script, "sh", `${leader}`, folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.unref();
  return () => {
    watcher.kill("SIGKILL");
  };
};
