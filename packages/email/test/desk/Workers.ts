import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../processes.ts";
import type { Place, settingsOf } from "./desks.ts";

/** Each step on the way of a mail at whose end a process can die. */
export const steps = [
  "fetched",
  "bytes kept",
  "accepted",
  "handed over",
  "understood",
  "about to open",
  "opened",
  "about to send",
  "sent",
  "sent and written down",
] as const;
export type Step = (typeof steps)[number];

/** What a process is for. */
export interface Task {
  readonly place: Place;
  readonly settings: ReturnType<typeof settingsOf>;
}

/** How it lives, and dies: the `count`th time that it gets to a step. */
export interface Orders {
  readonly shiftMs: number;
  readonly death: { readonly step: Step; readonly count: number } | null;
}

/** Longer than a claim lasts, in milliseconds. */
const leaseMs = 16_000;

/** A process that does the work of a helpdesk. */
export class WorkerProcess {
  private readonly gone: Promise<NodeJS.Signals | null>;
  private signal: NodeJS.Signals | "still alive" | null = "still alive";
  private readonly child: ChildProcess;
  private output = "";

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        this.output += chunk;
      });
    this.gone = once(child, "close").then(([, signal]) => {
      this.signal = signal;
      return signal;
    });
  }

  /** Waits until it works. */
  async running(): Promise<void> {
    await eventually(`a worker works, which says ${this.output}`, () => this.output.includes("running\n"));
  }

  /** Waits until it dies by itself, in the middle of what it was told to. */
  async died(): Promise<void> {
    await eventually("a worker dies", () => this.signal !== "still alive").catch((error: Error) => {
      throw new Error(`${error.message}; it says: ${this.output}`);
    });
    if (this.signal !== "SIGKILL") throw new Error(`A worker ended by itself: ${this.output}`);
  }

  begin(orders: Orders): void {
    this.child.stdin?.write(`${JSON.stringify(orders)}\n`);
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.gone;
  }
}

/** Processes that do the work of one helpdesk, one after the other; each knows nothing of those before. */
export class Workers {
  private readonly task: Task;
  private readonly cache = mkdtempSync(join(tmpdir(), "deskwright-cache-"));
  /** It takes a second to start one, so the next one stands by. */
  private next: WorkerProcess;
  private readonly all: Array<WorkerProcess> = [];
  private shiftMs = 0;

  constructor(task: Task) {
    this.task = task;
    this.next = this.spawn();
  }

  /** Begins the next one. Whatever a dead one had taken is free for it: to it, half a minute has passed. */
  begin(death: Orders["death"] = null): WorkerProcess {
    const worker = this.next;
    this.next = this.spawn();
    worker.begin({ shiftMs: this.shiftMs, death });
    this.shiftMs += leaseMs;
    return worker;
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.kill()));
    rmSync(this.cache, { recursive: true, force: true });
  }

  private spawn(): WorkerProcess {
    const script = join(import.meta.dirname, "fixtures/worker.ts");
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME, NODE_COMPILE_CACHE: this.cache };
    const worker = new WorkerProcess(spawn(process.execPath, [script, JSON.stringify(this.task)], { env }));
    this.all.push(worker);
    return worker;
  }
}
