import type { Channel, Intake, Outgoing, Reading, ReadMessage, Source } from "../../src/channel/Channel.ts";
import { DeliveryError } from "../../src/Errors.ts";

/** A reading, what differs from `mail`, or bytes that are no reading. */
export type Dropped = (Partial<ReadMessage> & { readonly isSlow?: boolean }) | Reading | string;

/** A post office in this process: what is dropped in comes in, what goes out is kept. Its mails are readings in JSON. */
export class Post {
  readonly sent: Array<Outgoing & { readonly body: string }> = [];
  readonly #sources: ReadonlyArray<Source>;
  readonly #news = new Set<() => void>();
  readonly #box: Array<{ readonly key: string; readonly raw: Uint8Array }> = [];
  /** What the next sends answer, one each; then all is well. */
  readonly answers: Array<"lost" | "busy" | "refused" | "without copies" | "never to copies" | "to copies alone"> = [];

  constructor() {
    this.#sources = [{ name: "box", run: (intake, signal) => this.#run(intake, signal) }];
  }

  /** Puts something into the box, all of it at once. */
  drop(...readings: ReadonlyArray<Dropped>): void {
    for (const reading of readings) {
      const text = typeof reading === "string" ? reading : JSON.stringify({ ...mail, ...reading });
      this.#box.push({ key: String(this.#box.length), raw: new TextEncoder().encode(text) });
    }
    for (const tell of this.#news) tell();
  }

  async #run(intake: Intake, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = (intake.cursor as number | null) ?? 0;
      const items = this.#box.slice(next);
      if (items.length > 0) await intake.accept(items, next + items.length);
      else
        await new Promise<void>((resolve) => {
          this.#news.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
    }
  }

  get channel(): Channel {
    return {
      name: "email",
      hasEmailAddresses: true,
      sources: this.#sources,
      read: async ({ raw }) => {
        const { isSlow = false, ...reading } = JSON.parse(new TextDecoder().decode(raw));
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 5));
        // Bytes are no JSON.
        for (const file of reading.files ?? []) file.content = Buffer.from(file.content);
        return reading;
      },
      newRef: ({ ticketId, token }) => `<t${ticketId}.${token}@desk>`,
      send: async (outgoing) => {
        const answer = this.answers.shift();
        if (outgoing.to.some(({ address }) => address.endsWith("@invalid.invalid")))
          throw new DeliveryError({ reason: "no such place", outcome: "final" });
        if (answer === "lost") throw new DeliveryError({ reason: "the line broke", outcome: "unknown" });
        if (answer === "busy") throw new DeliveryError({ reason: "try later", outcome: "retryable" });
        if (answer === "refused") throw new DeliveryError({ reason: "no such mailbox", outcome: "final" });
        const parts: Array<Uint8Array> = [];
        for (const file of outgoing.files) for await (const part of file.content) parts.push(part);
        this.sent.push({ ...outgoing, body: Buffer.concat(parts).toString() });
        const refuse = (all: typeof outgoing.to, mayPass: boolean) =>
          all.map(({ address }) => ({ address, reason: "not now", mayPass }));
        const refused =
          answer === "to copies alone"
            ? refuse(outgoing.to, false)
            : answer === "without copies" || answer === "never to copies"
              ? refuse(outgoing.copies, answer === "without copies")
              : [];
        return { ref: null, refused };
      },
    };
  }
}

let number = 0;

/** A mail like many. */
export const mail: ReadMessage = {
  type: "message",
  get fingerprint() {
    return `f${number++}`;
  },
  ref: null,
  from: { address: "ada@example.com", name: "Ada" },
  replyTo: null,
  copies: [],
  subject: "It burns",
  text: "The printer is on fire.",
  fullText: null,
  html: null,
  files: [],
  thread: { signed: null, refs: [], claimed: null },
  nature: "person",
  silence: null,
  remarks: [],
};
