import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Helpdesk } from "@deskwright/core";

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** `127.0.0.1` by default: for this machine alone. */
  readonly host?: string;
  /** The live feed on this server, whose sockets are told to go when the process ends. */
  readonly live?: { readonly close: () => Promise<void> };
}

/** How long requests that are still running may take on the way out, in milliseconds. */
const patienceMs = 10_000;

/**
 * Runs a server as the main thing of its process, and answers the address it listens on. On SIGTERM or SIGINT it ends
 * in good order, with exit code 0: no new requests, then the sockets, the requests that are running, the helpdesk. A
 * second signal ends it at once. A port that is taken rejects.
 *
 * @since 0.1.0
 */
export const serve = async (
  server: Server,
  desk: Pick<Helpdesk, "close">,
  { port, host = "127.0.0.1", live }: ServeOptions,
): Promise<string> => {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

  const end = async () => {
    const served = new Promise<void>((resolve) => server.close(() => resolve()));
    const deadline = setTimeout(() => server.closeAllConnections(), patienceMs);
    await live?.close();
    await served;
    clearTimeout(deadline);
    await desk.close();
  };
  const stop = () => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    end().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);

  const { address, family, port: actual } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;
};
