import { emailFromEnvironment } from "@deskwright/email";
import { localMail } from "./localMail.ts";

/** The mail of this server: that of real servers where the environment names them, that of this machine otherwise. */
export const mail = async (directory: string) => {
  const channel = emailFromEnvironment();
  if (channel === null) return localMail({ directory, port: Number(process.env["MAIL_PORT"] || 2525) });
  return { channel, local: null };
};
