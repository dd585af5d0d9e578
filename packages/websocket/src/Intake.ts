import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { type Bucket, fullBucket, type Rate, take } from "./bucket.ts";

/** So many texts may wait before the socket is not read on. */
const maxWaiting = 16;

/** Texts from one client, handled one after another and no faster than the rate; nothing that came is dropped. */
export class Intake {
  readonly #socket: WebSocket;
  readonly #rate: Rate;
  readonly #handle: (text: string) => Promise<void>;
  readonly #waiting: Array<string> = [];
  #bucket: Bucket;
  #running: Promise<void> | null = null;
  #open = false;
  #ended = false;

  constructor(socket: WebSocket, rate: Rate, handle: (text: string) => Promise<void>) {
    this.#socket = socket;
    this.#rate = rate;
    this.#handle = handle;
    this.#bucket = fullBucket(rate, performance.now());
  }

  /** Begins with what has come so far. */
  start(): void {
    this.#open = true;
    this.#run();
  }

  push(text: string): void {
    if (this.#ended) return;
    this.#waiting.push(text);
    if (this.#waiting.length >= maxWaiting) this.#socket.pause();
    this.#run();
  }

  /** Whether the socket is not read because texts wait, so that no pong can be seen either. */
  get isHeldUp(): boolean {
    return this.#socket.isPaused;
  }

  /** Takes nothing any more, and waits for the text that is being handled. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#waiting.length = 0;
    this.#socket.resume();
    await this.#running;
  }

  #run(): void {
    if (!this.#open || this.#running !== null || this.#waiting.length === 0) return;
    this.#running = this.#next().finally(() => {
      this.#running = null;
      this.#run();
    });
  }

  async #next(): Promise<void> {
    const { bucket, waitMs } = take(this.#bucket, this.#rate, performance.now());
    this.#bucket = bucket;
    if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
    const text = this.#waiting.shift();
    if (text === undefined) return;
    if (this.#waiting.length < maxWaiting / 2) this.#socket.resume();
    await this.#handle(text);
  }
}
