import { randomUUID } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Folder } from "./Folder.ts";
import { codeOf } from "./failure.ts";

const host = encodeURIComponent(hostname());
const day = 86_400_000;

/** A new name for a file that is still arriving. It says whose it is: host and process. */
export const incomingPath = (folder: Folder): string => join(folder.incoming, `${host}~${process.pid}~${randomUUID()}`);

/**
 * Removes what writers that were killed have left. Other processes may be writing into the same folder at this
 * moment: their files stay, and where one can't tell (another machine, another container) only a file that nobody
 * has written to for a day is taken for left.
 */
export const sweep = async (folder: Folder): Promise<void> => {
  for (const name of await readdir(folder.incoming)) {
    const path = join(folder.incoming, name);
    const written = await lastWritten(path);
    if (written !== null && isLeft(name, written)) await rm(path, { force: true });
  }
};

const lastWritten = async (path: string): Promise<number | null> => {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
};

const isLeft = (name: string, written: number): boolean => {
  const [theirHost, pid, id] = name.split("~");
  if (id === undefined) return false;
  if (Date.now() - written > day) return true;
  if (theirHost !== host) return false;
  // In a container a restarted process often has the number of the one before it: what is older than we is not ours.
  if (Number(pid) === process.pid) return written < Date.now() - process.uptime() * 1000;
  return !isRunning(Number(pid));
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
};
