import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Helpdesk } from "@deskwright/core";
import { email } from "@deskwright/email";
import { SMTPServer } from "smtp-server";
import { Outbox } from "./Outbox.ts";

const supportAddress = "support@example.com";

/** A mail server that takes everything, from this machine alone. */
const receive = async (port: number, take: (raw: Buffer) => Promise<void>) => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: 25_000_000,
    onData: (stream, _session, done) => {
      buffer(stream)
        .then((raw) => take(raw))
        .then(
          () => done(),
          (error) => done(error),
        );
    },
  });
  // Clients come and go as they like; what they do to their connections is no trouble of ours.
  server.on("error", () => {});
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
};

/**
 * Mail without any mail server: a port of this machine turns what it receives into tickets, and what would leave is
 * kept to be looked at. It goes the way of real mail, by SMTP.
 */
export const localMail = async ({ directory, port }: { readonly directory: string; readonly port: number }) => {
  const outbox = new Outbox(join(directory, "outbox"));
  const out = await receive(0, (raw) => outbox.add(raw));
  return {
    channel: email({ from: `Support <${supportAddress}>`, smtp: `smtp://127.0.0.1:${out.port}` }),
    local: {
      outbox,
      address: supportAddress,
      /** Answers the port; null where another program has it. */
      open: async (desk: Helpdesk) => {
        const take = async (raw: Buffer) => {
          // The client hears that it was taken once it is on the disk.
          await desk.inbound.accept({ channel: "email", key: randomUUID(), raw });
        };
        try {
          return (await receive(port, take)).port;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
          throw error;
        }
      },
    },
  };
};
