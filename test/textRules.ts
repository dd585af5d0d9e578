import type { Source } from "./importRules.ts";
import { linesOf } from "./repository.ts";

/** Something a committed file must not say, and why. */
interface Forbidden {
  readonly pattern: RegExp;
  readonly why: string;
  /** Only in files whose path matches. */
  readonly where?: RegExp;
}

// Spelled with a class in each pattern, so that this file does not contain what it forbids.
const forbidden: ReadonlyArray<Forbidden> = [
  { pattern: /(?<![\w.-])[/]work[/]\w/, why: "is a path of somebody's machine" },
  { pattern: /(?<![\w.-])[/]root[/.]/, why: "is a path of somebody's machine" },
  { pattern: /[.][.][/]shared\b/, why: "points outside the repository" },
  { pattern: /\bregistry[.](?:npmjs|yarnpkg)\b|\bnpm[.]pkg[.]github\b/, why: "names a package registry" },
  { pattern: /https?:[/][/]|\btarball:/, why: "makes the lockfile depend on one registry", where: /^pnpm-lock\.yaml$/ },
];

/** Every forbidden word of the files, each with its file, line and reason. */
export const forbiddenWords = (files: ReadonlyArray<Source>): ReadonlyArray<string> =>
  files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      forbidden
        .filter(({ where }) => where === undefined || where.test(path))
        .flatMap(({ pattern, why }) => {
          const found = line.match(pattern)?.[0];
          return found === undefined ? [] : [`${path}:${index + 1} "${found}" ${why}`];
        }),
    ),
  );

const skip = /(?<![\w.])(?:it|test|describe|suite|layer)(?:\.\w+)*\.(?:skip|only|todo|fails|skipIf|runIf)\b/;

/** Every test that is skipped, left for later, expected to fail, or pushes the others aside. */
export const skippedTests = (files: ReadonlyArray<Source>): ReadonlyArray<string> =>
  files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const found = line.match(skip)?.[0];
      return found === undefined ? [] : [`${path}:${index + 1} ${found}: a test runs, or it goes`];
    }),
  );

/** Every file with more lines than `limit`. */
export const tooLong = (files: ReadonlyArray<Source>, limit: number): ReadonlyArray<string> =>
  files
    .filter(({ text }) => linesOf(text) > limit)
    .map(
      ({ path, text }) => `${path} has ${linesOf(text)} lines, more than ${limit}: give its parts files of their own`,
    );

/** The middle length of the files in lines. */
export const medianLines = (files: ReadonlyArray<Source>): number => {
  const lengths = files.map(({ text }) => linesOf(text)).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
};
