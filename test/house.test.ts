import { expect, test } from "vitest";
import { breaches } from "./importRules.ts";
import { filesOf, linesOf, trackedFiles } from "./repository.ts";
import { forbiddenWords, medianLines, skippedTests, tooLong } from "./textRules.ts";

// Each rule lists what breaks it, so that a failure names the file, the rule and what to do.
const sources = filesOf("packages/*/src/**/*.ts", "examples/*/src/**/*.ts");
const tests = filesOf("{packages,examples}/*/test/**/*.ts", "docs/test/**/*.ts", "test/**/*.ts");

test("there are sources and tests to look at", () => {
  expect(sources.length).toBeGreaterThan(5);
  expect(tests.length).toBeGreaterThan(3);
});

test("every file imports only what its kind and its package may", () => {
  expect(breaches(sources.filter(({ path }) => path.startsWith("packages/")))).toEqual([]);
});

test("no source file is longer than 300 lines", () => {
  expect(tooLong(sources, 300)).toEqual([]);
});

test("the storage adapter that is shown takes less than 250 lines, as it says", () => {
  const adapter = sources.filter(
    ({ path }) => path.startsWith("examples/write-a-storage-adapter/src/") && !path.endsWith("/Database.ts"),
  );
  expect(adapter.length).toBeGreaterThan(0);
  expect(adapter.reduce((sum, { text }) => sum + linesOf(text), 0)).toBeLessThan(250);
});

test("no test file is longer than 500 lines", () => {
  expect(tooLong(tests, 500)).toEqual([]);
});

test("half of the source files have 100 lines or fewer", () => {
  expect(medianLines(sources)).toBeLessThanOrEqual(100);
});

test("no committed file knows a machine, a folder outside the repository or a registry", () => {
  expect(forbiddenWords(trackedFiles())).toEqual([]);
});

test("no test is skipped, left for later or run alone", () => {
  // The tests of this rule have to spell out what it forbids.
  expect(skippedTests(tests.filter(({ path }) => path !== "test/textRules.test.ts"))).toEqual([]);
});
