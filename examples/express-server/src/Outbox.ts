import { mkdirSync, readdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Mails that would have left, each a file that mail programs open. */
export class Outbox {
  readonly #directory: string;
  #number = 0;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  async add(raw: Uint8Array): Promise<void> {
    const name = `${new Date().toISOString().replaceAll(":", "-")}-${process.pid}-${this.#number++}.eml`;
    const path = join(this.#directory, name);
    await writeFile(`${path}.part`, raw, { flush: true });
    await rename(`${path}.part`, path);
  }

  /** The newest first. */
  names(): ReadonlyArray<string> {
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith(".eml"))
      .sort()
      .reverse();
  }

  /** The bytes of one of them; null for any other name. */
  async read(name: string): Promise<Uint8Array | null> {
    return this.names().includes(name) ? readFile(join(this.#directory, name)) : null;
  }
}
