// The packages as their users get them: built, packed, and installed with npm into an empty project.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./repository.ts";

const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const names = readdirSync(join(root, "packages"));
const manifests = names.map(
  (name): Manifest => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")),
);
const doorsOf = ({ name, exports }: Manifest) =>
  Object.keys(exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => posix.join(name, path));
// A suite for Vitest cannot be loaded outside of it.
const needsVitest = ({ peerDependencies }: Manifest) => peerDependencies?.["vitest"] !== undefined;
const plain = manifests.filter((manifest) => !needsVitest(manifest)).flatMap(doorsOf);
const suites = manifests.filter(needsVitest).flatMap(doorsOf);

const home = mkdtempSync(join(tmpdir(), "deskwright-packages-"));
const copy = join(home, "workspace");
const packed = join(home, "packed");
const project = join(home, "project");
const tarball = (name: string) => join(packed, readdirSync(packed).find((file) => file.startsWith(`${name}-`)) ?? "");

const run = async (command: string, args: ReadonlyArray<string>, cwd: string) => {
  try {
    const { stdout } = await execute(command, [...args], { cwd, shell: process.platform === "win32" });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${basename(command)} ${args.join(" ")} failed:\n${stdout}${stderr || error}`);
  }
};
const node = (script: string, args: ReadonlyArray<string>, cwd: string) =>
  run(process.execPath, [script, ...args], cwd);
const tool = (path: string) => join(root, "node_modules", path);

/** A copy to build in, so that the checkout stays as it is and two runs at once do not meet. */
const copyWorkspace = () => {
  mkdirSync(copy);
  for (const file of readdirSync(root, { withFileTypes: true }))
    if (file.isFile()) cpSync(join(root, file.name), join(copy, file.name));
  for (const folder of ["scripts", "packages"])
    cpSync(join(root, folder), join(copy, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !["dist", "test", ".types"].includes(basename(path)),
    });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
};

/** The tools that decide what a package may ask of its user: every peer, in the version the workspace tests. */
const peers = () => {
  const version = (name: string, peer: string) =>
    JSON.parse(readFileSync(join(root, "packages", name, "node_modules", peer, "package.json"), "utf8")).version;
  return Object.fromEntries(
    names.flatMap((name, index) =>
      Object.keys(manifests[index]?.peerDependencies ?? {}).map((peer) => [peer, version(name, peer)]),
    ),
  );
};

beforeAll(async () => {
  copyWorkspace();
  mkdirSync(packed);
  mkdirSync(project);
  await node(join(copy, "scripts/build.mjs"), [], copy);
  await run("pnpm", ["--silent", "-r", "--filter", "./packages/*", "pack", "--pack-destination", packed], copy);
  const tarballs = readdirSync(packed).map((file) => [`@${file.replace(/-\d.*$/, "").replace("-", "/")}`, file]);
  const dependencies = Object.fromEntries(tarballs.map(([name, file]) => [name, `file:${join(packed, file ?? "")}`]));
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({
      private: true,
      dependencies: { ...peers(), ...dependencies },
      devDependencies: { "@types/node": "^24.0.0" },
    }),
  );
  await run("npm", ["install", "--no-audit", "--no-fund", "--silent", "--prefer-offline", "--ignore-scripts"], project);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.each(names)("packages/%s", (name) => {
  test("is packed the way publint wants it", async () => {
    await node(tool("publint/src/cli.js"), ["run", "--strict", tarball(`deskwright-${name}`)], home);
  });

  test("has types that resolve for every importer of ES modules", async () => {
    const args = ["--quiet", "--profile", "esm-only", tarball(`deskwright-${name}`)];
    await node(tool("@arethetypeswrong/cli/dist/index.js"), args, home);
  });

  test("carries its license, its sources and its built files, and no test", () => {
    const files = readdirSync(join(project, "node_modules/@deskwright", name)).sort();
    expect(files).toEqual(["LICENSE", "README.md", "dist", "package.json", "src"]);
  });
});

test.each(plain)("%s gives `import` and `require` the same things", async (door) => {
  const program = `
    const required = require(${JSON.stringify(door)});
    import(${JSON.stringify(door)}).then((imported) => {
      for (const key of Object.keys(imported)) if (required[key] !== imported[key]) throw new Error(key + " differs");
      console.log("same");
    });`;
  expect(await run(process.execPath, ["--eval", program], project)).toBe("same\n");
});

test.each(suites)("%s loads inside Vitest", async (door) => {
  const file = "suites.test.mjs";
  const program = `import { expect, test } from "vitest";
    import * as suites from ${JSON.stringify(door)};
    test("loads", () => expect(suites).toBeDefined());`;
  writeFileSync(join(project, file), program);
  await node(join(project, "node_modules/vitest/vitest.mjs"), ["run", file], project);
});

test("a program that uses every package type-checks, declarations of libraries included", async () => {
  const imports = [...plain, ...suites].map((door, i) => `import * as door${i} from ${JSON.stringify(door)};`);
  const used = imports.map((_, i) => `door${i}`).join(", ");
  writeFileSync(join(project, "program.mts"), `${imports.join("\n")}\nexport const doors = [${used}];\n`);
  const options = { module: "nodenext", target: "es2023", strict: true, skipLibCheck: false, noEmit: true };
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, types: ["node"] }, files: ["program.mts"] }),
  );
  await node(tool("typescript7/bin/tsc"), ["-p", "tsconfig.json"], project);
});
