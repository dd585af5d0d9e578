import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Actor, type ActorRef, type Desk, NotAllowed } from "@deskwright/core";
import type { WebSocket } from "ws";
import { answer } from "./answer.ts";
import type { ClientFrame, Ref } from "./ClientFrame.ts";
import type { Door, Guest } from "./Door.ts";
import type { Hub } from "./Hub.ts";
import { Intake } from "./Intake.ts";
import type { limitsOf } from "./LiveOptions.ts";
import type { LiveContext, LiveProtocol } from "./LiveProtocol.ts";
import { Outbox } from "./Outbox.ts";
import { report, textOf } from "./Parcel.ts";
import type { Presence } from "./Presence.ts";
import { reasonToLeave } from "./recheck.ts";
import { frameErrorOf } from "./refusal.ts";
import type { ServerFrame } from "./ServerFrame.ts";
import { Subscriptions } from "./Subscriptions.ts";

/** What all sockets of a server share. */
export interface LiveServer {
  readonly hub: Hub;
  readonly presence: Presence;
  readonly door: Door;
  readonly protocol: LiveProtocol;
  readonly limits: ReturnType<typeof limitsOf>;
  /** Who asks by a request, as the host says now. */
  readonly ask: (request: IncomingMessage, params: Readonly<Record<string, string>>) => Promise<Actor | null>;
}

/** One open socket. */
export class Session implements LiveContext {
  readonly request: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  readonly #server: LiveServer;
  readonly #socket: WebSocket;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  #guest: Guest | null = null;
  #subscriptions: Subscriptions | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #isByRequest = false;
  #answered = true;
  #closed = false;

  constructor(
    server: LiveServer,
    socket: WebSocket,
    connection: Duplex,
    request: IncomingMessage,
    params: Readonly<Record<string, string>>,
  ) {
    this.request = request;
    this.params = params;
    this.#server = server;
    this.#socket = socket;
    this.#outbox = new Outbox(
      socket,
      connection,
      server.limits.maxBuffered,
      () => this.#subscriptions?.drop(),
      () => this.#subscriptions?.resume(),
    );
    this.#intake = new Intake(socket, server.limits.rate, (text) => this.#receive(text));
    socket.on("message", (data, isBinary) => {
      this.#answered = true;
      if (isBinary) this.close(1003, "Expected text");
      else if (!this.#closed) this.#intake.push(data.toString());
    });
    socket.on("pong", () => {
      this.#answered = true;
    });
    socket.on("ping", () => {
      // Pongs are no exception: whoever asks for them without reading them is cut.
      if (socket.bufferedAmount > server.limits.maxBuffered) this.terminate();
    });
    // What went wrong with a connection is told by the close that follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#leave());
  }

  get actor(): Actor | null {
    return this.#guest?.actor ?? null;
  }

  get desk(): Desk {
    return this.#known.guest.desk;
  }

  get position(): number {
    return this.#server.hub.position;
  }

  get tickets(): ReadonlySet<number> {
    return this.#subscriptions?.tickets ?? new Set();
  }

  /** Begins as the actor of the request, or waits for a login. */
  async open(guest: Guest | null): Promise<void> {
    const { login } = this.#server.protocol;
    this.#isByRequest = guest !== null;
    try {
      if (guest !== null) await this.#enter(guest);
      else this.#deadline = setTimeout(() => this.close(1008, "No login in time"), login?.deadlineMs ?? 0);
      this.#intake.start();
    } catch (error) {
      report("A socket could not be opened", error);
      this.close(1011, "Something went wrong");
    }
  }

  async login(who: ActorRef): Promise<void> {
    if (this.#guest !== null) throw new NotAllowed({ action: "login", reason: "the socket has logged in before" });
    try {
      await this.#enter(await this.#server.door.admit(who, this.params, this.request));
    } catch (error) {
      this.close(1008, frameErrorOf(error).detail);
      throw error;
    }
  }

  async take(frame: ClientFrame): Promise<void> {
    const ref = frame.ref === undefined ? {} : { ref: frame.ref };
    try {
      const { guest, subscriptions } = this.#known;
      const reply = await answer(guest.desk, subscriptions, frame);
      const isAwaited = reply !== null && (reply.type !== "ack" || frame.ref !== undefined);
      if (isAwaited) this.#say({ ...reply, ...ref });
    } catch (error) {
      this.#refuse(error, ref);
    }
  }

  send(text: string): void {
    if (!this.#closed) this.#outbox.send(text);
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#leave();
    this.#socket.resume();
    this.#socket.close(code, Buffer.from(reason).subarray(0, 123).toString());
  }

  /** Finishes the frame at hand, tells the others, says goodbye, and resolves when the client has, too. */
  async end(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    await this.#intake.end();
    const told = this.#subscriptions?.end();
    this.close(1001, "The server goes away");
    await Promise.all([told, gone]);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Pings the client; one that has been silent since the last ping is cut. */
  ping(): void {
    if (this.#answered) {
      // The pong of a socket that is not read on purpose would not be seen.
      this.#answered = this.#intake.isHeldUp && this.#socket.bufferedAmount === 0;
      this.#socket.ping();
    } else this.terminate();
  }

  /** Closes the socket of somebody whom the host lets in no more, or takes for somebody else. */
  async check(): Promise<void> {
    const { actor } = this;
    if (this.#closed || !this.#isByRequest || actor === null) return;
    const reason = await reasonToLeave(actor, () => this.#server.ask(this.request, this.params));
    if (reason !== null) this.close(1008, reason);
  }

  get #known(): { readonly guest: Guest; readonly subscriptions: Subscriptions } {
    if (this.#guest === null || this.#subscriptions === null)
      throw new NotAllowed({ action: "anything", reason: "nobody has logged in" });
    return { guest: this.#guest, subscriptions: this.#subscriptions };
  }

  async #enter(guest: Guest): Promise<void> {
    clearTimeout(this.#deadline);
    if (this.#closed) return guest.leave();
    this.#guest = guest;
    const { hub, presence, protocol, limits } = this.#server;
    this.#subscriptions = new Subscriptions({
      guest,
      hub,
      presence,
      outbox: this.#outbox,
      maxSubscriptions: limits.maxSubscriptions,
      say: (frame) => this.#say(frame),
      wants: (frame) => this.#wants(frame),
    });
    for (const text of (await protocol.hello?.(this)) ?? []) this.send(text);
    for (const subscription of guest.subscriptions) this.#subscriptions.begin(subscription);
  }

  async #receive(text: string): Promise<void> {
    await this.#outbox.room();
    if (this.#closed) return;
    try {
      const frame = await this.#server.protocol.receive(text, this);
      if (frame) await this.take(frame);
    } catch (error) {
      this.#refuse(error, {});
    }
  }

  #say(frame: ServerFrame): boolean {
    const text = textOf(this.#server.protocol, frame);
    if (text === null) return false;
    this.send(text);
    return true;
  }

  #wants(frame: ServerFrame): boolean {
    try {
      return !this.#closed && (this.#server.protocol.wants?.(frame, this) ?? true);
    } catch (error) {
      report("A live protocol could not say whether a socket wants a frame", error);
      return false;
    }
  }

  #refuse(error: unknown, ref: { readonly ref?: Ref }): void {
    const told = frameErrorOf(error);
    if (told.code === "InternalError" || told.code === "StorageError") report("A frame could not be answered", error);
    this.#say({ type: "error", error: told, ...ref });
  }

  #leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#deadline);
    void this.#intake.end();
    void this.#subscriptions?.end();
    this.#guest?.leave();
  }
}
