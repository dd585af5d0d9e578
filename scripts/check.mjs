// Lint, types, tests: stops at the first that fails. Whatever happens, the last line of the log says how many passed.
import { spawnSync } from "node:child_process";

for (const [what, script] of [
  ["lint", "lint"],
  ["types", "typecheck"],
  ["tests", "test:all"],
]) {
  const { status } = spawnSync("pnpm", ["--silent", "run", script], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status === 0) continue;
  if (what !== "tests") console.log(`0 passed, 1 failed (${what}, see above; no test was run)`);
  process.exit(status ?? 1);
}
