import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore, StorageError } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { localFiles } from "../src/index.ts";

const all = { start: 0, end: 1_000_000 };

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "deskwright-files-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
);

/** Runs a test on an empty folder `files` inside a temporary one. */
const onFolder = <A, E>(
  body: (folder: string, files: FileStore["Service"]) => Effect.Effect<A, E>,
): Effect.Effect<A, E | StorageError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "files");
      return yield* Effect.provide(
        FileStore.use((files) => body(folder, files)),
        localFiles(folder),
      );
    }),
  );

async function* pieces(...texts: ReadonlyArray<string>) {
  for (const text of texts) yield Buffer.from(text);
}

const textOf = (content: AsyncIterable<Uint8Array> | null) =>
  Effect.promise(async () => {
    if (content === null) return null;
    const parts: Array<Uint8Array> = [];
    for await (const part of content) parts.push(part);
    return Buffer.concat(parts).toString();
  });

/** Every file below a folder, also those on their way. */
const everyFile = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name);

describe("localFiles", () => {
  it.effect("answers the size and the SHA-256 of what it wrote", () =>
    onFolder((_, files) =>
      Effect.gen(function* () {
        const written = yield* files.write("a/b/c", pieces("hello ", "world"));
        assert.deepStrictEqual(written, {
          size: 11,
          sha256: createHash("sha256").update("hello world").digest("hex"),
        });
        assert.strictEqual(yield* textOf(yield* files.read("a/b/c", all)), "hello world");
        assert.strictEqual(yield* textOf(yield* files.read("a/b/c", { start: 3, end: 8 })), "lo wo");
        assert.strictEqual(yield* textOf(yield* files.read("a/b/c", { start: 4, end: 4 })), "");
      }),
    ),
  );

  it.effect("keeps folder and files for its own user", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        yield* files.write("a/b", pieces("x"));
        const modes = ["", ".incoming", "a", "a/b"].map((name) =>
          (statSync(join(folder, name)).mode & 0o777).toString(8),
        );
        assert.deepStrictEqual(modes, ["700", "700", "700", "600"]);
      }),
    ),
  );

  it.effect("asks for the next piece only when the last one is in the file", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        const lengths: Array<number> = [];
        async function* content() {
          for (let piece = 0; piece < 5; piece++) {
            const [name] = readdirSync(join(folder, ".incoming"));
            lengths.push(statSync(join(folder, ".incoming", name as string)).size);
            yield Buffer.alloc(100_000);
          }
        }
        yield* files.write("big", content());
        assert.deepStrictEqual(lengths, [0, 100_000, 200_000, 300_000, 400_000]);
      }),
    ),
  );

  it.effect("leaves nothing behind when the content fails half-way", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        const cut = new Error("the sender hung up");
        async function* content() {
          yield Buffer.from("half");
          throw cut;
        }
        const error = yield* Effect.flip(files.write("a/b", content()));
        assert.instanceOf(error, StorageError);
        assert.include(error.message, "the sender hung up");
        assert.strictEqual(error.cause, cut);
        assert.deepStrictEqual(everyFile(folder), []);
        assert.isNull(yield* files.read("a/b", all));
      }),
    ),
  );

  it.effect("leaves nothing behind when it is interrupted, and lets go of the content", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        let returned = false;
        let stall = () => {};
        const stalled = new Promise<void>((resolve) => {
          stall = resolve;
        });
        let asked = 0;
        const content: AsyncIterable<Uint8Array> = {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              if (asked++ === 0) return Promise.resolve({ done: false, value: Buffer.from("half") });
              stall();
              return new Promise(() => {});
            },
            return: () => {
              returned = true;
              return Promise.resolve({ done: true, value: undefined });
            },
          }),
        };
        const fiber = yield* Effect.forkChild(files.write("a", content));
        yield* Effect.promise(() => stalled);
        assert.lengthOf(everyFile(folder), 1);
        yield* Fiber.interrupt(fiber);
        assert.isTrue(returned);
        assert.deepStrictEqual(everyFile(folder), []);
      }),
    ),
  );

  it.effect("shows a new content under an old key whole or not at all", () =>
    onFolder((_, files) =>
      Effect.gen(function* () {
        yield* files.write("a", pieces("old"));
        async function* content() {
          yield Buffer.from("ne");
          assert.strictEqual(await Effect.runPromise(Effect.flatMap(files.read("a", all), textOf)), "old");
          yield Buffer.from("w");
        }
        yield* files.write("a", content());
        assert.strictEqual(yield* textOf(yield* files.read("a", all)), "new");
      }),
    ),
  );

  it.effect("takes no key that could lead out of the folder", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        const outside = join(folder, "..", "secret");
        writeFileSync(outside, "secret");
        const keys = [
          "../secret",
          "a/../../secret",
          outside,
          "/etc/passwd",
          "",
          ".",
          "a/",
          "a//b",
          "A",
          "a.b",
          "a\\b",
          "a\0b",
          "ä",
          ".incoming/x",
        ];
        for (const key of keys) {
          assert.include((yield* Effect.flip(files.read(key, all))).reason, "is no key", key);
          assert.include((yield* Effect.flip(files.write(key, pieces("x")))).reason, "is no key", key);
          assert.include((yield* Effect.flip(files.remove(key))).reason, "is no key", key);
        }
        assert.deepStrictEqual(everyFile(folder), []);
      }),
    ),
  );

  it.effect("follows no link out of the folder", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        const outside = join(folder, "..", "outside");
        mkdirSync(outside);
        writeFileSync(join(outside, "secret"), "secret");
        symlinkSync(outside, join(folder, "way"));
        symlinkSync(join(outside, "secret"), join(folder, "link"));
        for (const key of ["way/secret", "link"]) {
          assert.instanceOf(yield* Effect.flip(files.read(key, all)), StorageError, key);
          assert.instanceOf(yield* Effect.flip(files.remove(key)), StorageError, key);
        }
        assert.instanceOf(yield* Effect.flip(files.write("way/new", pieces("x"))), StorageError);
        assert.instanceOf(yield* Effect.flip(files.write("way/deep/new", pieces("x"))), StorageError);
        // A link in the place of a file is replaced, what it led to is not touched.
        yield* files.write("link", pieces("mine"));
        assert.deepStrictEqual(everyFile(outside), ["secret"]);
        assert.strictEqual(statSync(join(outside, "secret")).size, 6);
        assert.strictEqual(yield* textOf(yield* files.read("link", all)), "mine");
      }),
    ),
  );

  it.effect("removes a file, and one that is gone already", () =>
    onFolder((_, files) =>
      Effect.gen(function* () {
        yield* files.write("a/b", pieces("x"));
        yield* files.remove("a/b");
        yield* files.remove("a/b");
        yield* files.remove("never/there");
        assert.isNull(yield* files.read("a/b", all));
      }),
    ),
  );

  it.effect("says that a file is missing only while the folder is there", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        assert.isNull(yield* files.read("a", all));
        renameSync(folder, `${folder}-taken-away`);
        assert.instanceOf(yield* Effect.flip(files.read("a", all)), StorageError);
        mkdirSync(folder);
        assert.instanceOf(yield* Effect.flip(files.read("a", all)), StorageError);
        assert.instanceOf(yield* Effect.flip(files.write("a", pieces("x"))), StorageError);
        assert.instanceOf(yield* Effect.flip(files.remove("a")), StorageError);
      }),
    ),
  );

  it.effect("does not take a file that it may not read for missing", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        yield* files.write("a/b", pieces("x"));
        chmodSync(join(folder, "a"), 0);
        const error = yield* asNobody(Effect.flip(files.read("a/b", all)));
        // So that whoever runs the test may remove the folder.
        chmodSync(join(folder, "a"), 0o700);
        assert.instanceOf(error, StorageError);
        assert.include(error.reason, "EACCES");
      }),
    ),
  );

  it.effect("fails, and finds nothing, where a directory is in the place of a file", () =>
    onFolder((_, files) =>
      Effect.gen(function* () {
        yield* files.write("a/b", pieces("x"));
        assert.instanceOf(yield* Effect.flip(files.read("a", all)), StorageError);
        assert.instanceOf(yield* Effect.flip(files.read("a/b/c", all)), StorageError);
        assert.instanceOf(yield* Effect.flip(files.write("a", pieces("x"))), StorageError);
        assert.instanceOf(yield* Effect.flip(files.write("a/b/c", pieces("x"))), StorageError);
      }),
    ),
  );

  it.effect("fails while one reads a file that is removed meanwhile", () =>
    onFolder((folder, files) =>
      Effect.gen(function* () {
        yield* files.write("a", pieces("x"));
        const content = yield* files.read("a", all);
        rmSync(join(folder, "a"));
        const error = yield* Effect.flip(
          Effect.tryPromise({ try: () => Effect.runPromise(textOf(content)), catch: (error) => error }),
        );
        assert.instanceOf(error, Error);
      }),
    ),
  );

  it.effect("does not start on a folder that can't be one, and names it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(yield* temporaryFolder, "a-file");
        writeFileSync(file, "");
        for (const folder of [file, join(file, "below")]) {
          const error = yield* Effect.flip(Effect.void.pipe(Effect.provide(localFiles(folder))));
          assert.instanceOf(error, StorageError);
          assert.include(error.message, folder);
        }
      }),
    ),
  );

  it.effect("does not start on a folder that its user may not write to", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const parent = yield* temporaryFolder;
        chmodSync(parent, 0o555);
        const error = yield* asNobody(Effect.flip(Effect.void.pipe(Effect.provide(localFiles(join(parent, "files"))))));
        assert.instanceOf(error, StorageError);
        assert.include(error.message, "EACCES");
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
