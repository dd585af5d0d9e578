import {
  Conflict,
  InvalidInput,
  InvalidTransition,
  NotAllowed,
  NotFound,
  RateLimited,
  StorageError,
} from "@deskwright/core";
import * as Schema from "effect/Schema";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/contract/Problem.ts";
import { HttpError, problemOf, statusOf } from "../src/index.ts";

const secret = new Error("connect ECONNREFUSED 10.1.2.3:5432");

const cases: ReadonlyArray<readonly [thrown: unknown, status: number, code: string]> = [
  [new NotFound({ kind: "ticket", id: 7 }), 404, "NotFound"],
  [new InvalidInput({ issues: [{ path: ["files", 0], message: "no" }] }), 422, "InvalidInput"],
  [
    new InvalidTransition({ ticketId: 7, from: "open", to: "won", allowed: ["closed"], missing: ["assignee"] }),
    409,
    "InvalidTransition",
  ],
  [new Conflict({ kind: "ticket", id: 7 }), 409, "Conflict"],
  [new NotAllowed({ action: "ticket.remove", reason: "no" }), 403, "NotAllowed"],
  [new RateLimited({ action: "login", retryAfterMs: 1500 }), 429, "RateLimited"],
  [new StorageError({ reason: secret.message, retryable: true, cause: secret }), 503, "StorageError"],
  [new StorageError({ reason: secret.message, retryable: false, cause: secret }), 500, "StorageError"],
  [new HttpError(412, "VersionMismatch", "no"), 412, "VersionMismatch"],
  [Object.assign(new Error("no"), { status: 401 }), 401, "Unauthorized"],
  [Object.assign(secret, { status: 502 }), 500, "InternalError"],
  [Object.assign(new Error("no"), { status: "404" }), 500, "InternalError"],
  [Object.assign(new Error("no"), { _tag: "SomebodyElses" }), 500, "InternalError"],
  [secret, 500, "InternalError"],
  ["a text", 500, "InternalError"],
  [undefined, 500, "InternalError"],
];

describe("a problem", () => {
  test.each(cases)("of %s has the status %i and the code %s", (thrown, status, code) => {
    const problem = problemOf(thrown);
    expect(problem).toMatchObject({ type: "about:blank", status, code });
    expect(statusOf(thrown)).toBe(status);
    expect(Schema.is(Problem)(problem)).toBe(true);
  });

  test.each(cases)("of %s tells nothing of the inside", (thrown) => {
    expect(JSON.stringify(problemOf(thrown))).not.toMatch(/ECONNREFUSED|10\.1\.2\.3|cause|stack/);
  });

  test.each(cases)("of %s names no page that its reader does not have", (thrown) => {
    expect(problemOf(thrown).detail).not.toMatch(/docs\/|\(see/);
    if (thrown instanceof NotFound) expect(thrown.message).toContain("docs/reference/errors.md#notfound");
  });

  test("says what is wrong in one sentence", () => {
    expect(problemOf(cases[0]?.[0]).detail).toBe("There is no ticket 7.");
    expect(problemOf(cases[1]?.[0]).detail).toBe("files.0: no");
  });

  test("names the fields that are not usable, and where a ticket can go", () => {
    expect(problemOf(cases[1]?.[0]).errors).toEqual([{ path: ["files", 0], message: "no" }]);
    const tooLarge = new HttpError(413, "FileTooLarge", "Too large", "photo");
    expect(problemOf(tooLarge).errors).toEqual([{ path: ["photo"], message: "Too large" }]);
    expect(problemOf(cases[2]?.[0])).toMatchObject({
      from: "open",
      to: "won",
      allowed: ["closed"],
      missing: ["assignee"],
    });
  });
});
