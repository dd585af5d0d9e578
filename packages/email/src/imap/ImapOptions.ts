import type { ConnectionOptions } from "node:tls";

/** How to get into an account: with a password, or with a token that is asked for at each login. */
export type ImapLogin =
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly accessToken: () => Promise<string> };

/** An account that mail is read from. */
export interface ImapOptions {
  /** Such as `imaps://user:password@imap.example.com`, in place of `host`, `port`, `secure` and `auth`. */
  readonly url?: string;
  readonly host?: string;
  /** 993 by default, without `secure` 143. */
  readonly port?: number;
  /** TLS from the first byte; true by default. Without it STARTTLS is demanded. */
  readonly secure?: boolean;
  /**
   * Whether to log in although the server offers no TLS, so that everybody on the way can read the password: false by
   * default, true where the server is this machine.
   */
  readonly allowPlaintext?: boolean;
  readonly auth?: ImapLogin;
  /** Such as `{ ca }` for a certificate of your own. By default that of a server on this machine is not looked at. */
  readonly tls?: ConnectionOptions;
  /** `["INBOX"]` by default. New mail in the first is seen at once, in the others within `pollSeconds`. */
  readonly folders?: ReadonlyArray<string>;
  /** Mail that the server got before is left alone; by default everything in the folders is read. */
  readonly since?: Date;
  /** How often to look although the server announced nothing: 60 by default, at most 540. */
  readonly pollSeconds?: number;
  /** How long the server may be silent when it should answer: 60 by default. */
  readonly timeoutSeconds?: number;
  /** How long to leave a server alone that refused the login: 300 by default, for they lock accounts. */
  readonly loginPauseSeconds?: number;
  /** Of a bigger mail only the text is read, not the attachments: 25 MB by default. */
  readonly maxBytes?: number;
  /** What becomes of a mail once it cannot get lost any more: nothing by default. */
  readonly afterwards?: "keep" | "seen" | { readonly moveTo: string };
}

/** An account whose settings are complete. */
export interface ImapAccount {
  /** Such as `support@imap.example.com`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly allowPlaintext: boolean;
  readonly auth: ImapLogin;
  readonly tls: ConnectionOptions;
  readonly folders: readonly [string, ...ReadonlyArray<string>];
  readonly since: Date | null;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly loginPauseMs: number;
  readonly maxBytes: number;
  readonly afterwards: "keep" | "seen" | { readonly moveTo: string };
}
