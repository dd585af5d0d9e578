/** A fenced TypeScript example of a page. */
export interface Fence {
  readonly page: string;
  /** The line the example begins at, from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether it is run for real, as its fence says: ```ts run */
  readonly isRun: boolean;
}

/** What a page may take as given in an example, named behind its fence: ```ts given=desk,app */
const givens: Readonly<Record<string, string>> = {
  desk: 'declare const desk: import("@deskwright/core").Helpdesk;',
  app: 'declare const app: import("express").Express;',
  server: 'declare const server: import("node:http").Server;',
};

/** The examples of a page, each with what it takes as given. */
export const fencesOf = (page: string, text: string): ReadonlyArray<Fence> => {
  const fences: Array<Fence> = [];
  for (const match of text.matchAll(/^```ts([^\n]*)\n([\s\S]*?)^```/gm)) {
    const [, words = "", code = ""] = match;
    const names =
      words
        .trim()
        .match(/^given=(\S+)$/)?.[1]
        ?.split(",") ?? [];
    const given = names.map((name) => {
      const declaration = givens[name];
      if (declaration === undefined) throw new Error(`${page}: nothing is given under the name "${name}"`);
      return declaration;
    });
    const line = text.slice(0, match.index).split("\n").length;
    fences.push({ page, line, isRun: words.trim() === "run", code: [...given, code, "export {};"].join("\n") });
  }
  return fences;
};
