import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { keptSecret } from "../src/secret.ts";
import { type Reference, send, startReference } from "./reference.ts";

const directory = mkdtempSync(join(tmpdir(), "express-server-"));
let server: Reference;
beforeAll(async () => {
  server = await startReference({ DATA_DIR: directory });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("the printed calls open a ticket and show it", async () => {
  const [open, list] = server.requests;
  expect(server.requests).toHaveLength(2);
  const opened = await fetch(open?.url ?? "", open?.init);
  expect(opened.status).toBe(201);
  const { id } = (await opened.json()) as { id: number };
  const listed = await fetch(list?.url ?? "", list?.init);
  expect(listed.status).toBe(200);
  expect(await listed.json()).toMatchObject({ items: [{ id, subject: "Printer on fire", status: "open" }] });
});

test("the API has pages to read and to try it, and a contract for programs", async () => {
  const page = await fetch(`${server.url}/support/docs`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
  expect(await page.text()).toContain("swagger-ui");
  const { status, body } = await send(`${server.url}/support/openapi.json`);
  expect(status).toBe(200);
  expect(body.openapi).toMatch(/^3\.1/);
  expect(Object.keys(body.paths).join(" ")).toContain("/tickets");
});

test("it says whether it is well", async () => {
  expect(await send(`${server.url}/health`)).toStrictEqual({ status: 200, body: { status: "ok" } });
});

test("nobody gets in without a token, nor with a wrong one", async () => {
  expect((await send(`${server.url}/support/tickets`)).status).toBe(401);
  expect((await send(`${server.url}/support/tickets`, { token: "nonsense" })).status).toBe(401);
});

test.each(["abc", "1.5", "-1", "99999999999999999999", undefined])(
  "nobody is who a good token names %s",
  async (sub) => {
    const signing = new SignJWT().setProtectedHeader({ alg: "HS256" }).setExpirationTime("1h");
    if (sub !== undefined) signing.setSubject(sub);
    const token = await signing.sign(new TextEncoder().encode(keptSecret(directory)));
    expect(await send(`${server.url}/support/tickets`, { token })).toMatchObject({
      status: 401,
      body: { status: 401 },
    });
  },
);

test("what fails outside the helpdesk is told as a problem, with nothing of the inside", async () => {
  const response = await fetch(`${server.url}/outbox/%zz`);
  expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  expect(await response.text()).not.toMatch(/node_modules|\.ts|<html/);
});

test("a user with a password logs in, and is out at once when they are made inactive", async () => {
  const admin = { token: server.admin };
  const user = { name: "Ben", email: "ben@example.com", role: "agent" };
  const { status, body: ben } = await send(`${server.url}/support/users`, { ...admin, method: "POST", body: user });
  expect(status).toBe(201);
  const password = { password: "correct horse" };
  const set = { ...admin, method: "PUT", body: password };
  expect((await send(`${server.url}/support/users/${ben.id}/password`, set)).status).toBe(204);
  const login = (password: string) =>
    send(`${server.url}/login`, { method: "POST", body: { email: "ben@example.com", password } });
  expect((await login("wrong horse")).status).toBe(401);
  const { status: welcome, body } = await login("correct horse");
  expect(welcome).toBe(200);
  const me = () => send(`${server.url}/support/me`, { token: body.access_token });
  expect(await me()).toStrictEqual({ status: 200, body: { role: "agent", user: ben.id, tenant: "default" } });
  const leave = { ...admin, method: "PATCH", body: { active: false } };
  expect((await send(`${server.url}/support/users/${ben.id}`, leave)).status).toBe(200);
  expect((await me()).status).toBe(401);
});

test("the live feed tells of what happens", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/support/live?token=${server.admin}`);
  const told = new Promise<number>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "hello") socket.send(JSON.stringify({ type: "subscribe", inbox: true, ref: 1 }));
      if (frame.type === "subscribed")
        send(`${server.url}/support/tickets`, {
          method: "POST",
          token: server.customer,
          body: { subject: "Live", text: "Are you there?" },
        }).catch(reject);
      if (frame.type === "event" && frame.event.type === "TicketOpened") resolve(frame.event.ticketId);
    });
  });
  const { body } = await send(`${server.url}/support/tickets/${await told}`, { token: server.admin });
  expect(body.subject).toBe("Live");
  socket.close();
});

test("after a stop and a start everything is there, and the tokens of before are good", async () => {
  const tickets = () => send(`${server.url}/support/tickets`, { token: server.admin });
  const before = await tickets();
  const { admin, customer } = server;
  expect(await server.stop()).toBe(0);
  server = await startReference({ DATA_DIR: directory });
  expect(await tickets()).toStrictEqual(before);
  for (const token of [admin, customer]) expect((await send(`${server.url}/support/me`, { token })).status).toBe(200);
  expect(statSync(join(directory, "secret")).mode & 0o777).toBe(0o600);
});
