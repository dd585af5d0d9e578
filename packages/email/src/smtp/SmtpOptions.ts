import type { SMTPPoolOptions } from "nodemailer";

/** How to get into the server: with a password, or with a token that is asked for whenever one is needed. */
export type SmtpLogin =
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly accessToken: () => Promise<string> };

/** The server that mail is sent through; besides these whatever Nodemailer takes for SMTP. */
export interface SmtpOptions extends Omit<SMTPPoolOptions, "auth" | "pool"> {
  readonly auth?: SmtpLogin;
  /**
   * Whether to log in although the server offers no TLS, so that everybody on the way can read the password: false by
   * default, true where the server is this machine.
   */
  readonly allowPlaintext?: boolean;
  /**
   * How long the server may take for an answer: 300 by default. Where it takes longer after it got all of a mail,
   * nobody knows whether it went out, so better do not hurry it.
   */
  readonly timeoutSeconds?: number;
}
