// Builds every package into its dist folder: tsup bundles the JavaScript of each, and one run of the TypeScript 7
// compiler writes all declarations, which is several times faster than tsup's own declarations, package by package.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const types = join(root, "packages", ".types");
process.once("exit", () => rmSync(types, { recursive: true, force: true }));

const tool = (path, args, cwd) => {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", path), ...args], {
    stdio: "inherit",
    cwd,
  });
  if (status !== 0) process.exit(status ?? 1);
};

const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "tsup.config.ts")),
);
for (const name of packages) tool("tsup/dist/cli-default.js", ["--silent"], join(root, "packages", name));
tool("typescript7/bin/tsc", ["-p", "tsconfig.build.json"], root);
for (const name of packages)
  cpSync(join(types, name, "src"), join(root, "packages", name, "dist"), { recursive: true });
