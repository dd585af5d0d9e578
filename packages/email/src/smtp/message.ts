import { Readable } from "node:stream";
import type { Correspondent, Outgoing, Refusal } from "@deskwright/core";
import type { SendMailOptions } from "nodemailer";
import { loopHeader, loopMark, signedAddress } from "../tokens.ts";
import { isAddress, type NamedAddress, oneLine, sameAddress } from "./addresses.ts";
import { subjectOf } from "./subject.ts";

/** Who we are in mail. */
export interface Sender {
  readonly from: NamedAddress;
  /** All addresses of ours, as `sameAddress` writes them. */
  readonly own: ReadonlySet<string>;
}

/** Whom a mail goes to, and who cannot get it. */
export interface Recipients {
  readonly to: ReadonlyArray<Correspondent>;
  readonly copies: ReadonlyArray<Correspondent>;
  readonly refused: ReadonlyArray<Refusal>;
}

/** Leaves out our own addresses, which would answer themselves for ever, and what is no address. */
export const recipientsOf = ({ to, copies }: Pick<Outgoing, "to" | "copies">, own: Sender["own"]): Recipients => {
  const seen = new Set<string>();
  const others = (all: ReadonlyArray<Correspondent>) =>
    all.filter(({ address }) => {
      const isNew = !seen.has(address) && !own.has(sameAddress(address));
      seen.add(address);
      return isNew;
    });
  const [first, second] = [others(to), others(copies)];
  const isGood = ({ address }: Correspondent) => isAddress(address);
  return {
    to: first.filter(isGood),
    copies: second.filter(isGood),
    refused: [...first, ...second]
      .filter((one) => !isGood(one))
      .map(({ address }) => ({ address, reason: "is no address that mail can be sent to", mayPass: false })),
  };
};

const named = ({ address, name }: NamedAddress) => ({ address, name: name === null ? "" : oneLine(name) });

/** A Message-ID as it stands in a header; null where it could not stand there. */
const messageId = (ref: string): string | null => {
  const bare = ref.trim().replace(/^<|>$/g, "");
  return /^[^\s<>\p{Cc}]{1,900}$/u.test(bare) ? `<${bare}>` : null;
};

/** The thread as mail programs want it: its beginning, and as much of its end as they read. */
export const referencesOf = (thread: ReadonlyArray<string>): ReadonlyArray<string> => {
  const all = [...new Set(thread.flatMap((ref) => messageId(ref) ?? []))];
  return all.length <= 21 ? all : [...all.slice(0, 1), ...all.slice(-20)];
};

/** What keeps machines from answering a machine. */
const automaticHeaders = (automatic: Outgoing["automatic"]): Readonly<Record<string, string>> => {
  if (automatic === null) return {};
  return {
    "Auto-Submitted": automatic === "reply" ? "auto-replied" : "auto-generated",
    "X-Auto-Response-Suppress": "All",
    ...(automatic === "notice" ? { Precedence: "bulk" } : {}),
  };
};

/** Some contents can be begun only once, and a mail may be composed again before anything was sent. */
async function* lazily(content: AsyncIterable<Uint8Array>) {
  yield* content;
}

/** The mail as Nodemailer takes it, without its envelope. */
export const messageOf = (outgoing: Outgoing, { from }: Sender, { to, copies }: Recipients): SendMailOptions => {
  const { tenant, secret, ticketId, automatic } = outgoing;
  const references = referencesOf(outgoing.thread);
  const inReplyTo = references.at(-1);
  return {
    messageId: outgoing.ref,
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: [...references] }),
    from: named(from),
    to: to.map(named),
    cc: copies.map(named),
    ...(ticketId === null
      ? {}
      : { replyTo: named({ ...from, address: signedAddress(from.address, ticketId, tenant, secret) }) }),
    subject: subjectOf({ subject: outgoing.subject, isAnswer: references.length > 0, ticketId }),
    text: outgoing.text,
    ...(outgoing.html === null ? {} : { html: outgoing.html }),
    attachments: outgoing.files.map(({ name, contentType, content }) => ({
      filename: oneLine(name) || "file",
      contentType: oneLine(contentType),
      content: Readable.from(lazily(content), { objectMode: false }),
    })),
    headers: { [loopHeader]: loopMark(tenant, secret), ...automaticHeaders(automatic) },
    // What an agent or a template writes must never be able to attach a file of the server.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
};
