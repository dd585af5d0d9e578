import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { startExample } from "../../../scripts/startExample.ts";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a body is what came over the wire; the tests say what it must be.
  readonly body: any;
  readonly headers: Headers;
}

/** Somebody who calls the API, with credentials or without. */
const callerOf = (base: string, authorization: string | null) => {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base}/api${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(authorization === null ? {} : { Authorization: authorization }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
  };
  return {
    get: (path: string) => call("GET", path),
    post: (path: string, body?: unknown) => call("POST", path, body),
    patch: (path: string, body?: unknown) => call("PATCH", path, body),
  };
};

const basic = (email: string, password: string) => `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}`;

let people = 0;

/** The system in a process of its own, and people that nobody else has. */
export const startDesk = async (settings: Readonly<Record<string, string>> = {}) => {
  const directory = mkdtempSync(join(tmpdir(), "service-desk-"));
  const server = await startExample("service-desk", { DATA_DIR: directory, ...settings });
  const nobody = callerOf(server.url, null);
  return {
    ...nobody,
    directory,
    url: server.url,
    with: (authorization: string) => callerOf(server.url, authorization),
    /** A new user: as the API shows them, and as somebody who calls it. */
    user: async () => {
      const given = {
        email: `user${++people}@people.example`,
        username: `user ${people}`,
        password: `secret: №${people}`,
      };
      const { status, body } = await nobody.post("/users", given);
      expect(status).toBe(201);
      const authorization = basic(given.email, given.password);
      return {
        ...callerOf(server.url, authorization),
        authorization,
        shown: body.data,
        password: given.password,
      };
    },
    output: () => server.output(),
    stop: () => server.stop(),
    end: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
export type Desk = Awaited<ReturnType<typeof startDesk>>;
export type Caller = Awaited<ReturnType<Desk["user"]>>;

export { basic };

/** A time on the wire: without a zone, and with microseconds. */
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
export const id = expect.any(Number);
