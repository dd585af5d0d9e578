import type { Claim, Commit, Job, NewJob, Outcome, PromisedStorage } from "@deskwright/core/effect";
import { Conflict, jobAdded, jobAfter, jobGivenBack, jobHasEnded, jobTaken } from "@deskwright/core/effect";
import type { Transaction } from "./Database.ts";

/** A job with the claim that holds it, and the key by which it keeps others out. */
export interface StoredJob {
  readonly job: Job;
  readonly lease: { readonly token: string; readonly until: Date } | null;
  readonly unique: NewJob["unique"];
}

export const getJob = (tx: Transaction, id: number) => tx.get<StoredJob>("jobs", `${id}`);
const putJob = (tx: Transaction, stored: StoredJob) => tx.put("jobs", `${stored.job.id}`, stored);

/** The job of a claim that still holds it. */
export const heldJob = async (tx: Transaction, { id, token }: Claim, tenant: string): Promise<StoredJob> => {
  const stored = await getJob(tx, id);
  if (stored?.lease?.token !== token || stored.job.tenant !== tenant) throw new Conflict({ kind: "job", id });
  return stored;
};

export const endJob = async (tx: Transaction, { tenant, at }: Commit, claim: Claim, outcome: Outcome) => {
  const { lease, unique, ...stored } = await heldJob(tx, claim, tenant);
  const job = jobAfter(stored.job, outcome, at);
  await putJob(tx, { job, lease: job.state === "running" ? lease : null, unique: jobHasEnded(job) ? null : unique });
};

export const dropJob = async (tx: Transaction, tenant: string, id: number) => {
  const stored = await getJob(tx, id);
  if (stored?.job.tenant !== tenant) return;
  if (!jobHasEnded(stored.job)) throw new Conflict({ kind: "job", id });
  await tx.put("jobs", `${id}`, undefined);
};

export const addJob = async (tx: Transaction, { tenant, at }: Commit, { unique, ...job }: NewJob) => {
  const isRival = (other: StoredJob) => other.job.tenant === tenant && other.unique?.key === unique?.key;
  if (unique !== null && (await tx.list("jobs", isRival)).length > 0) return;
  await putJob(tx, { job: jobAdded(tenant, at, { unique, ...job }), lease: null, unique });
};

type ClaimRequest = Parameters<PromisedStorage["claim"]>[0];
export const claimJobs = async (tx: Transaction, { kinds, token, now, until, limit }: ClaimRequest) => {
  const isDue = ({ job, lease }: StoredJob) =>
    kinds.includes(job.kind) && !jobHasEnded(job) && (lease?.until ?? job.runAt) <= now;
  const due = (await tx.list("jobs", isDue)).sort((a, b) => +a.job.runAt - +b.job.runAt || a.job.id - b.job.id);
  const claimed = due.slice(0, limit).map(({ job, unique }) => ({ job: jobTaken(job), unique }));
  for (const { job, unique } of claimed)
    await putJob(tx, { job, lease: { token, until }, unique: unique?.until === "claimed" ? null : unique });
  return claimed.map(({ job }) => ({ id: job.id, token, job }));
};

export const extendClaims = async (tx: Transaction, claims: ReadonlyArray<Claim>, until: Date | null) => {
  const held: Array<number> = [];
  for (const { id, token } of claims) {
    const stored = await getJob(tx, id);
    if (stored?.lease?.token !== token) continue;
    const job = until ? stored.job : jobGivenBack(stored.job);
    await putJob(tx, { ...stored, job, lease: until && { token, until } });
    held.push(id);
  }
  return held;
};
