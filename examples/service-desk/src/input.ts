import type { InvalidInput } from "@deskwright/core";
import type { Request } from "express";

/** A refusal in this API's own words. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** The wire's names of what the helpdesk calls otherwise. */
const wireNames: Readonly<Record<string, string>> = { name: "username", assignee: "operator_id", user: "operator_id" };

/** What is wrong with the input, by the wire's names; `text` is the name that this call has for what is said. */
export const inWireNames = ({ issues }: InvalidInput, text: string): string =>
  issues
    .map(({ path: [field = "", ...rest], message }) => {
      const name = field === "text" ? text : (wireNames[field] ?? field);
      return `${[name, ...rest].join(".")}: ${message}`;
    })
    .join("; ");

export const invalid = (field: string, what: string) => new Refusal(422, `${field}: ${what}`);

/** A parsed body as an object; what is not read here is the helpdesk's to check. */
export const bodyOf = <Fields extends string>(req: Request) =>
  (typeof req.body === "object" && req.body !== null ? req.body : {}) as Readonly<Record<Fields, never>>;

/** The number that a path names. */
export const idOf = (req: Request, name: string): number => {
  const text = String(req.params[name]);
  if (!/^\d{1,15}$/.test(text)) throw invalid(name, "Expected a number");
  return Number(text);
};

/** One of a few words. */
export const oneOf = <Word extends string>(field: string, given: unknown, words: ReadonlyArray<Word>): Word => {
  if (!words.includes(given as Word)) throw invalid(field, `Expected one of ${words.join(", ")}`);
  return given as Word;
};

/** Text that says something. */
export const textFrom = (field: string, given: unknown): string => {
  if (typeof given !== "string" || given.trim() === "") throw invalid(field, "Expected text that is not blank");
  return given;
};
