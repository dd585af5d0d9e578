import type { Job } from "../jobs/Job.ts";
import type { JobTally } from "../Query.ts";
import type { Balance, Inbound, InboundPayload, InboundResult, InboundState } from "./Inbound.ts";

const stateOf = ({ state, result }: Job): InboundState => {
  if (state === "dead") return "quarantined";
  return state === "finished" ? (result as unknown as InboundResult).outcome : "accepted";
};

/** An accepted item, as its job tells. */
export const inboundOf = (job: Job): Inbound => {
  const { channel, source, key, size, receivedAt } = job.payload as unknown as InboundPayload;
  const result = job.result as unknown as InboundResult | null;
  return {
    id: job.id,
    channel,
    source,
    key,
    size,
    state: stateOf(job),
    reason: result?.reason ?? job.error,
    ticketId: result?.ticketId ?? null,
    messageId: result?.messageId ?? null,
    receivedAt: new Date(receivedAt),
  };
};

/** Where its bytes are in the file store. */
export const placeOf = ({ payload }: Job): string => (payload as unknown as InboundPayload).raw;

/** What was cleared away so far, with these. */
export const clearedAfter = (before: Partial<Balance>, jobs: ReadonlyArray<Job>): Partial<Balance> => {
  const { processed = 0, ignored = 0 } = before;
  const now = jobs.filter((job) => stateOf(job) === "ignored").length;
  return { processed: processed + jobs.length - now, ignored: ignored + now };
};

/** The balance of what is kept and of what was cleared away before. */
export const balanceOf = (tallies: ReadonlyArray<JobTally>, cleared: Partial<Balance>): Balance => {
  const { processed = 0, ignored = 0 } = cleared;
  const counts = { accepted: 0, processed, ignored, quarantined: 0 };
  for (const { state, outcome, count } of tallies) {
    if (state === "dead") counts.quarantined += count;
    else if (state !== "finished") counts.accepted += count;
    else counts[outcome === "ignored" ? "ignored" : "processed"] += count;
  }
  return { seen: counts.accepted + counts.processed + counts.ignored + counts.quarantined, ...counts };
};
