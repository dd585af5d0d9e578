import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { afterEach } from "vitest";
import { localFiles } from "../src/index.ts";
import { fileOf } from "./fixtures/content.ts";

type Writer = ChildProcessByStdio<Writable, Readable, null>;

const cleanups: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "deskwright-files-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A process that writes files; `lines` answers what it has printed so far. */
const startWriter = (folder: string, ...mode: ReadonlyArray<string>) => {
  const writer: Writer = spawn(process.execPath, [join(import.meta.dirname, "fixtures/writer.ts"), folder, ...mode], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  cleanups.push(() => kill(writer));
  let printed = "";
  writer.stdout.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  return { writer, lines: () => printed.split("\n").slice(0, -1) };
};

const kill = async (writer: Writer) => {
  if (writer.exitCode !== null || writer.signalCode !== null) return;
  writer.kill("SIGKILL");
  await once(writer, "close");
};

const reached = async (writer: Writer, condition: () => boolean) => {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (writer.exitCode !== null) throw new Error(`the writer ended with ${writer.exitCode}`);
    if (Date.now() > deadline) throw new Error("the writer did not get there within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

const open = (folder: string) => Effect.runPromise(Effect.void.pipe(Effect.provide(localFiles(folder))));
const incoming = (folder: string) => readdirSync(join(folder, ".incoming"));

describe("a process killed while it writes", { timeout: 60_000 }, () => {
  it("loses no file that was accepted, and shows no other by half", async () => {
    const folder = temporaryFolder();
    const accepted = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const { writer, lines } = startWriter(folder);
      const enough = 1 + Math.floor(Math.random() * 6);
      await reached(writer, () => lines().length >= enough);
      await kill(writer);
      for (const name of lines()) accepted.add(name);
    }
    await open(folder);
    assert.deepStrictEqual(incoming(folder), []);
    const there = readdirSync(join(folder, "mail"));
    assert.includeMembers(there, [...accepted]);
    for (const name of there) {
      const content = readFileSync(join(folder, "mail", name));
      assert.isTrue(content.equals(fileOf(Number(name.slice("raw-".length)))), name);
    }
  });

  it("leaves half a file, which the next start removes", async () => {
    const folder = temporaryFolder();
    const { writer, lines } = startWriter(folder, "wait");
    await reached(writer, () => lines().includes("half"));
    await kill(writer);
    assert.lengthOf(incoming(folder), 1);
    await open(folder);
    assert.deepStrictEqual(incoming(folder), []);
  });

  it("is told from one that still writes, whose file stays", async () => {
    const folder = temporaryFolder();
    const { writer, lines } = startWriter(folder, "wait");
    await reached(writer, () => lines().includes("half"));
    await open(folder);
    assert.lengthOf(incoming(folder), 1);
    writer.stdin.write("go on\n");
    await reached(writer, () => lines().includes("raw-0"));
    assert.isTrue(readFileSync(join(folder, "mail/raw-0")).equals(fileOf(0)));
  });
});
