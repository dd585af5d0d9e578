import type { Correspondent } from "./Delivery.ts";

/** Where a ticket's answers go, and what was said there so far. */
export interface Thread {
  readonly channel: string;
  readonly to: Correspondent;
  readonly copies: ReadonlyArray<Correspondent>;
  /** References of its messages both ways: the first, and the last ones. */
  readonly refs: ReadonlyArray<string>;
  /** Why nothing automatic may be sent there; null where it may. */
  readonly silence: string | null;
}

/** How a message came in. */
export interface Arrival {
  readonly channel: string;
  readonly from: Correspondent;
  readonly replyTo: Correspondent | null;
  readonly copies: ReadonlyArray<Correspondent>;
  /** Its own reference, where nothing has it yet: one that others use twice stays with the ticket that had it first. */
  readonly ref: string | null;
  readonly silence: string | null;
  /** False for a stranger who answers somebody else's ticket: answers go on to whom they went before. */
  readonly isParticipant: boolean;
}
