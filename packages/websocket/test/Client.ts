import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { ClientFrame, ServerFrame } from "../src/index.ts";

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { readonly type: Type }>;

/** How long something may take that should happen by itself, in milliseconds. */
const patience = 15_000;

/** A client of the kind a browser is: it keeps every frame it is sent, in order. */
export class Client {
  readonly socket: WebSocket;
  readonly texts: Array<string> = [];
  /** The texts that are JSON. */
  readonly frames: Array<ServerFrame> = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #wake: () => void = () => {};

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const text = data.toString();
      this.texts.push(text);
      if (text.startsWith("{")) this.frames.push(JSON.parse(text));
      this.#wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) =>
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  /** Connects; rejects where the handshake is refused. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<Client> {
    const client = new Client(new WebSocket(url, { headers }));
    await new Promise<void>((resolve, reject) => {
      client.socket.once("open", () => resolve());
      client.socket.once("error", reject);
    });
    return client;
  }

  /** The answer to a handshake that is refused. */
  static async refused(url: string, headers: Record<string, string> = {}) {
    const socket = new WebSocket(url, { headers });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      socket.once("open", () => reject(new Error("The handshake was not refused")));
      socket.once("unexpected-response", (_, answer) => resolve(answer));
      socket.once("error", reject);
    });
    let body = "";
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, type: response.headers["content-type"], body: JSON.parse(body) };
  }

  /** The frames of one type so far. */
  of<Type extends ServerFrame["type"]>(type: Type): ReadonlyArray<FrameOf<Type>> {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.type === type);
  }

  /** The texts of the messages it was told of, in the order they came. */
  get said(): ReadonlyArray<string> {
    return this.of("event").flatMap(({ message }) => (message ? [message.text] : []));
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Sends a frame and waits for what answers its `ref`. */
  async ask(frame: ClientFrame & { readonly ref: string | number }): Promise<ServerFrame> {
    this.send(frame);
    return this.get((answer) => "ref" in answer && answer.ref === frame.ref);
  }

  /** Waits for the first frame that fits, those that came before included. */
  async get(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    let found: ServerFrame | undefined;
    await this.until(() => {
      found = this.frames.find(fits);
      return found !== undefined;
    });
    return found as ServerFrame;
  }

  /** Waits until something holds, looking again after each frame. */
  async until(holds: () => boolean): Promise<void> {
    const deadline = Date.now() + patience;
    while (!holds()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`It did not happen; the last frames: ${this.texts.slice(-5).join("\n").slice(-2_000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 50));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
