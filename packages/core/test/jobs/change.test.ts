import { describe, expect, it } from "vitest";
import { jobAdded, jobAfter, jobGivenBack, jobHasEnded, jobTaken } from "../../src/jobs/change.ts";

const [noon, later] = [new Date("2024-05-15T12:00:00Z"), new Date("2024-05-15T13:00:00Z")];
const added = jobAdded("t", noon, {
  id: 5,
  kind: "greet",
  payload: { name: "Ada" },
  runAt: later,
  maxAttempts: 3,
  unique: null,
});

describe("a job", () => {
  it("waits first, with no try begun", () => {
    expect(added).toMatchObject({ state: "waiting", attempts: 0, runAt: later, createdAt: noon, finishedAt: null });
    expect(jobHasEnded(added)).toBe(false);
  });

  it("that is taken runs its first try, and given back has not been tried", () => {
    expect(jobTaken(added)).toEqual({ ...added, state: "running", attempts: 1 });
    expect(jobGivenBack(jobTaken(added))).toEqual(added);
  });

  it("that finishes has its result and no error of an earlier try", () => {
    const failed = jobAfter(jobTaken(added), { type: "retry", at: later, error: "no" }, noon);
    expect(failed).toMatchObject({ state: "waiting", attempts: 1, runAt: later, error: "no", finishedAt: null });
    const done = jobAfter(jobTaken(failed), { type: "finished", result: 7 }, later);
    expect(done).toMatchObject({ state: "finished", attempts: 2, result: 7, error: null, finishedAt: later });
    expect(jobHasEnded(done)).toBe(true);
  });

  it("that is dead keeps why, and one that goes on keeps its claim and state", () => {
    const dead = jobAfter(jobTaken(added), { type: "dead", error: "why" }, later);
    expect(dead).toMatchObject({ state: "dead", error: "why", finishedAt: later });
    expect(jobHasEnded(dead)).toBe(true);
    expect(jobAfter(jobTaken(added), { type: "going", payload: 8 }, later)).toEqual({ ...jobTaken(added), payload: 8 });
  });
});
