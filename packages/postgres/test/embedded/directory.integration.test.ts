import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { StorageError } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import { openClient } from "../../src/embedded/Client.ts";
import { failureOf } from "../../src/failure.ts";
import { directoryWithDatabase, newDirectory } from "./fixtures/directory.ts";
import { start } from "./fixtures/Program.ts";

const open = (directory: string) => Effect.scoped(Effect.asVoid(openClient(directory)));

const packageFolder = join(import.meta.dirname, "../..");

describe("the directory of an embedded database", { timeout: 120_000 }, () => {
  it.live("is made where it is missing, for its own user alone", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = join(yield* newDirectory, "deep/below");
        const scope = yield* Scope.make();
        const sql = yield* Scope.provide(openClient(directory), scope);
        yield* sql`create table kept as select 'this' as what`;
        assert.deepStrictEqual(readdirSync(directory).sort(), ["database", "lock"]);
        for (const path of [directory, join(directory, "database")])
          assert.strictEqual(statSync(path).mode & 0o777, 0o700);
        yield* Scope.close(scope, Exit.void);
        assert.deepStrictEqual(readdirSync(directory), ["database"]);
        const again = yield* openClient(directory);
        assert.deepStrictEqual(yield* again`select what from kept`, [{ what: "this" }]);
      }),
    ),
  );

  it.live("is opened once at a time in a process", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const scope = yield* Scope.make();
        yield* Scope.provide(openClient(directory), scope);
        const error = yield* Effect.flip(open(`${directory}/../data`));
        assert.instanceOf(error, StorageError);
        assert.include(error.message, `the directory ${directory} is in use by this process (${process.pid})`);
        yield* Scope.close(scope, Exit.void);
        yield* open(directory);
      }),
    ),
  );

  it.live("is opened by one process at a time, and by the next when that was killed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const first = yield* start("holder.ts", directory);
        yield* Effect.promise(() => first.reached(() => first.lines.includes("open")));
        const error = yield* Effect.flip(open(directory));
        assert.instanceOf(error, StorageError);
        assert.isFalse(error.retryable);
        assert.include(error.message, `the directory ${directory} is in use by process ${first.pid}`);

        yield* Effect.promise(() => first.kill());
        const second = yield* start("holder.ts", directory);
        yield* Effect.promise(() => second.reached(() => second.lines.includes("open")));
        assert.instanceOf(yield* Effect.flip(open(directory)), StorageError);

        assert.strictEqual(yield* Effect.promise(() => second.finish()), 0);
        assert.deepStrictEqual(readdirSync(directory), ["database"]);
        yield* open(directory);
      }),
    ),
  );

  it.live("goes to one of many processes that start at once after the last was killed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const killed = yield* start("holder.ts", directory);
        yield* Effect.promise(() => killed.reached(() => killed.lines.includes("open")));
        yield* Effect.promise(() => killed.kill());
        const racers = yield* Effect.all([1, 2, 3].map(() => start("holder.ts", directory)));
        const ends = racers.map((racer) =>
          racer
            .reached(() => racer.lines.includes("open"))
            .then(
              () => "opened",
              (error: Error) => error.message.match(/is in use by process \d+/)?.[0] ?? error.message,
            ),
        );
        const answers = yield* Effect.promise(() => Promise.all(ends));
        const winner = racers[answers.indexOf("opened")];
        assert.deepStrictEqual(answers.toSorted(), [
          `is in use by process ${winner?.pid}`,
          `is in use by process ${winner?.pid}`,
          "opened",
        ]);
      }),
    ),
  );

  it.live("holds no part of a database when the process was killed while it made one", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* newDirectory;
        const program = yield* start("holder.ts", directory);
        yield* Effect.promise(() => program.reached(() => existsSync(join(directory, "database/PG_VERSION"))));
        yield* Effect.promise(() => program.kill());
        assert.include(readdirSync(directory), "database.unfinished");
        // What comes last may be missing: here the half of what there was.
        rmSync(join(directory, "database/global"), { recursive: true, force: true });
        yield* open(directory);
        assert.deepStrictEqual(readdirSync(directory), ["database"]);
      }),
    ),
  );

  it.live("is refused, and named, where it is no directory or may not be written", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const parent = dirname(yield* newDirectory);
        const file = join(parent, "file");
        writeFileSync(file, "");
        for (const path of [file, join(file, "below")]) {
          const error = yield* Effect.flip(open(path));
          assert.instanceOf(error, StorageError);
          assert.include(error.message, `the directory ${path} can't be used`);
        }
        const readOnly = join(parent, "read-only");
        mkdirSync(readOnly);
        chmodSync(readOnly, 0o555);
        const error = yield* asNobody(Effect.flip(open(readOnly)));
        assert.instanceOf(error, StorageError);
        assert.include(error.message, `the directory ${readOnly} can't be used: EACCES`);
      }),
    ),
  );

  it.live("is refused, in PostgreSQL's words, where another version has made its database", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        writeFileSync(join(directory, "database/PG_VERSION"), "17\n");
        const error = yield* Effect.flip(open(directory));
        assert.instanceOf(error, StorageError);
        assert.include(error.message, directory);
        assert.include(error.message, "initialized by PostgreSQL version 17");
        assert.deepStrictEqual(readdirSync(directory), ["database"]);
      }),
    ),
  );

  it.live("fails every statement once the database has died", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* directoryWithDatabase;
        const sql = yield* openClient(directory);
        yield* sql`create table t as select 1 as n`;
        // Without a place for its log it crashes, as a server would, when the next file of the log is due (16 MB).
        rmSync(join(directory, "database/pg_wal"), { recursive: true });
        yield* Effect.flip(Effect.forever(sql`insert into t select generate_series(1, 10000)`));
        for (let i = 0; i < 5; i++) {
          const error = yield* Effect.flip(sql`select n from t`);
          assert.include(failureOf(error).message, "database has failed, start the process again: could not");
        }
      }),
    ),
  );

  it.live("is not even made where PGlite is not installed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* newDirectory;
        const elsewhere = join(dirname(directory), "elsewhere");
        cpSync(join(packageFolder, "src"), join(elsewhere, "src"), { recursive: true });
        for (const name of ["effect", "@effect/sql-pg", "@deskwright/core"]) {
          mkdirSync(join(elsewhere, "node_modules", dirname(name)), { recursive: true });
          symlinkSync(join(packageFolder, "node_modules", name), join(elsewhere, "node_modules", name));
        }
        writeFileSync(join(elsewhere, "package.json"), '{ "type": "module" }');
        writeFileSync(
          join(elsewhere, "open.ts"),
          `import * as Effect from "effect/Effect";
           import * as Layer from "effect/Layer";
           import { embedded } from "./src/embedded.ts";
           const error = await Effect.runPromise(Effect.flip(Effect.scoped(Layer.build(embedded({ directory: process.argv[2] })))));
           console.log(error._tag, error.message);`,
        );
        const { stdout, stderr } = spawnSync(process.execPath, ["open.ts", directory], {
          cwd: elsewhere,
          encoding: "utf8",
        });
        assert.strictEqual(stderr, "");
        assert.match(stdout, /^StorageError .*npm install @electric-sql\/pglite/);
        assert.isFalse(existsSync(directory));
      }),
    ),
  );
});

/** Nothing is forbidden to root: there the test plays a user to whom something is. */
const asNobody = <A, E>(effect: Effect.Effect<A, E>) =>
  process.getuid?.() !== 0
    ? effect
    : Effect.acquireUseRelease(
        Effect.sync(() => process.seteuid?.(65534)),
        () => effect,
        () => Effect.sync(() => process.seteuid?.(0)),
      );
