import { expect, it, test } from "vitest";
import { burstAfter, type Told, toldAfter } from "../../src/notice/caps.ts";

const hour = 3_600_000;
const after = (before: ReadonlyArray<Told>, ...subjects: ReadonlyArray<readonly [string, number]>) =>
  subjects.reduce<ReadonlyArray<Told> | null>(
    (told, [subject, at]) => (told === null ? null : toldAfter(told, subject, at)),
    before,
  );

test.each([
  [
    "three about different things",
    [
      ["A", 0],
      ["B", 1],
      ["C", 2],
    ],
    true,
  ],
  [
    "a fourth on the same day",
    [
      ["A", 0],
      ["B", 1],
      ["C", 2],
      ["D", 3],
    ],
    false,
  ],
  [
    "a fourth a day later",
    [
      ["A", 0],
      ["B", 1],
      ["C", 2],
      ["D", 24 * hour + 3],
    ],
    true,
  ],
  [
    "the same subject twice",
    [
      ["It burns", 0],
      ["it burns ", 1],
    ],
    false,
  ],
  [
    "an answer to the same subject",
    [
      ["It burns", 0],
      ["Re: AW: Отв: it burns", 1],
    ],
    false,
  ],
  [
    "the same subject a day later",
    [
      ["It burns", 0],
      ["It burns", 24 * hour + 1],
    ],
    true,
  ],
] as const)("an address is told %s: %s", (_, subjects, isTold) => {
  expect(after([], ...subjects) !== null).toBe(isTold);
});

it("a channel falls silent after fifty in ten minutes, and speaks again ten minutes later", () => {
  let times: ReadonlyArray<number> = [];
  for (let n = 0; n < 50; n++) times = burstAfter(times, n) ?? [];
  expect(times).toHaveLength(50);
  expect(burstAfter(times, 51)).toBeNull();
  expect(burstAfter(times, 600_051)).toEqual([600_051]);
});
