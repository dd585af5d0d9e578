/** Mail for a helpdesk: IMAP in, SMTP out. @module */
export { type EmailOptions, email } from "./email.ts";
export { emailFromEnvironment } from "./emailFromEnvironment.ts";
export type { ImapLogin, ImapOptions } from "./imap/ImapOptions.ts";
export { readMail } from "./readMail.ts";
export type { SmtpLogin, SmtpOptions } from "./smtp/SmtpOptions.ts";
