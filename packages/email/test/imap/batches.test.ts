import { describe, expect, test } from "vitest";
import { batchesOf } from "../../src/imap/batches.ts";

const limits = { mails: 3, bytes: 10_000_000, maxBytes: 25_000_000 };
const uids = (sizes: ReadonlyArray<number>) =>
  batchesOf(
    sizes.map((bytes, at) => ({ uid: at + 1, bytes })),
    limits,
  ).map((batch) => batch.map(({ uid }) => uid));

describe("what is read in one go", () => {
  test.each([
    ["nothing", [], []],
    ["few small mails", [1, 1, 1], [[1, 2, 3]]],
    ["no more mails than the limit", [1, 1, 1, 1], [[1, 2, 3], [4]]],
    ["no more bytes than the limit", [6_000_000, 4_000_000, 1], [[1, 2], [3]]],
    ["a big mail alone", [1, 24_000_000, 1], [[1], [2], [3]]],
    ["an oversize mail with others, for only its text is read", [1, 900_000_000, 1], [[1, 2, 3]]],
  ])("is %s", (_, sizes, expected) => {
    expect(uids(sizes)).toEqual(expected);
  });
});
