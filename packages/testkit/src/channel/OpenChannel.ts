import type { Channel, Correspondent, Reading, Source } from "@deskwright/core";

/** A channel with its other side, both for one test. */
export interface OpenChannel {
  readonly channel: Channel;
  /** Somebody out there. */
  readonly customer: Correspondent;
  /** Lets them write to the channel; resolves once its source could read it. `answers` is a reference of ours. */
  readonly write: (message: {
    readonly subject: string;
    readonly text: string;
    readonly answers?: string;
  }) => Promise<void>;
  /** What they got so far. */
  readonly received: () => Promise<ReadonlyArray<{ readonly ref: string; readonly text: string }>>;
  readonly close: () => Promise<void>;
}

export const secret = "a secret of the contract";

/** What a source handed over, and where it stood then. */
export class Accepted {
  readonly items: Array<{ readonly key: string; readonly raw: Uint8Array; readonly about: never }> = [];
  cursor: never = null as never;
  trouble: string | null = null;
  /** Where the source is no longer ours. */
  isLost = false;
  readonly #waiting = new Set<() => void>();

  /** Runs the source until the answer is called, which waits for its end. */
  start(source: Source): () => Promise<unknown> {
    const abort = new AbortController();
    const intake = {
      cursor: this.cursor,
      accept: async (items: ReadonlyArray<{ key: string; raw: Uint8Array; about?: unknown }>, cursor: unknown) => {
        if (this.isLost) throw new Error("The source is no longer ours");
        for (const { key, raw, about = null } of items)
          if (!this.items.some((item) => item.key === key)) this.items.push({ key, raw, about: about as never });
        this.cursor = cursor as never;
        (intake as { cursor: unknown }).cursor = cursor;
        for (const tell of this.#waiting) tell();
      },
      report: (trouble: string | null) => {
        this.trouble = trouble;
      },
    };
    const ended = source.run(intake, abort.signal).then(
      () => "ended",
      (error: unknown) => error,
    );
    return () => {
      abort.abort();
      return ended;
    };
  }

  /** Resolves once so many were accepted. */
  async count(wanted: number): Promise<void> {
    while (this.items.length < wanted)
      await new Promise<void>((resolve) => {
        const tell = () => {
          this.#waiting.delete(tell);
          resolve();
        };
        this.#waiting.add(tell);
      });
  }
}

export const readItem = ({ channel }: OpenChannel, { raw, about }: Accepted["items"][number]): Promise<Reading> => {
  if (channel.read === undefined) throw new Error("A channel with sources has to read what they accept");
  return channel.read({ tenant: "default", secret, raw, about, receivedAt: new Date("2026-01-01T00:00:00Z") });
};
