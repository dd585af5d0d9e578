import { FileStore } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Group } from "../Case.ts";
import { bytesOf, inChunks, newKey, read } from "./content.ts";

/** Ways to name a file at `key` by something that is no key. */
const detours = (key: string): ReadonlyArray<string> => {
  const [folder, id, name] = key.split("/") as [string, string, string];
  return [
    `${folder}/${id}/../${id}/${name}`,
    `${folder}/elsewhere/../${id}/${name}`,
    `../${key}`,
    `../../../../../../../../${key}`,
    `./${key}`,
    `/${key}`,
    `${folder}//${id}/${name}`,
    `${key}/`,
    `${key}/.`,
    `${folder}\\${id}\\${name}`,
    `${folder}/${id}/${name.toUpperCase()}`,
    `${key}\u0000`,
    `${key}\u0000.txt`,
    `${folder}/${id}/%66ile`,
    encodeURIComponent(key),
    "",
    ".",
    "..",
    "/",
  ];
};

/** Keys lead to their own file alone. */
export const keys: Group<FileStore> = {
  about: "keys",
  cases: [
    {
      test: "what is no key reaches no file: it can't be read, written over or removed by a detour",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey();
        const bytes = bytesOf(100);
        yield* files.write(key, inChunks(bytes));
        for (const detour of detours(key)) {
          const name = JSON.stringify(detour);
          // An error is as good as an answer that does not show the file.
          const seen = yield* read(files, detour).pipe(Effect.orElseSucceed(() => null));
          assert.isFalse(seen?.equals(bytes) ?? false, `read as ${name}`);
          yield* Effect.exit(files.write(detour, inChunks(bytesOf(7))));
          yield* Effect.exit(files.remove(detour));
          assert.isTrue((yield* read(files, key))?.equals(bytes), `written or removed as ${name}`);
        }
      }),
    },
    {
      test: "keys that begin alike are different files",
      body: Effect.gen(function* () {
        const files = yield* FileStore;
        const key = newKey("a");
        const names = [key, `${key}b`, `${key}-b`, `${key}1`, `0${key}`, key.replace("/", "-")];
        for (const [n, name] of names.entries()) yield* files.write(name, inChunks(bytesOf(n)));
        for (const [n, name] of names.entries()) assert.strictEqual((yield* read(files, name))?.length, n, name);
        for (const name of names) yield* files.remove(name);
      }),
    },
  ],
};
