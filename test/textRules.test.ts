import { describe, expect, test } from "vitest";
import { forbiddenWords, medianLines, skippedTests, tooLong } from "./textRules.ts";

const file = (text: string, path = "docs/page.md") => [{ path, text }];
const slash = "/";

describe("forbidden words", () => {
  test.each([
    ["a path of a machine", `see ${slash}work/main`, "is a path of somebody's machine"],
    ["a home folder", `cat ${slash}root/.npmrc`, "is a path of somebody's machine"],
    ["a folder outside", `import "..${slash}shared/x"`, "points outside the repository"],
    ["a registry", `https:/${slash}registry${"."}npmjs.org/`, "names a package registry"],
  ])("%s is found with its line", (_, text, why) => {
    expect(forbiddenWords(file(`fine\n${text}`))).toEqual([expect.stringMatching(`^docs/page.md:2 .* ${why}$`)]);
  });

  test("an address is fine in a page, and not in the lockfile", () => {
    expect(forbiddenWords(file("https://example.com"))).toEqual([]);
    expect(forbiddenWords(file("https://example.com", "pnpm-lock.yaml"))).toHaveLength(1);
  });

  const insideAPath = ["the", "work", "done"].join("/");

  test.each([insideAPath, "framework/x", "<root>/", "src/shared/x", "http-errors@2.0.1"])("%s is fine", (text) => {
    expect(forbiddenWords(file(text))).toEqual([]);
  });
});

describe("skipped tests", () => {
  test.each(["it.skip(", "test.only(", "it.effect.skip(", "describe.todo(", "it.skipIf(", "test.fails("])(
    "%s is found",
    (text) => {
      expect(skippedTests(file(`${text}"x", () => {})`, "test/a.test.ts"))).toEqual([
        expect.stringMatching("^test/a.test.ts:1 "),
      ]);
    },
  );

  test.each(["it.effect(", "list.skip(", "await.only(", "storageContract(x, { skip: [] })"])("%s is fine", (text) => {
    expect(skippedTests(file(text))).toEqual([]);
  });
});

describe("lengths", () => {
  test("a file of exactly the limit is fine, one more line is not", () => {
    expect(tooLong(file("x\n".repeat(300)), 300)).toEqual([]);
    expect(tooLong(file("x\n".repeat(301)), 300)).toEqual([expect.stringContaining("docs/page.md has 301 lines")]);
  });

  test("the median is the length of the file in the middle", () => {
    expect(medianLines([...file("1\n"), ...file("1\n2\n3\n"), ...file("1\n2\n3\n4\n5\n")])).toBe(3);
  });
});
