import { expect, it } from "vitest";
import { subjectFrom } from "../../src/inbox/subject.ts";
import { forEachSeed } from "../Dice.ts";

it.each([
  ["Hello", "Hello"],
  ["  Hello\nsecond line", "Hello"],
  ["\r\n\r\nHello\r\nthere", "Hello"],
  ["a".repeat(80), "a".repeat(80)],
  ["a".repeat(81), `${"a".repeat(79)}…`],
  [`${"😀".repeat(80)}`, "😀".repeat(80)],
  [`${"😀".repeat(81)}`, `${"😀".repeat(79)}…`],
])("the subject of %o is %o", (text, subject) => {
  expect(subjectFrom(text)).toBe(subject);
});

it("is one line of at most 80 letters, and says something where the text does", () => {
  forEachSeed(300, (dice) => {
    const text = dice.text(dice.int(1, 200)).toWellFormed();
    const subject = subjectFrom(text);
    expect([...subject].length).toBeLessThanOrEqual(80);
    expect(subject).not.toContain("\n");
    expect(subject.isWellFormed()).toBe(true);
    expect(subject === "").toBe(text.trim() === "");
  });
});
