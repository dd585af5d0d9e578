import { expect, it } from "vitest";
import { Recent } from "../../src/inbox/Recent.ts";

const bytes = (size: number, first = 0) => new Uint8Array(size).fill(first, 0, 1);

it("answers what it keeps once", () => {
  const recent = new Recent();
  recent.add("a", bytes(1, 7), 0);
  expect(recent.take("a")).toEqual(bytes(1, 7));
  expect([recent.take("a"), recent.take("b")]).toEqual([null, null]);
});

it("keeps no more than 20 MB, and has room again once something is taken", () => {
  const recent = new Recent();
  recent.add("first", bytes(15_000_000), 0);
  recent.add("too much", bytes(5_000_001), 0);
  recent.add("fits", bytes(5_000_000), 0);
  expect([recent.take("too much"), recent.take("fits")?.length]).toEqual([null, 5_000_000]);
  expect(recent.take("first")).toHaveLength(15_000_000);
  recent.add("again", bytes(20_000_000), 0);
  expect(recent.take("again")).toHaveLength(20_000_000);
});

it("lets go of what nobody took for a minute, to make room", () => {
  const recent = new Recent();
  recent.add("old", bytes(20_000_000), 0);
  recent.add("new", bytes(1), 59_999);
  expect(recent.take("new")).toBeNull();
  recent.add("new", bytes(1), 60_000);
  expect([recent.take("old"), recent.take("new")]).toEqual([null, bytes(1)]);
});
