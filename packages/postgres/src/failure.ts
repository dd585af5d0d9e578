import { Conflict, StorageError } from "@deskwright/core/effect";
import type { Part } from "./commitParts.ts";

/** What a failed statement leaves: `SqlError` of effect/sql, seen without importing it. */
interface SqlFailure {
  readonly isRetryable?: boolean;
  readonly reason?: { readonly message?: string; readonly cause?: ServerError };
}

/** An error of the server has a SQLSTATE in `code`, one of the network a name such as `ECONNREFUSED`. */
interface ServerError {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly constraint?: string;
}

const serverError = (error: unknown): ServerError => (error as SqlFailure | null)?.reason?.cause ?? {};

/**
 * SQLSTATEs that pass by themselves: connection lost, out of room or connections, rolled back for a concurrent one,
 * server going down or coming up, failed over to a server that is still read-only.
 */
const passing = /^(08|53|40|57P|55P03|25006)/;

/** A statement that was rolled back only because of another at the same time: deadlock, serialization. */
export const wasRolledBack = (error: unknown): boolean => /^(40P01|40001)$/.test(serverError(error).code ?? "");

/** Keys that a changed row may take from another, by the part of a commit that changes it. */
const takenKeys: Readonly<Record<string, string>> = {
  users_email: "users",
  users_external_id: "users",
  records_key: "records",
};

/** The lost race that a commit was refused for; null where it failed for another reason. */
export const conflictOf = (error: unknown, parts: ReadonlyArray<Part>): Conflict | null => {
  const { code, detail, constraint = "" } = serverError(error);
  const lost: { readonly part?: string; readonly key?: string | null } =
    code === "DW001" ? JSON.parse(detail ?? "{}") : code === "23505" ? { part: takenKeys[constraint] } : {};
  const part = parts.find(({ name }) => name === lost.part);
  if (part === undefined) return null;
  const keys = part.entries.map((entry) => entry[part.key] as string | number);
  return new Conflict({
    kind: part.kind,
    id: keys.find((key) => String(key) === lost.key) ?? (keys[0] as string | number),
  });
};

/**
 * Whether the server refused a statement, and so undid it, for what it was to write (a lost race, data it can't take)
 * and not for its own state.
 */
export const isRefused = (error: unknown): boolean =>
  error instanceof Conflict || (error instanceof StorageError && /^(2|54)/.test(serverError(error.cause).code ?? ""));

/** Any failure of a statement, in the words of the server. */
export const failureOf = (error: unknown): StorageError => {
  if (error instanceof StorageError) return error;
  const { isRetryable = false, reason } = (error ?? {}) as SqlFailure;
  const { code, message } = serverError(error);
  const words = message || reason?.message || (error instanceof Error ? error.message : String(error));
  return new StorageError({
    reason: `PostgreSQL: ${words}${code === undefined ? "" : ` (${code})`}`,
    retryable: isRetryable || passing.test(code ?? ""),
    cause: error,
  });
};

/** What no retry helps against. */
export const refusal = (reason: string): StorageError => new StorageError({ reason, retryable: false });
