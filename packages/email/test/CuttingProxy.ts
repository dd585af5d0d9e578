import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Keeps a client and a server from using TLS, and breaks the connection whenever the server says a certain word. */
export class CuttingProxy {
  /** How often it did. */
  cuts = 0;
  /** Where a client says this, nothing passes any more on its connection, which stays open. */
  silentAfter: string | null = null;
  /** All that clients said. */
  said = "";
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(to: number, word: string) {
    this.server = createServer((client) => {
      const upstream = connect(to, "127.0.0.1");
      let heard = "";
      let isSilent = false;
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          this.sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      // Neither may turn to TLS, through which nothing could be heard.
      const withoutTls = (chunk: Buffer) => chunk.toString("latin1").replaceAll("STARTTLS", "X-NO-TLS");
      client.on("data", (chunk: Buffer) => {
        this.said += chunk.toString("latin1");
        isSilent ||= this.silentAfter !== null && chunk.includes(this.silentAfter);
        if (!isSilent) upstream.write(withoutTls(chunk), "latin1");
      });
      upstream.on("data", (chunk: Buffer) => {
        if (isSilent) return;
        const said = withoutTls(chunk);
        heard = `${heard}${said}`.slice(-word.length - said.length);
        if (heard.includes(word)) {
          this.cuts += 1;
          client.destroy();
        } else {
          client.write(said, "latin1");
        }
      });
    });
  }

  static async start(to: number, word: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(to, word);
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
