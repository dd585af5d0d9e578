import { createHelpdesk } from "@deskwright/core";
import express from "express";
import { SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { actorFromToken, bearerToken, jwtVerifier, passwordLogin, Unauthorized } from "../src/login.ts";
import { serving } from "./loginServer.ts";

const secret = "a secret that is as long as RFC 7518 wants it to be";

describe("the token of a request is", () => {
  test.each<[string | undefined, string | null]>([
    ["Bearer a.b.c", "a.b.c"],
    ["bearer a.b.c", "a.b.c"],
    ["BEARER   a.b.c  ", "a.b.c"],
    ["Bearer", null],
    ["Bearer ", null],
    ["Bearer a b", null],
    ["Bearera.b.c", null],
    ["Basic Ym9iOnB3", null],
    ["", null],
    [undefined, null],
  ])("with the header %j: %j", (authorization, token) => {
    expect(bearerToken({ headers: { authorization } })).toBe(token);
  });

  test.each<[string | undefined, string | null]>([
    ["/ws?token=a.b.c", "a.b.c"],
    ["/ws?after=7&token=a.b.c&token=d", "a.b.c"],
    ["/ws?next=/x?token=no&token=a%2Eb.c", "a.b.c"],
    ["/ws?token=", null],
    ["/ws?Token=a.b.c", null],
    ["/ws", null],
    ["//", null],
    ["/ws?token=%E0%A4%A", "\uFFFD%A"],
    [undefined, null],
  ])("at the address %j, where a query parameter is asked for: %j", (url, token) => {
    expect(bearerToken({ headers: {}, url }, { query: "token" })).toBe(token);
  });

  test("not in the address, where none is asked for", () => {
    expect(bearerToken({ headers: {}, url: "/ws?token=a.b.c" })).toBeNull();
    expect(bearerToken({ headers: {}, url: "/ws?access_token=a.b.c" }, { query: "token" })).toBeNull();
  });

  test("the header's where there are both", () => {
    const request = { headers: { authorization: "Bearer header" }, url: "/ws?token=query" };
    expect(bearerToken(request, { query: "token" })).toBe("header");
  });
});

test("a user who logged in acts as themselves with the token, and nobody does without", async () => {
  const desk = await createHelpdesk({ run: { workers: 0 } });
  onTestFinished(() => desk.close());
  const ann = await desk.users.create({ role: "customer", email: "ann@example.com" });
  const bob = await desk.users.create({ role: "customer", email: "bob@example.com" });
  await desk.passwords.set(ann.id, "correct horse");
  await desk.tickets.open({ subject: "Bob's", text: "…", requester: bob.id });

  const app = express().use(passwordLogin(desk, { secret }));
  const actor = actorFromToken(jwtVerifier({ secret }));
  app.get("/tickets", async (req, res) => {
    const who = await actor(req);
    if (who === null) throw new Unauthorized("Expected a token.");
    const mine = desk.as(who);
    await mine.tickets.open({ subject: "Ann's", text: "…" });
    res.json((await mine.tickets.list()).items.map(({ subject, requester }) => ({ subject, requester })));
  });
  const url = await serving(app);

  const login = await fetch(`${url}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "ann@example.com", password: "correct horse" }),
  });
  const { access_token } = (await login.json()) as { access_token: string };
  const seen = await fetch(`${url}/tickets`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(await seen.json()).toEqual([{ subject: "Ann's", requester: ann.id }]);

  // Express itself reads the status and the headers from the error.
  for (const headers of [{}, { authorization: "Bearer x.y.z" }]) {
    const refused = await fetch(`${url}/tickets`, { headers });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  }
});

describe("the actor of a token", () => {
  const actorOf = async (claims: Record<string, unknown>) => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
    return actorFromToken(jwtVerifier({ secret }))({ headers: { authorization: `Bearer ${token}` } });
  };

  test("has its user, its role and its tenant", async () => {
    expect(await actorOf({ sub: "7", role: "agent" })).toEqual({ role: "agent", user: 7 });
    expect(await actorOf({ sub: "7", role: "customer", tenant: "acme" })).toEqual({
      role: "customer",
      user: 7,
      tenant: "acme",
    });
  });

  test("is read from the address of a WebSocket's handshake where that is asked for", async () => {
    const token = await new SignJWT({ sub: "7", role: "admin" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    const request = { headers: {}, url: `/live?token=${token}` };
    expect(await actorFromToken(jwtVerifier({ secret }), { query: "token" })(request)).toEqual({
      role: "admin",
      user: 7,
    });
    expect(await actorFromToken(jwtVerifier({ secret }))(request)).toBeNull();
  });

  test.each([
    [{ role: "admin" }],
    [{ sub: 7, role: "admin" }],
    [{ sub: "0", role: "admin" }],
    [{ sub: "-7", role: "admin" }],
    [{ sub: "7e3", role: "admin" }],
    [{ sub: "07", role: "admin" }],
    [{ sub: "7\n", role: "admin" }],
    [{ sub: "99999999999999999999", role: "admin" }],
    [{ sub: "7" }],
    [{ sub: "7", role: "system" }],
    [{ sub: "7", role: "rule" }],
    [{ sub: "7", role: ["admin"] }],
    [{ sub: "7", role: "admin", tenant: "" }],
    [{ sub: "7", role: "admin", tenant: 7 }],
    [{ sub: "7", role: "admin", tenant: null }],
  ])("is nobody with the claims %j, though they are signed", async (claims) => {
    await expect(actorOf(claims)).rejects.toThrow(Unauthorized);
  });
});
