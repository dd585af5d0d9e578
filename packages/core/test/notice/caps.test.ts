import { expect, it, test } from "vitest";
import { type Burst, burstAfter, type Told, toldAfter } from "../../src/notice/caps.ts";

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

it("a channel falls silent after so many in ten minutes, and speaks again ten minutes later", () => {
  let burst: Burst = [];
  for (let n = 0; n < 50; n++) burst = burstAfter(burst, `${n}`, n, 50) ?? [];
  expect(burst).toHaveLength(50);
  expect(burstAfter(burst, "one more", 51, 50)).toBeNull();
  expect(burstAfter(burst, "one more", 51, 51)).toHaveLength(51);
  expect(burstAfter(burst, "one more", 600_051, 50)).toEqual([{ what: "one more", at: 600_051 }]);
});

it("a message that is tried again counts once", () => {
  let burst: Burst = [];
  for (let n = 0; n < 5; n++) burst = burstAfter(burst, "the same", n, 1) ?? [];
  expect(burst).toEqual([{ what: "the same", at: 4 }]);
  expect(burstAfter(burst, "another", 5, 1)).toBeNull();
});
