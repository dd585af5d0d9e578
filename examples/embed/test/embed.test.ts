import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "../../../scripts/startExample.ts";

let shop: RunningExample;
beforeAll(async () => {
  shop = await startExample("embed", {});
});
afterAll(() => shop.stop());

const call = async (method: string, path: string, { cookie = "", body }: { cookie?: string; body?: unknown } = {}) => {
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers: { "Content-Type": "application/json", cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};

const login = async (email: string, password: string) => {
  const { status, headers } = await call("POST", "/login", { body: { email, password } });
  expect(status).toBe(200);
  return headers.get("set-cookie")?.split(";")[0] ?? "";
};

test("who is logged in at the shop opens tickets with no other login, and those who work there answer", async () => {
  const ada = await login("ada@example.com", "analytical");
  const ben = await login("ben@example.com", "support");
  const ticket = { subject: "Printer on fire", text: "It burns." };
  const opened = await call("POST", "/support/tickets", { cookie: ada, body: ticket });
  expect(opened.status).toBe(201);
  const path = `/support/tickets/${opened.body.id}`;
  expect((await call("POST", `${path}/messages`, { cookie: ben, body: { text: "Step away." } })).status).toBe(201);
  const { body: messages } = await call("GET", `${path}/messages`, { cookie: ada });
  expect(messages.map(({ text }: { text: string }) => text)).toEqual(["It burns.", "Step away."]);
  const { body: requester } = await call("GET", `/support/users/${opened.body.requester}`, { cookie: ben });
  expect(requester).toMatchObject({ externalId: "u-7f3", name: "Ada", email: "ada@example.com", role: "customer" });
  expect(requester.emailVerified).toBe(true);
  const charles = await login("charles@example.com", "difference");
  expect((await call("GET", path, { cookie: charles })).status).toBe(404);
});

test("what is longer than the shop's own parser takes is no trouble for support", async () => {
  const ada = await login("ada@example.com", "analytical");
  const ticket = { subject: "A long story", text: "It burns. ".repeat(15_000) };
  expect((await call("POST", "/support/tickets", { cookie: ada, body: ticket })).status).toBe(201);
});

test("whoever is not logged in at the shop gets no support", async () => {
  expect((await call("GET", "/support/tickets")).status).toBe(401);
  expect((await call("GET", "/support/tickets", { cookie: "session=stolen" })).status).toBe(401);
});

test("the shop's own pages are as they were", async () => {
  const ada = await login("ada@example.com", "analytical");
  expect((await call("GET", "/orders", { cookie: ada })).body).toEqual([
    { number: 17, of: "u-7f3", what: "A printer" },
  ]);
  expect((await call("GET", "/orders")).status).toBe(401);
  expect((await call("POST", "/login", { body: { email: "ada@example.com", password: "?" } })).status).toBe(401);
});

test("fewer than thirty lines were added", () => {
  const added = readFileSync(join(import.meta.dirname, "..", "src", "support.ts"), "utf8");
  expect(added.trimEnd().split("\n").length).toBeLessThan(30);
});
