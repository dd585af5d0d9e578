import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { StorageError } from "../Errors.ts";

/** Where the bytes of files are kept. Keys are core's own: lower-case letters, digits, `-` and `/`. */
export class FileStore extends Context.Service<
  FileStore,
  {
    /**
     * Writes the content under a new key; until all of it is there nothing can be read under that key.
     * An error thrown by `content` fails the write and leaves nothing behind.
     */
    readonly write: (
      key: string,
      content: AsyncIterable<Uint8Array>,
    ) => Effect.Effect<{ readonly size: number; readonly sha256: string }, StorageError>;
    /** The bytes from `start` up to, not including, `end`; null where there is no such file. */
    readonly read: (
      key: string,
      range: { readonly start: number; readonly end: number },
    ) => Effect.Effect<AsyncIterable<Uint8Array> | null, StorageError>;
    /** Removes a file; one that is gone already is fine. */
    readonly remove: (key: string) => Effect.Effect<void, StorageError>;
  }
>()("@deskwright/core/FileStore") {}
