import { jobGivenBack, jobHasEnded, jobTaken } from "../jobs/change.ts";
import type { Claim, ClaimedJob } from "../jobs/Job.ts";
import { isHeld } from "./conflict.ts";
import type { State, StoredJob } from "./State.ts";

/** What `claim` of the storage is asked. */
export interface ClaimRequest {
  readonly kinds: ReadonlyArray<string>;
  readonly token: string;
  readonly now: Date;
  readonly until: Date;
  readonly limit: number;
}

export const claim = (state: State, { kinds, token, now, until, limit }: ClaimRequest): ReadonlyArray<ClaimedJob> =>
  [...state.openJobs]
    .flatMap((id) => state.jobs.get(id) ?? [])
    .filter(({ job, lease }) => kinds.includes(job.kind) && (lease === null ? job.runAt <= now : lease.until <= now))
    .sort((a, b) => a.job.runAt.getTime() - b.job.runAt.getTime() || a.job.id - b.job.id)
    .slice(0, limit)
    .map(({ job: before, unique }) => {
      const job = jobTaken(before);
      putJob(state, { job, lease: { token, until }, unique: unique?.until === "claimed" ? null : unique });
      return { id: job.id, token, job };
    });

export const extend = (state: State, claims: ReadonlyArray<Claim>, until: Date | null): ReadonlyArray<number> =>
  claims
    .filter((claim) => isHeld(state, claim, null))
    .map(({ id, token }) => {
      const stored = state.jobs.get(id) as StoredJob;
      putJob(
        state,
        until === null
          ? { ...stored, job: jobGivenBack(stored.job), lease: null }
          : { ...stored, lease: { token, until } },
      );
      return id;
    });

/** Stores a job; a key that it keeps no longer is free. */
export const putJob = (state: State, { job, lease, unique: wanted }: StoredJob) => {
  const ended = jobHasEnded(job);
  const unique = ended ? null : wanted;
  const before = state.jobs.get(job.id)?.unique ?? null;
  if (before !== null && unique === null) state.jobKeys.delete(jobKey(job.tenant, before.key));
  if (unique !== null) state.jobKeys.set(jobKey(job.tenant, unique.key), job.id);
  if (ended) state.openJobs.delete(job.id);
  else state.openJobs.add(job.id);
  state.jobs.set(job.id, { job, lease, unique });
};

export const dropJob = (state: State, id: number) => {
  state.jobs.delete(id);
  state.openJobs.delete(id);
};

/** What a key in `unique` is kept under: each tenant has its own. */
export const jobKey = (tenant: string, key: string): string => JSON.stringify([tenant, key]);
