import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "./importRules.ts";

export const root = join(import.meta.dirname, "..");

/** Files by a glob pattern, each with its path from the root, with slashes on every system. */
export const filesOf = (...patterns: ReadonlyArray<string>): ReadonlyArray<Source> =>
  globSync([...patterns], { cwd: root, exclude: (name) => name === "node_modules" || name === "dist" })
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(root, path), "utf8") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Everything that is committed, or about to be; binary files as they decode. */
export const trackedFiles = (): ReadonlyArray<Source> =>
  // A checkout that belongs to somebody else (a mounted folder, a container) is as good as our own to read.
  execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** The number of lines of a text; a final line break ends a line and starts none. */
export const linesOf = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
