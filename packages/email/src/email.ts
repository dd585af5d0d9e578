import type { Channel } from "@deskwright/core";
import { imapAccounts } from "./imap/account.ts";
import type { ImapOptions } from "./imap/ImapOptions.ts";
import { ImapSource } from "./imap/ImapSource.ts";
import { unreadableRemarks } from "./imap/remarks.ts";
import { readMail } from "./readMail.ts";
import { domainOf, namedAddress, sameAddress } from "./smtp/addresses.ts";
import { checkSmtp } from "./smtp/checkSmtp.ts";
import type { SmtpOptions } from "./smtp/SmtpOptions.ts";
import { SmtpSender } from "./smtp/SmtpSender.ts";
import { newMessageId } from "./tokens.ts";

/** Where mail is read and through what it is sent. */
export interface EmailOptions {
  /** `email` by default; a second channel of mail needs a name of its own. */
  readonly name?: string;
  /** Whose tickets these are; `default` by default. */
  readonly tenant?: string;
  /** Who we are to customers, such as `Support <support@example.com>`. Answers to it must arrive in `imap`. */
  readonly from: string;
  /** More addresses of ours: mail is never sent there, and mail from there is our own. */
  readonly addresses?: ReadonlyArray<string>;
  /** Such as `imaps://user:password@imap.example.com`, or several; without it mail is only sent. */
  readonly imap?: string | ImapOptions | ReadonlyArray<string | ImapOptions>;
  /** Such as `smtps://user:password@smtp.example.com`. */
  readonly smtp: string | SmtpOptions;
}

const senderOf = ({ from, addresses = [] }: Pick<EmailOptions, "from" | "addresses">) => {
  const sender = typeof from === "string" ? namedAddress(from) : null;
  if (sender === null) throw new Error("email: from must be like Support <support@example.com>");
  const bad = addresses.find((address) => namedAddress(address) === null);
  if (bad !== undefined) throw new Error(`email: addresses: ${bad} is no address`);
  const others = addresses.map((address) => namedAddress(address)?.address ?? "");
  return { from: sender, own: new Set([sender.address, ...others].map(sameAddress)) };
};

/**
 * Mail as a channel: reads by IMAP and sends by SMTP. Throws where a setting is wrong, and says which one; what is
 * wrong with the servers shows in `health()`.
 *
 * @since 0.1.0
 * @example
 * createHelpdesk({
 *   storage,
 *   channels: [
 *     email({
 *       from: "Support <support@example.com>",
 *       imap: "imaps://support%40example.com:secret@imap.example.com",
 *       smtp: "smtps://support%40example.com:secret@smtp.example.com",
 *     }),
 *   ],
 * })
 */
export const email = (options: EmailOptions): Channel => {
  const { name = "email", tenant, imap, smtp } = options;
  if (typeof name !== "string" || name === "") throw new Error("email: name must not be empty");
  const sender = senderOf(options);
  checkSmtp(smtp);
  const accounts = imap === undefined ? [] : imapAccounts(imap);
  const domain = domainOf(sender.from.address);
  const own = { addresses: [...sender.own], domain };
  const smtpSender = new SmtpSender(smtp, sender);
  return {
    name,
    ...(tenant === undefined ? {} : { tenant }),
    hasEmailAddresses: true,
    sources: accounts.map((account) => new ImapSource(account)),
    read: async (item) => {
      const reading = await readMail(item, own);
      const remarks = unreadableRemarks(item.about);
      return reading.type === "message" ? { ...reading, remarks: [...reading.remarks, ...remarks] } : reading;
    },
    newRef: (about) => newMessageId({ ...about, domain }),
    send: (outgoing) => smtpSender.send(outgoing),
    close: () => smtpSender.close(),
  };
};
