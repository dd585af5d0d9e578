// Starts an example as its users do, for the tests that talk to it over the wire.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface RunningExample {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Everything it printed so far. */
  readonly output: () => string;
  /** Asks it to end, or makes it; answers its exit code once it is gone. */
  readonly stop: (signal?: "SIGTERM" | "SIGINT" | "SIGKILL") => Promise<number | null>;
}

// A test worker may be killed with no chance to clean up: the line that then breaks takes the example along.
const endWithUs = `data:text/javascript,process.once("disconnect", () => process.kill(process.pid, "SIGKILL"))`;

/** Runs `src/main.ts` of an example on a free port with these settings and no others of ours. */
export const spawnExample = (name: string, settings: Readonly<Record<string, string>>): ChildProcess => {
  const cwd = join(import.meta.dirname, "..", "examples", name);
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, PORT: "0", ...settings };
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "ipc"];
  return spawn(process.execPath, ["--import", endWithUs, "src/main.ts"], { cwd, env, stdio });
};

/** Starts an example and waits until it says that it listens. */
export const startExample = async (
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<RunningExample> => {
  const child = spawnExample(name, settings);
  const gone = once(child, "close");
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (data: Buffer) => {
      output += data;
      const [, found] = output.match(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/m) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    gone.then(([code]) => reject(new Error(`${name} ended with ${code} before it listened:\n${output}`)), reject);
  });
  const stop: RunningExample["stop"] = async (signal = "SIGTERM") => {
    child.kill(signal);
    const [code] = await gone;
    return code as number | null;
  };
  return { url, output: () => output, stop };
};
