import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { StorageError } from "@deskwright/core/effect";
import type { PGlite } from "@electric-sql/pglite";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import { refusal } from "../failure.ts";
import type { Engine } from "./Engine.ts";
import { type Holder, takeLock } from "./Lock.ts";
import { Session } from "./Session.ts";

/**
 * Makes a directory this process' own for as long as the scope is open, and answers its full path. PGlite itself lets
 * two processes open one database, and what one of them writes is then lost without a word.
 */
export const holdDirectory = Effect.fnUntraced(function* (directory: string) {
  const path = resolve(directory);
  const take = () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = takeLock(join(path, "lock"));
    if ("release" in lock) return lock;
    throw refusal(heldBy(path, lock));
  };
  const unusable = failed(`the directory ${path} can't be used`);
  const lock = yield* Effect.acquireRelease(Effect.try({ try: take, catch: unusable }), ({ release }) =>
    Effect.sync(release),
  );
  yield* Effect.ignore(Effect.try(lock.renew)).pipe(Effect.repeat(Schedule.spaced("10 seconds")), Effect.forkScoped);
  return path;
});

const heldBy = (path: string, { host, pid }: Holder): string => {
  if (host !== hostname())
    return `the directory ${path} is in use by process ${pid} of the machine ${host}; if that has ended, try again in a minute`;
  return `the directory ${path} is in use by ${pid === process.pid ? `this process (${pid})` : `process ${pid}`}`;
};

/**
 * Opens the database in a directory that is held, and makes it where there is none yet. At the end of the scope it is
 * closed, after everything that was sent to it.
 */
export const openDatabase = (engine: Engine, path: string): Effect.Effect<Session, StorageError, Scope.Scope> => {
  // Only until it is open: later it would hear of every statement that fails, values included.
  let complaints: Array<string> | null = [];
  const open = async () => {
    const database = join(path, "database");
    const unfinished = join(path, "database.unfinished");
    // A process that was killed while it made the database has left a part of one, in which nothing was kept yet.
    if (existsSync(unfinished)) rmSync(database, { recursive: true, force: true });
    if (!existsSync(database)) {
      writeFileSync(unfinished, "");
      // PGlite's own files may be read by everybody.
      mkdirSync(database, { mode: 0o700 });
    }
    const onStderr = (line: string) => {
      complaints?.push(line);
      return false;
    };
    const opened = await engine.create({ dataDir: database, onStderr });
    complaints = null;
    rmSync(unfinished, { force: true });
    return { opened, session: new Session(executor(opened)) };
  };
  return Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: open,
        catch: (cause) => failed(`the database in ${path} can't be opened`)(wordsOf(complaints ?? []) || cause),
      }),
      ({ opened, session }) =>
        Effect.ignore(
          Effect.tryPromise(async () => {
            if (await session.close()) await opened.close();
          }),
          { log: "Warn", message: `The database in ${path} was not closed in order` },
        ),
    ),
    ({ session }) => session,
  );
};

/** The log lines of a server that does not start, without their heads, which end in `FATAL: ` and the like. */
const wordsOf = (complaints: ReadonlyArray<string>): string =>
  complaints.flatMap((line) => /^.*? [A-Z]+: +(.*?)\.?$/.exec(line)?.[1] ?? []).join("; ");

/** The one way to the database: a query by another one would fall into whatever transaction is open. */
const executor = (database: PGlite) => async (messages: Uint8Array) => {
  const parts: Array<Uint8Array> = [];
  await database.execProtocolRawStream(messages, {
    syncToFs: false,
    // A view of PGlite's memory, which is written over.
    onRawData: (part) => void parts.push(part.slice()),
  });
  return Buffer.concat(parts);
};

const failed = (what: string) => (cause: unknown) =>
  cause instanceof StorageError
    ? cause
    : new StorageError({
        reason: `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
        retryable: false,
        cause,
      });
