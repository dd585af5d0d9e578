import { Duplex } from "node:stream";
import type { Session } from "./Session.ts";
import { asksToCancel, closeStatement, idle, messagesIn, rollback, sync, textAt, welcome } from "./wire.ts";

/** A client's connection to an embedded database: what a socket is to a server. */
export class Connection extends Duplex {
  readonly #session: Session;
  readonly #number: number;
  readonly #statements = new Set<string>();
  #isWelcome = false;
  #input: Array<Uint8Array> = [];
  #inputIsSynced = true;
  #isSynced = true;
  #status = idle;

  constructor(session: Session, number: number) {
    super();
    this.#session = session;
    this.#number = number;
  }

  /** Whether the last message taken was one that PostgreSQL answers with ReadyForQuery. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Whether the session may go on to another connection: nothing half said, no transaction open. */
  get isIdle(): boolean {
    return this.#isSynced && this.#status === idle;
  }

  /** Everything that was sent and not taken yet. */
  takeInput(): Uint8Array {
    this.#isSynced = this.#inputIsSynced;
    return Buffer.concat(this.#input.splice(0));
  }

  becomes(status: number): void {
    this.#status = status;
  }

  /** Hands something that the database said to the client. */
  answer(output: Uint8Array): void {
    if (this.#isWelcome && !this.destroyed) this.push(output);
  }

  /** Leaves the session what frees it of this connection; false where there is nothing to free. */
  bequeath(isOwner: boolean): boolean {
    this.#input = isOwner ? [sync, rollback] : [];
    for (const name of this.#statements) this.#input.push(closeStatement(name));
    if (this.#statements.size > 0) this.#input.push(sync);
    this.#inputIsSynced = true;
    return this.#input.length > 0;
  }

  /** A client writes whole messages: no chunk begins or ends inside of one. */
  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    if (this.#isWelcome) this.#send(chunk);
    // A statement can't be stopped, so that is all the answer: the client goes on waiting for its statement.
    else if (asksToCancel(chunk)) this.destroy();
    else {
      this.#isWelcome = true;
      this.push(welcome(this.#number));
    }
    done();
  }

  #send(chunk: Uint8Array): void {
    for (const { type, body, end } of messagesIn(chunk)) {
      if (type === "X") return;
      if (type === "P") this.#prepare(chunk, body);
      if (type === "C" && chunk[body] === 0x53) this.#statements.delete(textAt(chunk, body + 1));
      if (end === chunk.length) this.#inputIsSynced = type === "S" || type === "Q";
    }
    this.#input.push(chunk);
    this.#session.enqueue(this);
  }

  /** Keeps in mind which statements the session holds for this connection; they outlive it otherwise. */
  #prepare(chunk: Uint8Array, body: number): void {
    const name = textAt(chunk, body);
    if (name !== "") this.#statements.add(name);
    // One that has heard enough must not silence the others. Spaces are an empty statement.
    const query = body + Buffer.byteLength(name) + 1;
    if (textAt(chunk, query).startsWith("UNLISTEN ")) chunk.fill(0x20, query, chunk.indexOf(0, query));
  }

  override _read(): void {}

  override _final(done: () => void): void {
    this.destroy();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#session.leave(this);
    done(error);
  }
}
