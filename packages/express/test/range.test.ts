import { describe, expect, test } from "vitest";
import { namesTag, type Range, rangeOf } from "../src/range.ts";

const size = 10;

const cases: ReadonlyArray<readonly [header: string | undefined, range: Range | "beyond" | null]> = [
  [undefined, null],
  ["", null],
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=2-5", { start: 2, end: 6 }],
  ["bytes=2-", { start: 2, end: 10 }],
  ["bytes=9-99", { start: 9, end: 10 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=-99", { start: 0, end: 10 }],
  ["Bytes= 1 - 2 ", { start: 1, end: 3 }],
  ["bytes=10-", "beyond"],
  ["bytes=10-20", "beyond"],
  ["bytes=-0", "beyond"],
  ["bytes=99999999999999999999-", "beyond"],
  ["bytes=5-2", null],
  ["bytes=-", null],
  ["bytes=a-b", null],
  ["bytes=0-1,3-4", null],
  ["lines=0-1", null],
];

describe("a range", () => {
  test.each(cases)("%j of ten bytes is %j", (header, range) => {
    expect(rangeOf(header, size)).toEqual(range);
  });

  test("of an empty file is always beyond it", () => {
    for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) expect(rangeOf(header, 0)).toBe("beyond");
  });
});

describe("a list of entity tags", () => {
  test.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ["*", true],
    ['"b"', false],
    ["a", false],
    [undefined, false],
  ])("%s names the tag: %s", (header, named) => {
    expect(namesTag(header, '"a"')).toBe(named);
  });
});
