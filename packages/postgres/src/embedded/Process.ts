import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process, told apart from a later one that was given the same number. */
export interface Process {
  readonly host: string;
  readonly pid: number;
  /** When it started, in this system's own measure; null where the system does not say (it does on Linux). */
  readonly started: string | null;
}

/** The field of `/proc/<pid>/stat` that is the process' state, and the one that is its start in ticks since the boot. */
const fields = { state: 3, started: 22 };

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return null;
  }
};

const statOf = (pid: number) => {
  const stat = read(`/proc/${pid}/stat`);
  const boot = read("/proc/sys/kernel/random/boot_id");
  if (stat === null || boot === null) return null;
  // The second field is the name in parentheses, which may itself hold spaces and parentheses.
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: rest[fields.state - 3], started: `${boot}/${rest[fields.started - 3]}` };
};

export const thisProcess = (): Process => ({
  host: hostname(),
  pid: process.pid,
  started: statOf(process.pid)?.started ?? null,
});

/** Whether a process runs; null where one can't know, because it is or was on another machine. */
export const isRunning = (other: Process): boolean | null => {
  if (other.host !== hostname()) return null;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // Any other error says that it is there and not ours to signal.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const stat = statOf(other.pid);
  if (stat === null || other.started === null) return true;
  // A zombie has ended; it only waits for its parent to take note.
  return stat.started === other.started && stat.state !== "Z" && stat.state !== "X";
};
