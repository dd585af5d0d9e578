import { email } from "@deskwright/email";
import { localMail } from "./localMail.ts";

/** The mail of this server: that of real servers where the environment names them, that of this machine otherwise. */
export const mail = async (directory: string) => {
  // An empty variable counts as unset.
  const { IMAP_URL = "", SMTP_URL = "", MAIL_FROM = "", MAIL_PORT = "" } = process.env;
  if (SMTP_URL === "") return localMail({ directory, port: Number(MAIL_PORT || 2525) });
  const channel = email({
    from: MAIL_FROM,
    smtp: SMTP_URL,
    ...(IMAP_URL === "" ? {} : { imap: IMAP_URL }),
  });
  return { channel, local: null };
};
