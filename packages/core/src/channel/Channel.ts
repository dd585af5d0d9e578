import type * as Schema from "effect/Schema";
import type { Correspondent } from "./Delivery.ts";
import type { Reading } from "./Reading.ts";

export type * from "./Reading.ts";
export type { Correspondent };

/** A way in and out of the helpdesk: a mailbox, a chat network, one of your own. Written with promises alone. */
export interface Channel {
  /** Unique in a helpdesk, such as `email`; tickets and messages carry it. */
  readonly name: string;
  /** Whose tickets these are; `default` by default. */
  readonly tenant?: string;
  /** True where addresses are those of mail: a user with that address is who writes from it. */
  readonly hasEmailAddresses?: boolean;
  /**
   * What it reads from, each by one process at a time: a mailbox, a bot's updates. Runs until the signal is aborted;
   * what it rejects with is told by `health()`, and it is begun again with growing pauses.
   */
  readonly sources?: ReadonlyArray<Source>;
  /**
   * Understands what a source accepted, away from any network. What it rejects with puts the item into quarantine.
   * Never called for a channel without sources and without `accept`.
   */
  readonly read?: (item: AcceptedItem) => Promise<Reading>;
  /** Our own address for an answer, such as a Message-ID; fixed before the first try, kept over all of them. */
  readonly newRef: (about: {
    readonly tenant: string;
    readonly ticketId: number | null;
    readonly secret: string;
    /** Nobody else has it. */
    readonly token: string;
  }) => string;
  /**
   * Sends once and answers what the other side said. Rejects with `DeliveryError` that says whether it may be tried
   * again; anything else counts as final.
   */
  readonly send: (outgoing: Outgoing) => Promise<Sent>;
  /** Lets go of connections. */
  readonly close?: () => Promise<void>;
}

/** Something a channel reads from. */
export interface Source {
  /** Unique in its channel, such as `support@example.com/INBOX`. */
  readonly name: string;
  readonly run: (intake: Intake, signal: AbortSignal) => Promise<void>;
}

/** What a source hands over to. */
export interface Intake {
  /** As it stands in the database; null at the very beginning. */
  readonly cursor: Schema.Json;
  /**
   * Stores the bytes, then writes them down together with the cursor in one commit. Once this resolves nothing of it
   * can be lost, and an item whose key was accepted before is left out. Rejects where the source is no longer ours.
   */
  readonly accept: (items: ReadonlyArray<NewItem>, cursor: Schema.Json) => Promise<void>;
  /** Tells `health()` that all is well, or in a sentence what is not. */
  readonly report: (trouble: string | null) => void;
}

export interface NewItem {
  /** Names it for ever, such as `INBOX:1795217865:42`. */
  readonly key: string;
  readonly raw: Uint8Array;
  /** What the bytes do not say, up to 10,000 characters of JSON. */
  readonly about?: Schema.Json;
}

export interface AcceptedItem {
  readonly tenant: string;
  /** What signatures of this tenant are made with; the same for ever. */
  readonly secret: string;
  readonly raw: Uint8Array;
  readonly about: Schema.Json;
  readonly receivedAt: Date;
}

/** Something to send. */
export interface Outgoing {
  readonly tenant: string;
  readonly secret: string;
  readonly ref: string;
  readonly to: ReadonlyArray<Correspondent>;
  readonly copies: ReadonlyArray<Correspondent>;
  /** The addresses among those that do not have it yet, where others do; null where nobody has it. */
  readonly only: ReadonlyArray<string> | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly files: ReadonlyArray<OutgoingFile>;
  /** The ticket it is about; null where there is none. */
  readonly ticketId: number | null;
  /** References of the ticket's messages so far, oldest first; the last is what it answers. */
  readonly thread: ReadonlyArray<string>;
  /**
   * `null` where a person wrote it. `reply`: the helpdesk answers by itself; `notice`: it speaks up by itself. Both
   * must be marked so that no machine answers.
   */
  readonly automatic: "reply" | "notice" | null;
  /** Which try it is, from 1. */
  readonly attempt: number;
}

export interface OutgoingFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What the other side said. */
export interface Sent {
  /** The reference under which the other side knows it, where it gave it another one. */
  readonly ref: string | null;
  /** Who of them did not get it; those that may get it later are tried again, alone. */
  readonly refused: ReadonlyArray<Refusal>;
}

/** That an address is not taken. */
export interface Refusal {
  readonly address: string;
  readonly reason: string;
  readonly mayPass: boolean;
}
