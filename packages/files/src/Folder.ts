import type { Stats } from "node:fs";
import { lstat, mkdir, open, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, refusal } from "./failure.ts";

/** A file's place in the folder. */
export interface Place {
  readonly path: string;
  /** The directories on the way to it, the folder itself first. */
  readonly directories: ReadonlyArray<string>;
}

/** The folder that holds the files, by its real path, and the room inside it for files that are still arriving. */
export interface Folder {
  readonly root: string;
  /** No key names it: keys have no dots. */
  readonly incoming: string;
  /** Directories whose own names are on the disk, as far as this process knows. */
  readonly settled: Set<string>;
  /** Directories that are about to be written to the disk, with all that is in them by then. */
  readonly syncing: Map<string, Promise<void>>;
}

const validKey = /^[a-z0-9-]+(\/[a-z0-9-]+)*$/;

/** Where a key's file is; throws on what is no key, so that no key ever leads out of the folder. */
export const placeOf = (folder: Folder, key: string): Place => {
  if (!validKey.test(key)) throw refusal(`${JSON.stringify(key)} is no key of a file`);
  const directories = [folder.root];
  for (const name of key.split("/").slice(0, -1)) directories.push(join(directories.at(-1) as string, name));
  return { path: join(folder.root, key), directories };
};

/** Writes a directory's entries to disk. */
export const syncDirectory = async (path: string): Promise<void> => {
  // Windows opens no directory as a file; there NTFS journals its entries by itself.
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a directory's entries to disk, once for all who ask in the same moment. */
const syncSoon = ({ syncing }: Folder, directory: string): Promise<void> => {
  const soon =
    syncing.get(directory) ??
    new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      syncing.delete(directory);
      return syncDirectory(directory);
    });
  syncing.set(directory, soon);
  return soon;
};

/** Opens the folder; it and the directories above it are made where they are missing. */
export const openFolder = async (directory: string): Promise<Folder> => {
  const path = resolve(directory);
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  const root = await realpath(path);
  const folder = {
    root,
    incoming: join(root, ".incoming"),
    settled: new Set([root]),
    syncing: new Map<string, Promise<void>>(),
  };
  await mkdir(folder.incoming, { recursive: true, mode: 0o700 });
  refuseUnless(await lstat(folder.incoming), "isDirectory", folder.incoming);
  await syncDirectory(root);
  if (made !== undefined)
    for (let above = dirname(path); ; above = dirname(above)) {
      await syncDirectory(above);
      if (above === dirname(made)) break;
    }
  return folder;
};

/** Makes the directories of a place where they are missing. A link among them is refused, wherever it leads. */
export const makeDirectories = async (folder: Folder, place: Place): Promise<void> => {
  for (const directory of place.directories.slice(1)) {
    if (!folder.settled.has(directory)) await makeDirectory(directory);
    refuseUnless(
      await lstat(directory).catch(async (error) => {
        // Somebody took it away since.
        if (codeOf(error) !== "ENOENT") throw error;
        folder.settled.delete(directory);
        await makeDirectory(directory);
        return lstat(directory);
      }),
      "isDirectory",
      directory,
    );
  }
};

const makeDirectory = (directory: string) =>
  mkdir(directory, { mode: 0o700 }).catch((error) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });

/** Writes the names on the way to a place to disk: its own, and those of directories that may be new. */
export const syncDirectories = async (folder: Folder, { directories }: Place): Promise<void> => {
  // Also those that another write made a moment ago, which may not be there yet.
  const fresh = directories.filter((directory) => !folder.settled.has(directory));
  const above = fresh.map((directory) => dirname(directory));
  for (const directory of new Set([directories.at(-1) as string, ...above.toReversed()]))
    await syncSoon(folder, directory);
  for (const directory of fresh) folder.settled.add(directory);
};

/** Whether there is a file at this place. A link, at its end or on the way to it, is refused, wherever it leads. */
export const isThere = async (folder: Folder, place: Place): Promise<boolean> => {
  try {
    for (const directory of place.directories.slice(1)) refuseUnless(await lstat(directory), "isDirectory", directory);
    refuseUnless(await lstat(place.path), "isFile", place.path);
    return true;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    // A disk that was taken away has no files either: that is an outage, not an answer.
    await stat(folder.incoming);
    return false;
  }
};

const refuseUnless = (stats: Stats, kind: "isFile" | "isDirectory", path: string) => {
  if (!stats[kind]()) throw refusal(`${path} is not ${kind === "isFile" ? "a file" : "a directory"}`);
};
