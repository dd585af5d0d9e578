import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "tsup";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const fixture = join(import.meta.dirname, "fixtures/coldStart.ts");
/** How much more work a first ticket may be than Effect, Schema and Layer alone, Node.js included. */
const most = 1.6;
const out = join(root, "node_modules/.cold-start");

interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

const spend = async (...args: ReadonlyArray<string>): Promise<Spent> =>
  JSON.parse((await promisify(execFile)(process.execPath, [fixture, ...args])).stdout);
const least = (a: Spent, b: Spent): Spent => ({ ms: Math.min(a.ms, b.ms), cpuMs: Math.min(a.cpuMs, b.cpuMs) });

it("a first ticket is there soon after a process began: little later than Effect itself", {
  timeout: 120_000,
}, async () => {
  // As users get it: one file of JavaScript.
  await build({
    config: false,
    silent: true,
    entry: [join(root, "src/index.ts")],
    outDir: out,
    format: ["esm"],
    target: "node22",
    // A package of its own, as where it is installed.
    external: [/^effect/],
    clean: true,
  });
  const door = pathToFileURL(join(out, "index.js")).href;
  let [ours, limit] = [await spend("ours", door), await spend("limit")];
  // In turns, and the least of each: others use the machine, too, and time on the processor tells most of all.
  for (let round = 0; round < 30 && (round < 5 || ours.cpuMs > limit.cpuMs * most); round++) {
    limit = least(limit, await spend("limit"));
    ours = least(ours, await spend("ours", door));
  }
  const ratio = ours.cpuMs / limit.cpuMs;
  console.info(
    `First ticket after ${ours.ms.toFixed()} ms, Effect alone ${limit.ms.toFixed()} ms: ${ratio.toFixed(2)} × the work`,
  );
  expect(ratio).toBeLessThan(most);
});
