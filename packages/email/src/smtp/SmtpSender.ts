import { Readable } from "node:stream";
import { DeliveryError, type Outgoing, type Sent } from "@deskwright/core";
import { createTransport, type SendMailOptions } from "nodemailer";
import { isLoopback, tlsOf } from "../isLoopback.ts";
import { onTheWire } from "./addresses.ts";
import { messageOf, type Recipients, recipientsOf, type Sender } from "./message.ts";
import { mayBeAboutSender, outcomeOf, type SmtpFailure } from "./outcome.ts";
import type { SmtpOptions } from "./SmtpOptions.ts";

/** How far a mail got. */
interface Progress {
  /** All of it was given to the connection, so that the server may have it. */
  isHandedOver: boolean;
}

type Watched = SendMailOptions & { readonly progress?: Progress };

/** Begins to compose a mail only once the server wants it, and notes when the last of it was given away. */
async function* watched(begin: () => Readable, progress: Progress) {
  for await (const chunk of begin()) yield chunk as Uint8Array;
  progress.isHandedOver = true;
}

const transportOf = (settings: string | SmtpOptions) => {
  const all: SmtpOptions = typeof settings === "string" ? { url: settings } : settings;
  const { timeoutSeconds = 300, auth, allowPlaintext, ...options } = all;
  const url = options.url === undefined ? null : new URL(options.url);
  const hasLogin = auth !== undefined || (url !== null && url.username !== "");
  const host = url?.hostname ?? options.host ?? "";
  const token = auth !== undefined && "accessToken" in auth ? auth.accessToken : null;
  const login = auth !== undefined && "accessToken" in auth ? { type: "OAuth2" as const, user: auth.user } : auth;
  const transport = createTransport({
    ...{ connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: timeoutSeconds * 1000 },
    // Servers close what is idle for long; a mail begun on such a connection would fail for no reason.
    ...{ idleTimeout: 20_000, maxRequeues: 1 },
    // Without it somebody on the way could hide that the server offers TLS, and read the password.
    requireTLS: hasLogin && !(allowPlaintext ?? isLoopback(host)),
    tls: tlsOf(host),
    ...options,
    ...(login === undefined ? {} : { auth: login }),
    pool: true,
  });
  if (token !== null) {
    transport.set("oauth2_provision_cb", (_user, _renew, done) => {
      token().then(
        (accessToken) => done(null, accessToken),
        (error: Error) => done(error, ""),
      );
    });
  }
  // Each mail gets its own error as well; without a listener this one would end the process.
  transport.on("error", () => undefined);
  transport.use("stream", (mail, done) => {
    const { progress } = mail.data as Watched;
    const { message } = mail;
    if (progress !== undefined) {
      const begin = message.createReadStream.bind(message);
      message.createReadStream = (asked) =>
        Readable.from(
          watched(() => begin(asked), progress),
          { objectMode: false },
        );
    }
    done();
  });
  return transport;
};

/** Sends mail through one server. */
export class SmtpSender {
  private readonly sender: Sender;
  private readonly transport: ReturnType<typeof transportOf>;
  /** Some servers take no mail without a sender, which automatic mail should have. */
  private needsSender = false;

  constructor(settings: string | SmtpOptions, sender: Sender) {
    this.sender = sender;
    this.transport = transportOf(settings);
  }

  async send(outgoing: Outgoing): Promise<Sent> {
    const recipients = recipientsOf(outgoing, this.sender.own);
    if (recipients.to.length + recipients.copies.length === 0) {
      const [wrong] = recipients.refused;
      const reason = wrong === undefined ? "there is nobody to send it to but us" : `${wrong.address} ${wrong.reason}`;
      throw new DeliveryError({ reason, outcome: "final" });
    }
    const from = this.sender.from.address;
    const hasSender = outgoing.automatic === null || this.needsSender;
    const first = await this.tryAs(hasSender ? from : "", outgoing, recipients);
    if (hasSender || !("failure" in first) || !mayBeAboutSender(first.failure)) return sentOrThrow(first);
    const sent = sentOrThrow(await this.tryAs(from, outgoing, recipients));
    this.needsSender = true;
    return sent;
  }

  async close(): Promise<void> {
    this.transport.close();
  }

  private async tryAs(from: string, outgoing: Outgoing, recipients: Recipients): Promise<Sent | NotSent> {
    const progress: Progress = { isHandedOver: false };
    const { only } = outgoing;
    const everybody = [...recipients.to, ...recipients.copies]
      .map(({ address }) => address)
      .filter((address) => only === null || only.includes(address));
    const envelope = { from, to: everybody };
    const mail: Watched = { ...messageOf(outgoing, this.sender, recipients), envelope, progress };
    try {
      const { serverMessageId = null, rejectedErrors = [] } = await this.transport.sendMail(mail);
      const refused = rejectedErrors.map((failure: SmtpFailure) => ({
        // The server knows a domain by another spelling than we do.
        address: everybody.find((one) => onTheWire(one) === onTheWire(failure.recipient ?? "")) ?? "",
        reason: failure.response ?? failure.message ?? "refused",
        mayPass: (failure.responseCode ?? 0) < 500,
      }));
      return { ref: serverMessageId, refused: [...recipients.refused, ...refused] };
    } catch (failure) {
      return { failure: failure as SmtpFailure, isHandedOver: progress.isHandedOver };
    }
  }
}

interface NotSent {
  readonly failure: SmtpFailure;
  readonly isHandedOver: boolean;
}

const sentOrThrow = (result: Sent | NotSent): Sent => {
  if (!("failure" in result)) return result;
  throw new DeliveryError(outcomeOf(result.failure, result.isHandedOver));
};
