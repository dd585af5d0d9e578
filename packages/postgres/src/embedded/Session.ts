import type { Duplex } from "node:stream";
import { setImmediate as otherWork } from "node:timers/promises";
import { Connection } from "./Connection.ts";
import { complaintAt, messagesIn } from "./wire.ts";

/** How long (ms) statements may follow each other before timers, sockets and the rest of the process have a turn. */
const turn = 10;

/**
 * The one session of an embedded database, shared by any number of connections.
 *
 * A connection owns the session from its first message until PostgreSQL is idle again: for a statement or for a whole
 * transaction. The others wait, first come, first served; so transactions never overlap, and one that waited for
 * anything but the database would hold up all others.
 */
export class Session {
  readonly #execute: (messages: Uint8Array) => Promise<Uint8Array>;
  readonly #connections = new Set<Connection>();
  readonly #waiting: Array<Connection> = [];
  #owner: Connection | null = null;
  #opened = 0;
  #isRunning = false;
  #run = Promise.resolve();
  #broken: Error | null = null;

  /** `execute` hands whole messages to the database and answers what it says to them. */
  constructor(execute: (messages: Uint8Array) => Promise<Uint8Array>) {
    this.#execute = execute;
  }

  /** Opens a connection, as a client's socket to a server would. */
  connect(): Duplex {
    const connection = new Connection(this, ++this.#opened);
    if (this.#broken !== null) return connection.destroy(this.#broken);
    this.#connections.add(connection);
    return connection;
  }

  /** Says that a connection has something for the database. */
  enqueue(connection: Connection): void {
    if (!this.#waiting.includes(connection)) this.#waiting.push(connection);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run = this.#serve();
  }

  /** Takes leave of a connection that is closed, and tidies up after it. */
  leave(connection: Connection): void {
    if (!this.#connections.delete(connection) || this.#broken !== null) return;
    if (connection.bequeath(this.#owner === connection)) this.enqueue(connection);
  }

  /** Executes everything that was sent, and takes nothing more; answers whether the database is still sound. */
  async close(): Promise<boolean> {
    while (this.#isRunning) await this.#run;
    const isSound = this.#broken === null;
    this.#break(new Error("the embedded database is closed"));
    return isSound;
  }

  async #serve(): Promise<void> {
    let since = performance.now();
    for (let next = this.#next(); next !== null; next = this.#next()) {
      this.#owner = next;
      await this.#exchange(next).catch((error) => this.#break(error));
      if (next.isIdle) this.#owner = null;
      if (performance.now() - since < turn) continue;
      await otherWork();
      since = performance.now();
    }
    this.#isRunning = false;
  }

  #next(): Connection | null {
    const at = this.#owner === null ? 0 : this.#waiting.indexOf(this.#owner);
    return at < 0 ? null : (this.#waiting.splice(at, 1)[0] ?? null);
  }

  async #exchange(connection: Connection): Promise<void> {
    const output = await this.#execute(connection.takeInput());
    let isReady = !connection.isSynced;
    let complaint = "it did not answer";
    for (const { type, start, body, end } of messagesIn(output)) {
      if (type === "A") this.#notify(connection, output.slice(start, end));
      if (type === "E") complaint = complaintAt(output, body);
      if (type === "Z") {
        connection.becomes(output[body] as number);
        isReady = true;
      }
    }
    // So it ends where a server would crash, such as when there is no room for its log.
    if (!isReady) throw new Error(`the embedded database has failed, start the process again: ${complaint}`);
    connection.answer(output);
  }

  /** The session listens for all its connections at once: each hears everything, its client picks its channels. */
  #notify(speaker: Connection, notification: Uint8Array): void {
    for (const connection of this.#connections) if (connection !== speaker) connection.answer(notification);
  }

  /** Once the database has failed other than by an answer nothing is sent to it any more: it might never return. */
  #break(error: Error): void {
    this.#broken ??= error;
    this.#waiting.length = 0;
    for (const connection of this.#connections) connection.destroy(error);
    this.#connections.clear();
  }
}
