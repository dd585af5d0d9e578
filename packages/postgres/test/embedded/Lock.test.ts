import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Holder, type Lock, takeLock } from "../../src/embedded/Lock.ts";
import { thisProcess } from "../../src/embedded/Process.ts";
import { start } from "./fixtures/Program.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "deskwright-lock-"));
  path = join(directory, "lock");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const taken = (): Lock => {
  const lock = takeLock(path);
  if (!("release" in lock)) throw new Error(`held by ${lock.pid}`);
  return lock;
};

const leave = (holder: Partial<Holder>) =>
  writeFileSync(path, JSON.stringify({ ...thisProcess(), token: "left", ...holder }));

const dead = () => ({ pid: spawnSync("true").pid, started: null });

describe("the lock of a directory", () => {
  it("is held until it is given back", () => {
    const lock = taken();
    expect(takeLock(path)).toMatchObject({ pid: process.pid });
    lock.release();
    taken().release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not given back by one who has lost it", () => {
    const lock = taken();
    leave({ token: "somebody else's" });
    lock.release();
    expect(takeLock(path)).toMatchObject({ token: "somebody else's" });
  });

  it("is taken from a process that has ended", () => {
    leave(dead());
    taken();
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject(thisProcess());
    expect(readdirSync(directory)).toEqual(["lock"]);
  });

  // Elsewhere nothing tells one process from another that had its number.
  if (process.platform === "linux") {
    it("is taken from a process whose number another one has now", () => {
      leave({ started: "an-earlier-boot/1" });
      taken();
    });

    it("is taken from a process that was killed and not yet buried by its parent", async () => {
      // The shell becomes a second `sleep`, which never asks what became of the first.
      const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
      const stat = (pid: unknown) => readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
      try {
        const pid = Number((await once(parent.stdout.setEncoding("utf8"), "data"))[0]);
        while (stat(parent.pid)[1] !== "(sleep)") await setTimeout(2);
        process.kill(pid, "SIGKILL");
        while (stat(pid)[2] !== "Z") await setTimeout(2);
        const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
        leave({ pid, started: `${boot}/${stat(pid)[21]}` });
        taken();
      } finally {
        parent.kill("SIGKILL");
      }
    });
  }

  it("is taken from a process of another machine only when it was not renewed for a minute", () => {
    leave({ host: "another-machine", pid: 1 });
    expect(takeLock(path)).toMatchObject({ host: "another-machine", pid: 1 });
    const renewed = (secondsAgo: number) => utimesSync(path, 0, Date.now() / 1000 - secondsAgo);
    renewed(50);
    expect(takeLock(path)).toMatchObject({ host: "another-machine", pid: 1 });
    renewed(61);
    const lock = taken();
    renewed(61);
    lock.renew();
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(10_000);
  });

  it("is taken where a power failure left an empty file", () => {
    for (const content of ["", "{", "null", "7"]) {
      writeFileSync(path, content);
      taken().release();
    }
  });

  it("is taken although a process was killed while it took it from another", () => {
    leave(dead());
    writeFileSync(`${path}.left`, JSON.stringify({ ...thisProcess(), ...dead(), token: "x" }));
    taken();
    expect(readdirSync(directory)).toEqual(["lock"]);
  });

  it("is had by one process at a time, however many take it from the dead at once", { timeout: 60_000 }, () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const racers = yield* Effect.all([1, 2, 3, 4].map(() => start("locker.ts", path, "100")));
          yield* Effect.promise(() => Promise.all(racers.map((racer) => racer.reached(() => racer.lines.length > 0))));
          yield* Effect.promise(() => Promise.all(racers.map((racer) => racer.finish())));
          expect(racers.map(({ lines }) => lines)).toEqual(racers.map(() => ["ready", "100 times alone"]));
        }),
      ),
    ),
  );
});
