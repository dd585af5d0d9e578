import type { Correspondent } from "@deskwright/core";
import type { Body } from "./body.ts";
import type { Headers } from "./headers.ts";
import type { Part } from "./part.ts";

/** A mail, read. */
export interface Mail {
  readonly root: Part;
  readonly headers: Headers;
  /** Null where nobody is named. */
  readonly from: Correspondent | null;
  readonly replyTo: ReadonlyArray<Correspondent>;
  /** Everybody in `To` and `Cc`. */
  readonly recipients: ReadonlyArray<Correspondent>;
  /** In lower case; empty where the envelope had none, null where that is not known. */
  readonly returnPath: string | null;
  readonly subject: string;
  readonly body: Body;
}

/** The addresses of the mailboxes that are read. */
export interface OwnAddresses {
  /** In lower case, without tags such as `+sales`. */
  readonly addresses: ReadonlyArray<string>;
  /** What stands behind the `@` of our Message-IDs. */
  readonly domain: string;
}
