import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningExample, startExample } from "../../../scripts/startExample.ts";

const secret = "a secret that only the tests know";

const base64url = (data: string | Buffer) => Buffer.from(data).toString("base64url");

/** A JSON Web Token made by hand, so that nothing of ours judges itself. */
export const sign = (payload: object, { key = secret, alg = "HS256" }: { key?: string; alg?: string } = {}) => {
  const text = `${base64url(JSON.stringify({ alg, typ: "JWT" }))}.${base64url(JSON.stringify(payload))}`;
  return `${text}.${alg === "none" ? "" : base64url(createHmac("sha256", key).update(text).digest())}`;
};

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a body is what came over the wire; the tests say what it must be.
  readonly body: any;
  readonly headers: Headers;
}

/** Somebody with a token who calls the API. */
export const callerOf = (base: string, token: string | null) => {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof FormData ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
  };
  return {
    token,
    call,
    get: (path: string) => call("GET", path),
    post: (path: string, body?: unknown) => call("POST", path, body),
    patch: (path: string, body: unknown) => call("PATCH", path, body),
  };
};
export type TestCaller = ReturnType<typeof callerOf>;

let people = 0;

/** The system in a process of its own, with people nobody else has. */
export const startSupport = async (settings: Readonly<Record<string, string>> = {}) => {
  const directory = mkdtempSync(join(tmpdir(), "realtime-support-"));
  const server: RunningExample = await startExample("realtime-support", {
    JWT_SECRET: secret,
    DATA_DIR: directory,
    ...settings,
  });
  const base = `${server.url}/api/v1/support`;
  const as = (role: "user" | "admin", id = ++people) => ({ id, ...callerOf(base, sign({ sub: id, role })) });
  return {
    ...server,
    base,
    directory,
    user: (id?: number) => as("user", id),
    admin: (id?: number) => as("admin", id),
    end: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
export type Support = Awaited<ReturnType<typeof startSupport>>;
