import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as core from "@deskwright/core";
import { EventBody } from "@deskwright/core/effect";
import { expect, test } from "vitest";
import { fencesOf } from "./fences.ts";

const root = join(import.meta.dirname, "../..");
const pages = globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"], {
  cwd: root,
  exclude: ["**/node_modules/**"],
});
const read = (page: string) => readFileSync(join(root, page), "utf8");

test("every fenced TypeScript example compiles", { timeout: 120_000 }, () => {
  const fences = pages.flatMap((page) => fencesOf(page, read(page)));
  expect(fences.length).toBeGreaterThan(5);
  // Inside the docs package, so that examples import what its manifest names.
  const folder = join(root, "docs/.examples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  try {
    for (const { page, line, code } of fences)
      writeFileSync(join(folder, `${page.replaceAll(/[^A-Za-z0-9]+/g, "-")}-line-${line}.ts`), code);
    const tsconfig = {
      extends: "../../tsconfig.base.json",
      // What a reader may write in an application of their own.
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        noPropertyAccessFromIndexSignature: false,
      },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const compiler = join(root, "node_modules/typescript7/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what an example says that it prints, it does print", () => {
  const run = pages.flatMap((page) => fencesOf(page, read(page))).filter(({ isRun }) => isRun);
  expect(run.map(({ page }) => page)).toContain(join("docs", "1-start.md"));
  for (const { page, code } of run) {
    // From inside the docs package, so that it imports what its manifest names.
    const options = { cwd: join(root, "docs"), input: code, encoding: "utf8" } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module-typescript", "-"], options);
    expect(status, `${page}: ${stderr}`).toBe(0);
    const promised = [...code.matchAll(/\/\/ prints "([^"]+)"/g)].map(([, text = ""]) => text);
    expect(promised.length, page).toBeGreaterThan(0);
    for (const text of promised) expect(stdout.split("\n"), page).toContain(text);
  }
});

test("the errors page has exactly the errors there are", () => {
  const errors = Object.entries(core)
    .filter(([, value]) => typeof value === "function" && value.prototype instanceof Error)
    .map(([name]) => name);
  const headings = [...read("docs/reference/errors.md").matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(headings.sort()).toEqual(errors.sort());
});

test("the events page has exactly the events there are, with their fields", () => {
  const shared = ["type", "ticketId", "requester"];
  const events = EventBody.members.map(({ fields }) => {
    const names = Object.keys(fields).filter((name) => !shared.includes(name));
    return [fields.type.schema.literal, names.sort().join()];
  });
  const rows = [...read("docs/reference/events.md").matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|/gm)].map(
    ([, type, fields = ""]) => [
      type,
      [...fields.matchAll(/`(\w+)`/g)]
        .map(([, name]) => name)
        .sort()
        .join(),
    ],
  );
  expect(rows.sort()).toEqual(events.sort());
});

test("every link between pages leads somewhere", () => {
  const dead = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].flatMap(([, target = ""]) =>
      existsSync(join(root, dirname(page), target)) ? [] : [`${page}: ${relative(".", target)}`],
    ),
  );
  expect(dead).toEqual([]);
});
