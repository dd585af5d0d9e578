import type { Channel } from "@deskwright/core";
import { email } from "./email.ts";

/**
 * Mail as the environment names it: `SMTP_URL`, `MAIL_FROM` and, where mail is read too, `IMAP_URL` and
 * `MAIL_POLL_SECONDS` (60 by default). Null where none is set; an empty one counts as unset. Throws where one is wrong, or
 * missing beside the others.
 *
 * @since 0.1.0
 */
export const emailFromEnvironment = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): Channel | null => {
  const { IMAP_URL = "", SMTP_URL = "", MAIL_FROM = "", MAIL_POLL_SECONDS = "" } = env;
  if (SMTP_URL === "") {
    if (IMAP_URL === "" && MAIL_FROM === "") return null;
    throw new Error(`email: ${IMAP_URL === "" ? "MAIL_FROM" : "IMAP_URL"} is set, and SMTP_URL is not`);
  }
  if (MAIL_FROM === "") throw new Error("email: SMTP_URL is set, and MAIL_FROM is not");
  const poll = MAIL_POLL_SECONDS === "" ? {} : { pollSeconds: Number(MAIL_POLL_SECONDS) };
  return email({
    from: MAIL_FROM,
    smtp: SMTP_URL,
    ...(IMAP_URL === "" ? {} : { imap: { url: IMAP_URL, ...poll } }),
  });
};
