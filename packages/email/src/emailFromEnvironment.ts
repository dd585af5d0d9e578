import type { Channel } from "@deskwright/core";
import { email } from "./email.ts";

/**
 * Mail as the environment names it: `SMTP_URL`, `MAIL_FROM` and, where mail is read too, `IMAP_URL` and
 * `MAIL_POLL_SECONDS` (60 by default). Null where there is no `SMTP_URL`; an empty variable counts as unset. Throws where
 * one is wrong.
 *
 * @since 0.1.0
 */
export const emailFromEnvironment = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): Channel | null => {
  const { IMAP_URL = "", SMTP_URL = "", MAIL_FROM = "", MAIL_POLL_SECONDS = "" } = env;
  if (SMTP_URL === "") return null;
  const poll = MAIL_POLL_SECONDS === "" ? {} : { pollSeconds: Number(MAIL_POLL_SECONDS) };
  return email({
    from: MAIL_FROM,
    smtp: SMTP_URL,
    ...(IMAP_URL === "" ? {} : { imap: { url: IMAP_URL, ...poll } }),
  });
};
