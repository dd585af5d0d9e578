import { expect, it } from "vitest";
import { keyFrom } from "../../src/queue/key.ts";
import { forEachSeed } from "../Dice.ts";

it.each([
  ["Technical Support", "technical-support"],
  ["  Billing  ", "billing"],
  ["Письма из почты", "письма-из-почты"],
  ["Q&A / FAQ", "q-a-faq"],
  ["日本語 サポート", "日本語-サポート"],
  ["2nd level", "2nd-level"],
  ["--", "entry"],
  ["🔥", "entry"],
])("the key of %o is %o", (name, key) => {
  expect(keyFrom(name)).toBe(key);
});

it("a key has only letters, digits and single dashes inside, and is its own key", () => {
  forEachSeed(300, (dice) => {
    const key = keyFrom(dice.text(dice.int(0, 20)));
    expect(key).toMatch(/^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*$/u);
    expect(keyFrom(key)).toBe(key);
  });
});
