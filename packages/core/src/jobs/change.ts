import type { Outcome } from "../Commit.ts";
import type { JobQuery, JobTally } from "../Query.ts";
import type { Job, NewJob } from "./Job.ts";

/** What the result of a finished job says it came to, where it says so. */
const outcomeOf = ({ result }: Job): string | null => {
  const outcome = (result as { readonly outcome?: unknown } | null)?.outcome;
  return typeof outcome === "string" ? outcome : null;
};

/** A job as it is stored first. */
export const jobAdded = (tenant: string, createdAt: Date, job: NewJob): Job => ({
  id: job.id,
  tenant,
  kind: job.kind,
  payload: job.payload,
  state: "waiting",
  runAt: job.runAt,
  attempts: 0,
  maxAttempts: job.maxAttempts,
  result: null,
  error: null,
  createdAt,
  finishedAt: null,
});

/** A job once a worker took it. */
export const jobTaken = (job: Job): Job => ({ ...job, state: "running", attempts: job.attempts + 1 });

/** A job that a worker gave back, as if it had not been taken. */
export const jobGivenBack = (job: Job): Job => ({ ...job, state: "waiting", attempts: job.attempts - 1 });

/** A taken job after what became of it. */
export const jobAfter = (job: Job, outcome: Outcome, at: Date): Job => {
  switch (outcome.type) {
    case "finished":
      return { ...job, state: "finished", result: outcome.result, error: null, finishedAt: at };
    case "retry":
      return { ...job, state: "waiting", runAt: outcome.at, error: outcome.error };
    case "dead":
      return { ...job, state: "dead", error: outcome.error, finishedAt: at };
    case "going":
      return { ...job, payload: outcome.payload };
  }
};

/** Whether it ended, well or not. */
export const jobHasEnded = ({ state }: Job): boolean => state === "finished" || state === "dead";

/** Whether a list of jobs has this one. */
export const jobMatches = ({ tenant, state, kind, endedBefore, after }: Omit<JobQuery, "limit">, job: Job): boolean =>
  job.id > after &&
  (tenant === null || job.tenant === tenant) &&
  (state === null || job.state === state) &&
  (kind === null || job.kind === kind) &&
  (endedBefore === null || (job.finishedAt !== null && job.finishedAt < endedBefore));

/** Counts jobs of one kind by their state and outcome. */
export const tallyJobs = (jobs: ReadonlyArray<Job>): ReadonlyArray<JobTally> => {
  const tallies = new Map<string, JobTally>();
  for (const job of jobs) {
    const outcome = outcomeOf(job);
    const name = JSON.stringify([job.state, outcome]);
    tallies.set(name, { state: job.state, outcome, count: (tallies.get(name)?.count ?? 0) + 1 });
  }
  return [...tallies.values()];
};
