import { InvalidInput } from "@deskwright/core";
import type { Request } from "express";

/** The wire's names of what the helpdesk calls otherwise. */
const wireNames: Readonly<Record<string, string>> = { offset: "skip", assignee: "assigned_to", files: "attachments" };

/** A refusal in the wire's own words; `text` is the name that this call has for what is said. */
export const inWireNames = (error: unknown, text: string): unknown =>
  error instanceof InvalidInput
    ? new InvalidInput({
        issues: error.issues.map(({ path: [field = "", ...rest], message }) => ({
          path: [field === "text" ? text : (wireNames[field] ?? field), ...rest],
          message,
        })),
      })
    : error;

export const refusal = (path: ReadonlyArray<string | number>, message: string) =>
  new InvalidInput({ issues: [{ path, message }] });

/** A number of a path or query; what is none is left as it is, for the helpdesk to refuse. */
export const numberFrom = (text: unknown): unknown =>
  typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : text;

/** A parsed body as an object; its fields are the helpdesk's to check. */
export const bodyOf = <Fields extends string>(req: Request) =>
  (typeof req.body === "object" && req.body !== null ? req.body : {}) as Readonly<Record<Fields, never>>;

export const idOf = (req: Request, name: string): number => {
  const id = numberFrom(req.params[name]);
  if (typeof id !== "number") throw refusal([name], "Expected a number");
  return id;
};
