import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { startExample } from "../../../scripts/startExample.ts";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a body is what came over the wire; the tests say what it must be.
  readonly body: any;
}

/** Calls an API that speaks JSON; a redirect is an answer as any other. */
const callerOf = (base: () => string) => {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base()}${path}`, {
      method,
      redirect: "manual",
      ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  return {
    get: (path: string) => call("GET", path),
    post: (path: string, body?: unknown) => call("POST", path, body),
    patch: (path: string, body?: unknown) => call("PATCH", path, body),
  };
};

let people = 0;

/** The system in a process of its own, and people that nobody else has. */
export const startDesk = async (settings: Readonly<Record<string, string>> = {}) => {
  const directory = mkdtempSync(join(tmpdir(), "email-desk-"));
  const start = () => startExample("email-desk", { DATA_DIR: directory, ...settings });
  let server = await start();
  const api = callerOf(() => server.url);

  const person = async (role: "user" | "operator", name = `${role} ${++people}`): Promise<number> => {
    const email = `${name.replaceAll(" ", "-")}@people.example`;
    const { status, body } = await api.post("/users/", { name, email, role });
    expect([status, body.role]).toEqual([201, role]);
    return body.id as number;
  };

  return {
    ...api,
    directory,
    url: () => server.url,
    output: () => server.output(),
    user: (name?: string) => person("user", name),
    operator: (name?: string) => person("operator", name),
    /** A ticket that the API opened, as it was answered. */
    open: async (given: Readonly<Record<string, unknown>> = {}) => {
      const user_id = given["user_id"] ?? (await person("user"));
      const { status, body } = await api.post("/tickets/", {
        subject: "Printer",
        message: "It burns",
        ...given,
        user_id,
      });
      expect(status).toBe(201);
      return body;
    },
    kill: () => server.stop("SIGKILL"),
    stop: () => server.stop(),
    restart: async () => {
      server = await start();
    },
    end: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
export type Desk = Awaited<ReturnType<typeof startDesk>>;

/** A time on the wire: ISO 8601 in UTC. */
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const id = expect.any(Number);
