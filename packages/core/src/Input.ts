import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaIssue from "effect/SchemaIssue";
import { clean, isTooDeep } from "./clean.ts";
import { InvalidInput } from "./Errors.ts";

type Issues = ReadonlyArray<{ readonly path?: ReadonlyArray<unknown> | undefined; readonly message: string }>;

/** How many issues are told: what has more is not input that somebody got slightly wrong. */
const mostIssues = 100;

type Input = Schema.ConstraintDecoder<unknown>;

/** Reads input: what does not fit, an unknown field included, is an `InvalidInput` that names each field. */
export const readerOf = <S extends Input>(schema: S): ((input: unknown) => Result.Result<S["Type"], InvalidInput>) => {
  // Made when it is first used: a helpdesk has many, and a process that starts needs few.
  const decoder = lazy(() => Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" }));
  return (input) =>
    isTooDeep(input)
      ? Result.fail(invalid(deepFieldsOf(input).map((path) => ({ path, message: "Too deeply nested" }))))
      : Result.mapError(decoder()(clean(input)), ({ issue }) => invalid(formatter()(issue).issues));
};

/** The same for services: the effect fails with the `InvalidInput`. */
export const inputOf = <S extends Input>(schema: S): ((input: S["Type"]) => Effect.Effect<S["Type"], InvalidInput>) => {
  const read = readerOf(schema);
  return (input) => Effect.suspend(() => Effect.fromResult(read(input)));
};

const lazy = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** In the words of whoever fills in a form, not of whoever writes a schema. */
const plainWords: SchemaIssue.LeafHook = (issue) => {
  if (issue._tag === "MissingKey") return "Needed, and not given";
  if (issue._tag === "UnexpectedKey") return "There is no such field";
  return SchemaIssue.defaultLeafHook(issue);
};

const formatter = lazy(() => SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: plainWords }));

const deepFieldsOf = (input: unknown): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(input as object).flatMap(([key, value]) => (isTooDeep(value, 1) ? [[key]] : []));

const invalid = (issues: Issues) =>
  new InvalidInput({
    issues: issues.slice(0, mostIssues).map(({ path = [], message }) => ({
      path: path.map((key) => (typeof key === "number" ? key : String(key))),
      message,
    })),
  });

/** A refusal of one field. */
export const invalidField = (path: ReadonlyArray<string | number>, message: string) =>
  new InvalidInput({ issues: [{ path, message }] });
