import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { FileStore, type StorageError } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import {
  type Folder,
  isThere,
  makeDirectories,
  openFolder,
  type Place,
  placeOf,
  syncDirectories,
  syncDirectory,
} from "./Folder.ts";
import { failure } from "./failure.ts";
import { incomingPath, sweep } from "./Incoming.ts";

const io = <A>(what: string, call: () => Promise<A>) => Effect.tryPromise({ try: call, catch: failure(what) });

/**
 * Keeps files in a folder on a local disk, which is made if it is missing. Several processes of one machine may share
 * it.
 *
 * A file that was accepted survives a crash of the process and of the machine: its bytes and its name are on the disk
 * (fsync) before `write` answers. What a killed process left unfinished is removed at the next start. Folder and files
 * are for this system user alone (0700, 0600); links inside the folder are refused, wherever they lead.
 *
 * @since 0.1.0
 * @example
 * const desk = await createHelpdesk({ files: localFiles("./uploads") })
 */
export const localFiles = (directory: string): Layer.Layer<FileStore, StorageError> =>
  Layer.effect(
    FileStore,
    io(`The folder ${directory} can't be used for files`, async () => {
      const folder = await openFolder(directory);
      await sweep(folder);
      return FileStore.of({
        write: (key, content) => write(folder, key, content),
        read: (key, range) => io(`File ${key} can't be read`, () => read(folder, key, range)),
        remove: (key) => io(`File ${key} can't be removed`, () => remove(folder, key)),
      });
    }),
  );

const write = Effect.fnUntraced(function* (folder: Folder, key: string, content: AsyncIterable<Uint8Array>) {
  const what = `File ${key} can't be written`;
  const place = yield* Effect.try({ try: () => placeOf(folder, key), catch: failure(what) });
  const incoming = incomingPath(folder);
  const file = yield* Effect.acquireRelease(
    io(what, () => open(incoming, "wx", 0o600)),
    (file, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.ignore(io(what, () => file.close().finally(() => rm(incoming, { force: true })))),
  );
  const hash = createHash("sha256");
  let size = 0;
  yield* Stream.runForEach(Stream.fromAsyncIterable(content, failure(what)), (chunk) =>
    io(what, async () => {
      hash.update(chunk);
      size += chunk.length;
      await file.appendFile(chunk);
    }),
  );
  // From here on it is no longer given up half-way: the file is there whole, or not at all.
  yield* Effect.uninterruptible(io(what, () => settle(folder, file, incoming, place)));
  return { size, sha256: hash.digest("hex") };
}, Effect.scoped);

/** Gives a file that is complete its name. */
const settle = async (folder: Folder, file: FileHandle, incoming: string, place: Place) => {
  await file.sync();
  await file.close();
  await makeDirectories(folder, place);
  await rename(incoming, place.path);
  await syncDirectories(folder, place);
};

const read = async (folder: Folder, key: string, range: { readonly start: number; readonly end: number }) => {
  const place = placeOf(folder, key);
  return (await isThere(folder, place)) ? bytes(place.path, key, range) : null;
};

/** Opens the file only when somebody iterates, so that an answer nobody reads holds nothing open. */
const bytes = (path: string, key: string, { start, end }: { readonly start: number; readonly end: number }) => ({
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (start >= end) return;
    try {
      // Windows knows no O_NOFOLLOW.
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      yield* file.createReadStream({ start, end: end - 1 });
    } catch (error) {
      throw failure(`File ${key} can't be read`)(error);
    }
  },
});

const remove = async (folder: Folder, key: string) => {
  const place = placeOf(folder, key);
  if (!(await isThere(folder, place))) return;
  await rm(place.path, { force: true });
  await syncDirectory(place.directories.at(-1) as string);
};
