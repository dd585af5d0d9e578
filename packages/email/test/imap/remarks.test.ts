import { expect, test } from "vitest";
import { unreadableRemarks } from "../../src/imap/remarks.ts";

test.each([
  [null, []],
  [{ oversize: 43_210_000, leftOut: ["film.mp4"] }, []],
  [{ unreadable: 900, leftOut: [] }, ["The mail server could not hand over the whole mail; only its text was read."]],
  [
    { unreadable: 900, leftOut: ["film.mp4", "plan.pdf"] },
    ["The mail server could not hand over the whole mail; these were left out: film.mp4, plan.pdf."],
  ],
])("an agent is told what %j means", (about, expected) => {
  expect(unreadableRemarks(about)).toEqual(expected);
});
