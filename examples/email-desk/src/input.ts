import { InvalidInput } from "@deskwright/core";
import type { Request } from "express";

/** The wire's names of what the helpdesk calls otherwise. */
const wireNames: Readonly<Record<string, string>> = {
  offset: "skip",
  assignee: "operator_id",
  user: "user_id",
  text: "message",
};

/** A refusal in the wire's own words. */
export const inWireNames = ({ issues }: InvalidInput) =>
  new InvalidInput({
    issues: issues.map(({ path: [field = "", ...rest], message }) => ({
      path: [wireNames[field] ?? field, ...rest],
      message,
    })),
  });

export const refusal = (field: string, message: string) => new InvalidInput({ issues: [{ path: [field], message }] });

/** A parsed body as an object; what is not read here is the helpdesk's to check. */
export const bodyOf = <Fields extends string>(req: Request) =>
  (typeof req.body === "object" && req.body !== null ? req.body : {}) as Readonly<Record<Fields, never>>;

/** A number of a path or query; what is none is left as it is, for the helpdesk to refuse. */
export const numberFrom = (given: unknown): unknown =>
  typeof given === "string" && /^\d{1,15}$/.test(given) ? Number(given) : given;

/** Somebody's or something's number. */
export const idFrom = (field: string, given: unknown): number => {
  const id = numberFrom(given);
  if (!Number.isSafeInteger(id)) throw refusal(field, "Expected a number");
  return id as number;
};

/** One of a few words. */
export const oneOf = <Word extends string>(field: string, given: unknown, words: ReadonlyArray<Word>): Word => {
  if (!words.includes(given as Word)) throw refusal(field, `Expected one of ${words.join(", ")}`);
  return given as Word;
};

/** Text that says something. */
export const textFrom = (field: string, given: unknown): string => {
  if (typeof given !== "string" || given.trim() === "") throw refusal(field, "Expected text that is not blank");
  return given;
};

/** An address that mail can be sent to. */
export const addressFrom = (field: string, given: unknown): string => {
  const address = textFrom(field, given).trim();
  if (address.length > 320 || !/^[^\s@]+@[^\s@]+$/.test(address)) throw refusal(field, "Expected an email address");
  return address;
};
