import { StorageError } from "@deskwright/core/effect";

/** What may pass by itself: no room, too many open files, a device that is busy or gone for a moment. */
const passing = new Set(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EAGAIN", "EBUSY", "EIO", "ETIMEDOUT", "ESTALE"]);

/** The error code of the operating system, such as `ENOENT`; null where it is no such error. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;

/** Says what could not be done, and leaves an error that is a `StorageError` already as it is. */
export const failure =
  (what: string) =>
  (cause: unknown): StorageError =>
    cause instanceof StorageError
      ? cause
      : new StorageError({
          reason: `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
          retryable: passing.has(codeOf(cause) ?? ""),
          cause,
        });

/** What can't be done at all, now or later. */
export const refusal = (reason: string): StorageError => new StorageError({ reason, retryable: false });
