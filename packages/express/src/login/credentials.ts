import { InvalidInput } from "@deskwright/core";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The body of a login; `InvalidInput` names each field that can't be one. */
export const credentialsFrom = (body: unknown): Credentials => {
  const { email, password, ...others } = (typeof body === "object" && body !== null ? body : {}) as Record<
    keyof Credentials,
    unknown
  >;
  const issues = Object.keys(others).map((field) => ({ path: [field], message: "Expected no such field" }));
  if (!isText(email, 320) || !/^\s*[^\s@]+@[^\s@]+\s*$/.test(email))
    issues.push({ path: ["email"], message: "Expected an email address" });
  if (!isText(password, 1000))
    issues.push({ path: ["password"], message: "Expected a password of 1 to 1,000 characters" });
  if (issues.length > 0) throw new InvalidInput({ issues });
  return { email, password } as Credentials;
};

/** Text that any store can look for. */
const isText = (input: unknown, most: number): input is string =>
  typeof input === "string" && input !== "" && input.length <= most && input.isWellFormed() && !input.includes("\0");
