import { randomUUID } from "node:crypto";
import { type Answer, type Reference, send } from "./reference.ts";

/** A write that a client asked for, under a key of its own. */
export interface Write {
  readonly key: string;
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly side: "customer" | "admin";
}

/** A write that was answered: what it made has this id. */
export interface Done extends Write {
  readonly id: number;
  readonly ticketId: number;
}

/** Clients that write all the time, and remember what they were answered. */
export class Load {
  readonly done: Array<Done> = [];
  /** Writes whose answer was lost: nobody knows whether they were made. */
  readonly lost: Array<Write> = [];
  /** Answers that no client should have got. */
  readonly refused: Array<readonly [Write, Answer]> = [];
  readonly #agent: number;
  #running = false;
  #clients: Promise<unknown> = Promise.resolve();

  constructor(agent: number) {
    this.#agent = agent;
  }

  /** Starts so many clients on a server. Each has tickets of its own, and all write on the `shared` ones. */
  start(server: Reference, clients: number, shared: ReadonlyArray<number>): void {
    this.#running = true;
    this.#clients = Promise.all(Array.from({ length: clients }, (_, client) => this.#client(server, client, shared)));
  }

  /** Resolves once the last client has noticed that the server is gone. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#clients;
  }

  /** Asks for a write; what was answered is remembered, and what was not, too. */
  async write(server: Reference, write: Write): Promise<number | null> {
    const { method, path, body, side, key } = write;
    let answer: Answer;
    try {
      answer = await send(`${server.url}/support${path}`, { method, token: server[side], key, body });
    } catch {
      this.lost.push(write);
      this.#running = false;
      return null;
    }
    if (answer.status < 200 || answer.status > 299) {
      this.refused.push([write, answer]);
      return null;
    }
    const { id, ticketId = id } = answer.body;
    this.done.push({ ...write, id, ticketId });
    return id;
  }

  async #client(server: Reference, client: number, shared: ReadonlyArray<number>): Promise<void> {
    const ask = async (write: Write) => (this.#running ? this.write(server, write) : null);
    for (let turn = client; this.#running; turn++) {
      const id = await ask(opening());
      if (id === null) return;
      await ask(messageOn(id, "admin"));
      await ask(messageOn(shared[turn % shared.length] as number, turn % 2 ? "customer" : "admin"));
      if (turn % 3 === 0) await ask(change(id, { status: "resolved" }));
      if (turn % 6 === 0) await ask(messageOn(id, "customer"));
      if (turn % 4 === 0) await ask(change(id, { priority: "high", assignee: this.#agent }));
      if (turn % 5 === 0) await ask(read(id));
    }
  }
}

export const opening = (): Write => {
  const key = randomUUID();
  return { key, method: "POST", path: "/tickets", body: { subject: key, text: key }, side: "customer" };
};

const messageOn = (ticketId: number, side: Write["side"]): Write => {
  const key = randomUUID();
  return { key, method: "POST", path: `/tickets/${ticketId}/messages`, body: { text: key }, side };
};

const change = (ticketId: number, body: Write["body"]): Write => ({
  key: "",
  method: "PATCH",
  path: `/tickets/${ticketId}`,
  body,
  side: "admin",
});

const read = (ticketId: number): Write => ({
  key: "",
  method: "POST",
  path: `/tickets/${ticketId}/read`,
  body: {},
  side: "customer",
});
