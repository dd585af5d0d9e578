import { expect, it } from "vitest";
import { backoffMs } from "../../src/jobs/backoff.ts";
import { forEachSeed } from "../Dice.ts";

it.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [4, 8_000],
  [12, 2_048_000],
  [13, 3_600_000],
  [100, 3_600_000],
  [2_000, 3_600_000],
])("after try %i it waits at most %i ms, and at least half of that", (attempt, most) => {
  expect(backoffMs(attempt, 0)).toBe(most);
  expect(backoffMs(attempt, 1)).toBe(most / 2);
});

it("never waits longer than an hour, shorter than half a second or a part of a millisecond", () => {
  forEachSeed(300, (dice) => {
    const wait = backoffMs(dice.int(0, 200), dice.next());
    expect(wait).toBeGreaterThanOrEqual(500);
    expect(wait).toBeLessThanOrEqual(3_600_000);
    expect(Number.isInteger(wait)).toBe(true);
  });
});
