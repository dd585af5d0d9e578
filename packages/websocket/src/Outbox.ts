import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/**
 * What goes out to one client. What it hears is dropped as soon as more than `maxBuffered` bytes wait for it, until
 * all of them have left; answers to its own frames always go out, and while it is full no frame is taken from it.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;
  readonly #maxBuffered: number;
  readonly #onOverflow: () => void;
  readonly #onDrained: () => void;
  #full = false;

  /** `connection` is what the socket runs on. */
  constructor(
    socket: WebSocket,
    connection: Duplex,
    maxBuffered: number,
    onOverflow: () => void,
    onDrained: () => void,
  ) {
    this.#socket = socket;
    this.#connection = connection;
    this.#maxBuffered = maxBuffered;
    this.#onOverflow = onOverflow;
    this.#onDrained = onDrained;
  }

  /** Whether the client has yet to read what it was sent before it is sent more of what it hears. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Sends an answer. */
  send(text: string): void {
    this.#socket.send(text, { binary: false });
  }

  /**
   * Sends a whole frame that the client hears. It is written as it is, where `WebSocket.send` would make a head of
   * its own for each of a thousand sockets; nothing can get in between, as nothing is compressed or sent in parts.
   */
  offer(frame: Buffer): void {
    if (this.#full || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#connection.write(frame);
    if (this.#socket.bufferedAmount > this.#maxBuffered) {
      this.#full = true;
      void this.#flushed().then(() => {
        this.#full = false;
        this.#onDrained();
      });
      this.#onOverflow();
    }
  }

  /** Waits while so much is on its way that more would soon be too much. */
  async room(): Promise<void> {
    if (this.#socket.bufferedAmount > this.#maxBuffered / 2) await this.#flushed();
  }

  /** Everything sent before has left, or the socket is gone: a ping goes out behind it. */
  #flushed(): Promise<void> {
    return new Promise((resolve) => this.#socket.ping(undefined, undefined, () => resolve()));
  }
}
