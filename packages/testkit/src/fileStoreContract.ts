import { FileStore } from "@deskwright/core/effect";
import type * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import { type ContractOptions, type Group, runContract } from "./Case.ts";
import { inChunks, newKey } from "./files/content.ts";
import { keys } from "./files/keys.ts";
import { reading } from "./files/reading.ts";
import { streaming } from "./files/streaming.ts";
import { writing } from "./files/writing.ts";
import { type Outage, outageOf } from "./Outage.ts";

type Port = FileStore["Service"];

const groups: ReadonlyArray<Group<FileStore>> = [writing, reading, keys, streaming];

/** One call of each method; the compiler sees that none is missing. */
const everyMethod = (files: Port): { readonly [K in keyof Port]: Effect.Effect<unknown, unknown> } => ({
  write: files.write(newKey(), inChunks(new Uint8Array(1))),
  read: files.read(newKey(), { start: 0, end: 1 }),
  remove: files.remove(newKey()),
});

export interface FileStoreContractOptions extends ContractOptions {
  /** How the connection of such a store is broken; needed unless that test is skipped with a reason. */
  readonly outage?: Outage<FileStore>;
}

/**
 * Registers the whole contract of a file store as tests. They use keys of their own below `contract/`, so they may run
 * on a store with other files in it.
 */
export const fileStoreContract = <E>(
  name: string,
  files: Layer.Layer<FileStore, E>,
  options: FileStoreContractOptions = {},
): void => runContract(name, files, [...groups, outageOf(FileStore, options.outage, everyMethod)], options);
