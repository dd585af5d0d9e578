import type { Intake, NewItem, Source } from "@deskwright/core";

type Json = Intake["cursor"];

/** Takes in what a source reads as a helpdesk does, and begins it again whenever it fails. */
export class Reader {
  /** By key; what was accepted before is left out. */
  readonly items = new Map<string, NewItem>();
  /** What was reported, with when. */
  readonly reports: Array<{ readonly trouble: string | null; readonly at: number }> = [];
  readonly failures: Array<Error> = [];
  cursor: Json = null;
  /** Something to do before a batch counts as accepted. */
  beforeAccept: (items: ReadonlyArray<NewItem>) => Promise<void> = async () => {};
  private readonly source: Source;
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(source: Source | undefined) {
    if (source === undefined) throw new Error("The channel reads nothing");
    this.source = source;
  }

  static of(source: Source | undefined): Reader {
    const reader = new Reader(source);
    reader.start();
    return reader;
  }

  start(): void {
    this.stopping = new AbortController();
    this.running = this.untilStopped(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  get keys(): ReadonlyArray<string> {
    return [...this.items.keys()];
  }

  /** The subjects of what was read, in order. */
  get subjects(): ReadonlyArray<string> {
    return [...this.items.values()].map(({ raw }) => subjectOf(raw));
  }

  get isWell(): boolean {
    return this.reports.at(-1)?.trouble === null;
  }

  private async untilStopped(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.source.run(this.intake(), signal).catch(async (error: Error) => {
        this.failures.push(error);
        await new Promise((resolve) => setTimeout(resolve, 30));
      });
    }
  }

  private intake(): Intake {
    return {
      cursor: this.cursor,
      accept: async (items, cursor) => {
        await this.beforeAccept(items);
        for (const item of items) if (!this.items.has(item.key)) this.items.set(item.key, item);
        this.cursor = JSON.parse(JSON.stringify(cursor));
      },
      report: (trouble) => {
        this.reports.push({ trouble, at: performance.now() });
      },
    };
  }
}

const subjectOf = (raw: Uint8Array) =>
  Buffer.from(raw)
    .toString()
    .match(/^Subject: (.*?)\r?$/m)?.[1] ?? "";
