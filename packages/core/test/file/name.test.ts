import { expect, it } from "vitest";
import { safeName } from "../../src/file/name.ts";
import { forEachSeed } from "../Dice.ts";

it.each([
  ["report.pdf", "report.pdf"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\ada\\photo.jpg", "photo.jpg"],
  ["/", "file"],
  ["", "file"],
  [".", "file"],
  ["..", "file"],
  ["…", "…"],
  [".bashrc", ".bashrc"],
  [" отчёт.docx ", "отчёт.docx"],
  ["photo\u202Egpj.exe", "photogpj.exe"],
  ["a\r\nSet-Cookie: b", "aSet-Cookie: b"],
  [`${"ж".repeat(300)}.txt`, `${"ж".repeat(251)}.txt`],
  [`${"ж".repeat(300)}. ${"x".repeat(9)}`, "ж".repeat(255)],
])("%o is shown as %o", (given, shown) => {
  expect(safeName(given)).toBe(shown);
});

it("never cuts a letter in two", () => {
  expect(safeName(`a${"😀".repeat(300)}`)).toBe(`a${"😀".repeat(254)}`);
});

it("is never empty, never a path, well-formed where the given name was, and safe when asked again", () => {
  forEachSeed(500, (dice) => {
    const name = safeName(dice.text(dice.int(0, 30)).toWellFormed());
    expect(name).not.toBe("");
    expect(name).not.toMatch(/[/\\\p{Cc}\u202E]/u);
    expect([".", ".."]).not.toContain(name);
    expect(name.isWellFormed()).toBe(true);
    expect(safeName(name)).toBe(name);
  });
});
