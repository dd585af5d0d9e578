import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { isRunning, type Process, thisProcess } from "./Process.ts";

/** What stands in a lock file: the process that holds it, and a token nobody else ever has. */
export interface Holder extends Process {
  readonly token: string;
}

/** A lock that was taken. */
export interface Lock {
  /** Says to other machines that it is still held; to be called every ten seconds. */
  readonly renew: () => void;
  /** Gives it back, if it is still ours. */
  readonly release: () => void;
}

/** So long (ms) a lock of another machine holds after it was last renewed. */
const lease = 60_000;

/** Whose a file is that is no lock file, such as one that a power failure left empty: nobody's. */
const nobody: Holder = { host: "", pid: 0, started: null, token: "nobody" };

/**
 * Takes the lock at a path, or answers who holds it. A process that ended without giving it back holds it no more; one
 * on another machine or in another container, which can't be seen, holds it for a minute after it last renewed it.
 *
 * Everything is synchronous: a process never meets itself half-way.
 */
export const takeLock = (path: string): Lock | Holder => {
  const mine: Holder = { ...thisProcess(), token: randomUUID() };
  const isMine = () => holderOf(path)?.token === mine.token;
  return (
    take(path, mine) ?? {
      renew: () => isMine() && utimesSync(path, new Date(), new Date()),
      release: () => isMine() && rmSync(path, { force: true }),
    }
  );
};

const take = (path: string, mine: Holder): Holder | null => {
  for (;;) {
    if (create(path, mine)) return null;
    const holder = holderOf(path);
    if (holder === null) continue;
    if (holder !== nobody && (isRunning(holder) ?? isRenewed(path))) return holder;
    const remover = remove(path, holder, mine);
    if (remover !== null) return remover;
  }
};

/**
 * Removes the lock of a process that has ended; answers who else is about to do so, if somebody is. Only whoever holds
 * the lock on this very lock may remove it, and looks once more before: what the slower one of two finds may already be
 * the faster one's new lock.
 */
const remove = (path: string, ended: Holder, mine: Holder): Holder | null => {
  const right = `${path}.${ended.token}`;
  const other = take(right, mine);
  if (other !== null) return other;
  if (holderOf(path)?.token === ended.token) rmSync(path, { force: true });
  rmSync(right, { force: true });
  return null;
};

const isRenewed = (path: string): boolean => {
  const renewed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - renewed < lease;
};

/** Makes a lock file, at once with all that stands in it, unless there is one. */
const create = (path: string, mine: Holder): boolean => {
  const draft = `${path}.${mine.token}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

/** Who holds the lock at a path; null where nobody does. */
const holderOf = (path: string): Holder | null => {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8"));
    return typeof holder?.token === "string" && Number.isInteger(holder.pid) ? holder : nobody;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    if (error instanceof SyntaxError) return nobody;
    throw error;
  }
};
