import type { ReportedRecipient } from "@deskwright/core";

/** What another server says about a mail of ours. */
export interface Report {
  /** References of ours that it returned or names, the likeliest first. */
  readonly refs: ReadonlyArray<string>;
  readonly recipients: ReadonlyArray<ReportedRecipient>;
}
