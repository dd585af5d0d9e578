import type { Correspondent } from "./Delivery.ts";

/** What came in, understood. */
export type Reading = ReadMessage | ReadReport | { readonly type: "ignored"; readonly reason: string };

/** Somebody's message. */
export interface ReadMessage {
  readonly type: "message";
  /** The same for the same message however often and wherever it was delivered; a second one is ignored. */
  readonly fingerprint: string;
  /** Its own reference, such as a Message-ID; null where it has none. */
  readonly ref: string | null;
  readonly from: Correspondent;
  /** Where an answer goes, if not to `from`. */
  readonly replyTo: Correspondent | null;
  /** Everybody else who got it, without the channel's own addresses. */
  readonly copies: ReadonlyArray<Correspondent>;
  readonly subject: string;
  /** What was written, the quoted rest cut off. */
  readonly text: string;
  /** All of it, where something was cut off. */
  readonly fullText: string | null;
  /** Safe to be shown. */
  readonly html: string | null;
  readonly files: ReadonlyArray<ReadFile>;
  readonly thread: ThreadSigns;
  /**
   * `person`: from somebody. `list`: bulk or a list, which opens tickets and is never answered automatically.
   * `auto-reply`: joins its ticket without changing it; without a ticket it opens one, never answered automatically.
   */
  readonly nature: "person" | "list" | "auto-reply";
  /** Why no automatic message may answer it, such as `Auto-Submitted: auto-replied`; null where one may. */
  readonly silence: string | null;
  /** True where it is known not to be from `from`: then it has no part in what is theirs. */
  readonly isForged?: boolean;
  /** Things an agent should know, such as `The attachment was too large`. */
  readonly remarks: ReadonlyArray<string>;
}

/** What the other side says about something we sent. */
export interface ReadReport {
  readonly type: "report";
  readonly fingerprint: string;
  /** References of ours that it returned or names, the likeliest first. */
  readonly refs: ReadonlyArray<string>;
  readonly recipients: ReadonlyArray<ReportedRecipient>;
  /** For an agent to read. */
  readonly text: string;
}

export interface ReportedRecipient {
  readonly address: string;
  /** `failed` for good, `delayed`, `delivered`, or a `complaint` about it. */
  readonly outcome: "failed" | "delayed" | "delivered" | "complaint";
  /** True where the address itself is wrong, so that nothing should be sent there again. */
  readonly isAddressBad: boolean;
  /** Such as `5.1.1`. */
  readonly status: string | null;
  readonly reason: string;
}

export interface ReadFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** How the html names it: `cid:` and what follows, as it stands there; null where it does not. */
  readonly inlineAs: string | null;
}

/** How a message says which ticket it belongs to, from the surest sign to the weakest. */
export interface ThreadSigns {
  /** A ticket that a signature of ours names. */
  readonly signed: number | null;
  /** References of what it answers, the nearest first. */
  readonly refs: ReadonlyArray<string>;
  /** A number that anybody can write, such as `[#42]` in a subject: counts for the ticket's own people only. */
  readonly claimed: number | null;
}
