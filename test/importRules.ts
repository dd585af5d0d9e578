import { dirname, join } from "node:path/posix";

/** One import or re-export of a file: of what, and whether only of types. */
export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** A source file, by its path from the root of the repository. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<=^|\s)\/\/.*$/gm, "");

/** The imports a file states, static and dynamic. */
export const importsOf = (text: string): ReadonlyArray<Import> => {
  const code = withoutComments(text);
  const found: Array<Import> = [];
  for (const [, clause = "", from = ""] of code.matchAll(/^(?:import|export)\b([^;"'`=]*?)\bfrom\s*"([^"]+)"/gm)) {
    const names = clause.trim().match(/^\{([\s\S]*)\}$/)?.[1];
    const each = names?.split(",").filter((name) => name.trim() !== "");
    const typeOnly = /^\s*type\b/.test(clause) || (each?.every((name) => /^\s*type\s/.test(name)) ?? false);
    found.push({ from, typeOnly });
  }
  for (const [, from = ""] of code.matchAll(/^import\s*"([^"]+)"/gm)) found.push({ from, typeOnly: false });
  for (const [, from = ""] of code.matchAll(/\bimport\(\s*"([^"]+)"/g)) found.push({ from, typeOnly: false });
  return found;
};

type Kind = "pure" | "data" | "port" | "service" | "part" | "adapter" | "bridge" | "wiring";

/** Lowercase files of core that are not pure functions, and why. */
const exempt: Readonly<Record<string, Kind>> = {
  // The doors only say what is public.
  "index.ts": "wiring",
  "effect.ts": "wiring",
  "memory.ts": "wiring",
  // Puts every service together, and hands them over as promises.
  "createHelpdesk.ts": "wiring",
  "Desk.ts": "wiring",
  "Helpdesk.ts": "wiring",
  // Effects to promises and back: the only `runPromise` and `tryPromise`.
  "promises.ts": "bridge",
  // Makes a port out of an object of promises, for authors who know no Effect.
  "storageFromPromises.ts": "wiring",
};

const ports = ["Storage.ts", "file/FileStore.ts", "channel/Channel.ts"];

/** The in-memory adapters live in core, and obey the rules of an adapter whatever the case of a file's name. */
const adapters = "memory/";

/** Services whose work it is to bring folders together. */
const joining = [
  // Follows up every change of a ticket: status, rules, SLA, notices.
  "React.ts",
  // Makes tickets and messages of what came in.
  "inbox/Inbox.ts",
  "inbox/Arrivals.ts",
  "inbox/Intakes.ts",
  "inbox/Reports.ts",
  // Runs channels and their jobs, and says how they are.
  "Traffic.ts",
  "Health.ts",
  // Sweeps what every folder leaves behind.
  "Housekeeping.ts",
  // Runs durable handlers as jobs.
  "Subscriptions.ts",
];

const core = "packages/core/src/";
const inCore = (path: string) => path.slice(core.length);
const folderOf = (path: string) => dirname(inCore(path));
const isEffect = (from: string) => from === "effect" || from.startsWith("effect/") || from.startsWith("@effect/");

/**
 * What a file of core is. A capital file that names a `Context.Service` is a service; one that uses more of Effect than
 * Schema and Context does something too, and is a part of services; the others are data.
 */
export const kindOf = ({ path, text }: Source): Kind => {
  const file = inCore(path);
  const known = exempt[file];
  if (known !== undefined) return known;
  if (file.startsWith(adapters)) return "adapter";
  if (/^[a-z]/.test(file.split("/").at(-1) ?? "")) return "pure";
  if (ports.includes(file)) return "port";
  if (/\bextends Context\.Service\b/.test(text)) return "service";
  const acts = importsOf(text).some(
    ({ from, typeOnly }) => isEffect(from) && !typeOnly && from !== "effect/Schema" && from !== "effect/Context",
  );
  return acts ? "part" : "data";
};

const impure =
  /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bcrypto\.(?:random|getRandom)\w*/;

type Verdict = string | undefined;

/** Judges an import of one file of core by another; `undefined` = fine. */
const judgeInside = (source: Source, kind: Kind, target: Source, typeOnly: boolean): Verdict => {
  const what = kindOf(target);
  const sameFolder = folderOf(source.path) === folderOf(target.path);
  const fromRoot = folderOf(target.path) === ".";
  if (kind === "wiring") return undefined;
  if (what === "wiring") return "only doors and the wiring import a door or the wiring";
  if (what === "adapter" && kind !== "adapter") return "core never imports an adapter; the memory door hands it out";
  const acts = what === "service" || what === "part";
  switch (kind) {
    case "pure":
      if (what === "pure" && !typeOnly && !sameFolder && !fromRoot)
        return "a pure file imports pure files of its own folder or of the root";
      if (what !== "pure" && what !== "data") return `a pure file never imports a ${what}`;
      return what === "pure" || typeOnly ? undefined : "a pure file imports data with `import type`";
    case "data":
      return what === "data" || what === "pure" ? undefined : `data never imports a ${what}`;
    case "port":
    case "bridge":
      return acts ? `a ${kind} never imports a ${what}` : undefined;
    case "adapter":
      return what === "service" ? "an adapter never imports a service" : undefined;
    case "service":
    case "part":
      if (!acts || sameFolder || fromRoot || joining.includes(inCore(source.path))) return undefined;
      return `a service never imports the ${what} of another folder; ${joining.join(", ")} and Helpdesk.ts may`;
  }
};

const judgeCore = (source: Source, bySource: ReadonlyMap<string, Source>): ReadonlyArray<string> => {
  const kind = kindOf(source);
  const verdicts = importsOf(source.text).flatMap(({ from, typeOnly }) => {
    const say = (verdict: Verdict) => (verdict === undefined ? [] : [`imports ${from}: ${verdict}`]);
    if (from.startsWith(".")) {
      const target = join(dirname(source.path), from);
      if (!target.startsWith(core)) return say("a package never reaches into another one by path");
      return say(judgeInside(source, kind, bySource.get(target) ?? { path: target, text: "" }, typeOnly));
    }
    if (kind === "pure") return say("a pure file imports no package");
    if (from.startsWith("node:") && ["data", "port", "bridge"].includes(kind))
      return say(`a ${kind} file imports nothing of Node.js`);
    if (!from.startsWith("node:") && !isEffect(from)) return say("core depends on effect alone");
    if (kind === "port" && !typeOnly && from !== "effect/Context" && from !== "effect/Schema")
      return say("a port imports only types of effect, and Context or Schema");
    return [];
  });
  const clock = kind === "pure" ? withoutComments(source.text).match(impure)?.[0] : undefined;
  return clock === undefined ? verdicts : [...verdicts, `uses ${clock}: a pure file never reads a clock or randomness`];
};

/** What each other package may import of ours. A package that is not named here is an adapter. */
const adapter = ["@deskwright/core/effect"];
const mayImport: Readonly<Record<string, ReadonlyArray<string>>> = {
  api: ["@deskwright/core", "@deskwright/core/effect"],
  express: ["@deskwright/core", "@deskwright/core/effect", "@deskwright/api"],
  websocket: ["@deskwright/core", "@deskwright/api"],
  testkit: ["@deskwright/core", "@deskwright/core/effect", "@deskwright/core/memory"],
  // Channels are written with promises alone.
  email: ["@deskwright/core"],
  client: ["@deskwright/api"],
};

const within = (from: string, module: string) => from === module || from.startsWith(`${module}/`);

/** Modules that one package, or a few, have to themselves. */
const reserved: ReadonlyArray<{
  readonly modules: ReadonlyArray<string>;
  readonly packages: ReadonlyArray<string>;
  readonly rule: string;
}> = [
  {
    modules: ["effect/sql", "@effect/sql-pg", "@electric-sql/pglite", "pg"],
    packages: ["postgres"],
    rule: "only packages/postgres speaks SQL",
  },
  {
    modules: ["effect/http-api"],
    packages: ["api", "express"],
    rule: "only packages/api defines the HTTP contract, and packages/express mounts it",
  },
];

const judgeReserved = (name: string, from: string): ReadonlyArray<string> =>
  reserved.flatMap(({ modules, packages, rule }) =>
    !packages.includes(name) && modules.some((module) => within(from, module)) ? [`imports ${from}: ${rule}`] : [],
  );

const judgePackage = (name: string, source: Source): ReadonlyArray<string> =>
  importsOf(source.text).flatMap(({ from }) => {
    if (from.startsWith("."))
      return join(dirname(source.path), from).startsWith(`packages/${name}/`)
        ? []
        : [`imports ${from}: a package never reaches into another one by path`];
    const allowed = mayImport[name] ?? adapter;
    if (!from.startsWith("@deskwright/") || allowed.includes(from)) return [];
    return [`imports ${from}: packages/${name} imports of ours only ${allowed.join(", ")}`];
  });

/** Every breach of the import rules among the files of `packages/*\/src`, each with its file and its rule. */
export const breaches = (sources: ReadonlyArray<Source>): ReadonlyArray<string> => {
  const bySource = new Map(sources.map((source) => [source.path, source]));
  return sources.flatMap((source) => {
    const name = source.path.split("/")[1] ?? "";
    const found = name === "core" ? judgeCore(source, bySource) : judgePackage(name, source);
    const taken = importsOf(source.text).flatMap(({ from }) => judgeReserved(name, from));
    return [...found, ...taken].map((what) => `${source.path} ${what}`);
  });
};
