import type { Channel } from "@deskwright/core";
import { email } from "@deskwright/email";

/** Between programs of one machine there is nobody in the middle, and seldom a certificate that anybody vouches for. */
const tlsOf = (url: string) =>
  ["localhost", "127.0.0.1", "[::1]"].includes(URL.parse(url)?.hostname ?? "") ? { rejectUnauthorized: false } : {};

/** The mailbox as the environment names it; null where it names none that mail could be sent through. */
export const mailFrom = (env: Readonly<Record<string, string | undefined>>): Channel | null => {
  // An empty variable counts as unset.
  const { IMAP_URL = "", SMTP_URL = "", MAIL_FROM = "", MAIL_POLL_SECONDS = "" } = env;
  if (SMTP_URL === "") return null;
  const imap = { url: IMAP_URL, tls: tlsOf(IMAP_URL), pollSeconds: Number(MAIL_POLL_SECONDS || 30) };
  return email({
    from: MAIL_FROM,
    smtp: { url: SMTP_URL, tls: tlsOf(SMTP_URL) },
    ...(IMAP_URL === "" ? {} : { imap }),
  });
};
