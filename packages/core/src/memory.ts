/** The memory door: a helpdesk that forgets everything when its process ends, for tests and first tries. @module */
import * as Layer from "effect/Layer";
import { FileStore } from "./file/FileStore.ts";
import { makeMemoryFiles } from "./memory/MemoryFiles.ts";
import { makeMemoryStorage } from "./memory/MemoryStorage.ts";
import { Storage } from "./Storage.ts";

/** A storage in this process's memory; each layer built from it is a helpdesk of its own. */
export const memory = (): Layer.Layer<Storage> => Layer.sync(Storage, makeMemoryStorage);

/** A file store in this process's memory; it holds whole files. */
export const memoryFiles = (): Layer.Layer<FileStore> => Layer.sync(FileStore, makeMemoryFiles);
