import { createHelpdesk, type Helpdesk, InvalidInput, StorageError, type User } from "@deskwright/core";
import { memory, Storage } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import express, { type RequestHandler } from "express";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { actorFromToken, jwtVerifier, type PasswordLoginOptions, passwordLogin } from "../src/login.ts";
import { serving } from "./loginServer.ts";

const secret = "a secret that is as long as RFC 7518 wants it to be";
const right = "correct horse battery staple";
const wrongWords = "The email address or the password is wrong.";

let desk: Helpdesk;
let ann: User;
beforeAll(async () => {
  desk = await createHelpdesk({ run: { workers: 0 } });
  ann = await desk.users.create({ role: "agent", name: "Ann", email: "ann@example.com" });
  await desk.passwords.set(ann.id, right);
  await desk.users.create({ name: "No password", email: "none@example.com" });
  const gone = await desk.users.create({ name: "Gone", email: "gone@example.com" });
  await desk.passwords.set(gone.id, right);
  await desk.users.update(gone.id, { active: false });
});
afterAll(() => desk.close());

interface Setup extends Partial<PasswordLoginOptions> {
  readonly at?: Helpdesk;
  readonly before?: ReadonlyArray<RequestHandler>;
}

/** A server of its own for each test, so that none counts another's failures. */
const loginAt = async ({ at = desk, before = [], ...options }: Setup = {}) => {
  const app = express().set("trust proxy", true);
  for (const handler of before) app.use(handler);
  app.use("/auth", passwordLogin(at, { secret, ...options }));
  const url = `${await serving(app)}/auth/login`;
  return async (body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };
};
const asAnn = (password = right) => ({ email: "ann@example.com", password });

test("a login is answered a bearer token that says who it is, for an hour, and that nobody may keep", async () => {
  const login = await loginAt();
  const { status, headers, json } = await login(asAnn());
  expect(status).toBe(200);
  expect(json).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: 3600 });
  expect(headers.get("cache-control")).toBe("no-store");
  const claims = await jwtVerifier({ secret })(json.access_token);
  expect(claims).toEqual({ sub: String(ann.id), role: "agent", iat: expect.any(Number), exp: expect.any(Number) });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
});

test("an address is the same in capitals and with spaces around", async () => {
  const login = await loginAt();
  expect(await login({ email: "  Ann@Example.COM ", password: right })).toMatchObject({ status: 200 });
});

test("issuer, audience and end are written as they are set, and then asked for", async () => {
  const login = await loginAt({ issuer: "us", audience: "support", expiresInSeconds: 60 });
  const { json } = await login(asAnn());
  expect(json.expires_in).toBe(60);
  const claims = await jwtVerifier({ secret }, { issuer: "us", audience: "support" })(json.access_token);
  expect(claims).toMatchObject({ iss: "us", aud: "support" });
});

test("users of another tenant log in at that tenant's desk, and nowhere else", async () => {
  const acme = desk.as({ role: "system", tenant: "acme" });
  const user = await acme.users.create({ role: "admin", email: "boss@acme.example" });
  await acme.passwords.set(user.id, right);
  const url = await serving(express().use(passwordLogin(acme, { secret })));
  const response = await fetch(`${url}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "boss@acme.example", password: right }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  expect(await jwtVerifier({ secret })(access_token)).toMatchObject({ sub: String(user.id), tenant: "acme" });
  const actor = actorFromToken(jwtVerifier({ secret }));
  expect(await actor({ headers: { authorization: `Bearer ${access_token}` } })).toEqual({
    role: "admin",
    user: user.id,
    tenant: "acme",
  });
  const elsewhere = await loginAt();
  expect(await elsewhere({ email: "boss@acme.example", password: right })).toMatchObject({ status: 401 });
});

test("an unknown user, a wrong password, an inactive user and one without a password are told the same", async () => {
  const login = await loginAt();
  const answers = await Promise.all([
    login({ email: "nobody@example.com", password: right }),
    login(asAnn("wrong")),
    login({ email: "gone@example.com", password: right }),
    login({ email: "none@example.com", password: right }),
  ]);
  for (const { status, headers, json } of answers) {
    expect(status).toBe(401);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(json).toMatchObject({ status: 401, title: "Unauthorized", code: "Unauthorized", detail: wrongWords });
  }
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

describe("a body that is no login is refused by field", () => {
  const cases: ReadonlyArray<[string, unknown, ReadonlyArray<string>]> = [
    ["an empty object", {}, ["email", "password"]],
    ["an array", [], ["email", "password"]],
    ["no email", { password: right }, ["email"]],
    ["no password", { email: "ann@example.com" }, ["password"]],
    ["an empty password", asAnn(""), ["password"]],
    ["a password of more than 1,000 characters", asAnn("x".repeat(1001)), ["password"]],
    ["a number as the password", { email: "ann@example.com", password: 12345678 }, ["password"]],
    ["an email that is none", { email: "ann", password: right }, ["email"]],
    ["an email that is an object", { email: { $ne: "" }, password: right }, ["email"]],
    ["an email of more than 320 characters", { email: `${"a".repeat(320)}@b.c`, password: right }, ["email"]],
    ["an email with a NUL", { email: "ann\0@example.com", password: right }, ["email"]],
    ["half a letter", { email: "ann@example.com", password: "\ud800" }, ["password"]],
    ["a field that is not known", { ...asAnn(), role: "admin" }, ["role"]],
  ];
  test.each(cases)("%s", async (_, body, fields) => {
    const login = await loginAt();
    const { status, headers, json } = await login(body);
    expect(status).toBe(422);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(json.errors.map(({ path }: { path: ReadonlyArray<string> }) => path.join("."))).toEqual(fields);
  });

  test("one that is no JSON, or not said to be", async () => {
    const login = await loginAt();
    expect(await login("{")).toMatchObject({ status: 400, json: { status: 400 } });
    expect(await login(asAnn(), { "content-type": "text/plain" })).toMatchObject({ status: 422 });
  });

  test("one of more than 16 KB", async () => {
    const login = await loginAt();
    expect(await login({ ...asAnn(), more: "x".repeat(20_000) })).toMatchObject({ status: 413, json: { status: 413 } });
  });
});

test("a body that the host has parsed already is used as it is", async () => {
  const login = await loginAt({ before: [express.json()] });
  expect(await login(asAnn())).toMatchObject({ status: 200 });
  expect(await login(asAnn("wrong"))).toMatchObject({ status: 401 });
  expect(await login({})).toMatchObject({ status: 422 });
});

test("every other request is the host's", async () => {
  const app = express().use(passwordLogin(desk, { secret }));
  app.use((req, res) => void res.send(`the host's ${req.method} ${req.path}`));
  const url = await serving(app);
  expect(await (await fetch(`${url}/login`)).text()).toBe("the host's GET /login");
  expect(await (await fetch(`${url}/logout`, { method: "POST" })).text()).toBe("the host's POST /logout");
});

describe("too many failures", () => {
  /** A clock that stands still until it is moved. */
  const stopped = () => {
    const clock = { at: 1_800_000_000_000 };
    return { clock, now: () => clock.at };
  };
  const quarter = 15 * 60_000;

  test("of an account shut it for 15 minutes, to the right password too, and to nobody else", async () => {
    const { clock, now } = stopped();
    const login = await loginAt({ now });
    for (let failure = 0; failure < 10; failure++) {
      expect(await login(asAnn("wrong"))).toMatchObject({ status: 401 });
      clock.at += 1000;
    }
    const { status, headers, json } = await login(asAnn());
    expect(status).toBe(429);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(json).toMatchObject({ status: 429, code: "RateLimited" });
    // The first failure was 10 s ago.
    expect(headers.get("retry-after")).toBe(String(15 * 60 - 10));
    expect(await login({ email: "ANN@example.com ", password: right })).toMatchObject({ status: 429 });
    expect(await login({ email: "gone@example.com", password: "wrong" })).toMatchObject({ status: 401 });
    clock.at += quarter - 10_000 - 1;
    expect(await login(asAnn())).toMatchObject({ status: 429 });
    clock.at += 1;
    expect(await login(asAnn())).toMatchObject({ status: 200 });
  });

  test("of a user whom nobody knows look the same", async () => {
    const login = await loginAt({ failuresPerAccount: 2 });
    const nobody = { email: "nobody@example.com", password: "wrong" };
    expect((await login(nobody)).status).toBe(401);
    expect((await login(nobody)).status).toBe(401);
    expect((await login(nobody)).status).toBe(429);
  });

  test("are forgotten when the account logs in", async () => {
    const login = await loginAt({ failuresPerAccount: 2 });
    for (let round = 0; round < 3; round++) {
      expect((await login(asAnn("wrong"))).status).toBe(401);
      expect((await login(asAnn())).status).toBe(200);
    }
  });

  test("are counted one by one where a hundred guesses come at once", async () => {
    const login = await loginAt({ failuresPerAccount: 3 });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, guess) => login(asAnn(`guess ${guess}`))));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(97);
  });

  test("are none where the right password comes often at once", async () => {
    const login = await loginAt({ failuresPerAccount: 2 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(asAnn())));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  });

  test("of an address shut it for every account, and other addresses not", async () => {
    const { clock, now } = stopped();
    const login = await loginAt({ now, failuresPerAddress: 3 });
    const from = (ip: string) => ({ "x-forwarded-for": ip });
    for (const email of ["a@example.com", "b@example.com", "c@example.com"])
      expect((await login({ email, password: "wrong" }, from("192.0.2.1"))).status).toBe(401);
    const refused = await login(asAnn(), from("192.0.2.1"));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "900"]);
    expect((await login(asAnn(), from("::ffff:192.0.2.1"))).status).toBe(429);
    expect((await login(asAnn(), from("192.0.2.2"))).status).toBe(200);
    clock.at += quarter;
    expect((await login(asAnn(), from("192.0.2.1"))).status).toBe(200);
  });

  test("of one /64 of IPv6 are one address's", async () => {
    const login = await loginAt({ failuresPerAddress: 2 });
    const from = (ip: string) => ({ "x-forwarded-for": ip });
    const wrong = (user: string, ip: string) => login({ email: `${user}@example.com`, password: "wrong" }, from(ip));
    expect((await wrong("a", "2001:db8:1:2::1")).status).toBe(401);
    expect((await wrong("b", "2001:db8:1:2:ffff:ffff:ffff:ffff")).status).toBe(401);
    expect((await login(asAnn(), from("2001:0DB8:0001:0002:0:0:0:3"))).status).toBe(429);
    expect((await login(asAnn(), from("2001:db8:1:3::1"))).status).toBe(200);
  });

  test("are counted by the address of the connection where no proxy is trusted", async () => {
    const app = express().use(passwordLogin(desk, { secret, failuresPerAddress: 1 }));
    const url = await serving(app);
    const login = (ip: string) =>
      fetch(`${url}/login`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": ip },
        body: JSON.stringify(asAnn("wrong")),
      });
    expect((await login("192.0.2.1")).status).toBe(401);
    expect((await login("192.0.2.2")).status).toBe(429);
  });

  test("are not what an unusable body is counted as", async () => {
    const login = await loginAt({ failuresPerAccount: 1, failuresPerAddress: 1 });
    for (let round = 0; round < 5; round++) expect((await login({ email: "ann@example.com" })).status).toBe(422);
    expect((await login(asAnn())).status).toBe(200);
  });

  test("are not what a storage that is away is counted as: that is answered 503", async () => {
    const line = { isCut: false };
    const away = Effect.fail(new StorageError({ reason: "connection refused", retryable: true }));
    const storage = Layer.effect(
      Storage,
      Effect.map(Storage, (store) => ({
        ...store,
        find: (...asked: Parameters<typeof store.find>) => (line.isCut ? away : store.find(...asked)),
      })),
    ).pipe(Layer.provide(memory()));
    const frail = await createHelpdesk({ storage, run: { workers: 0 } });
    onTestFinished(() => frail.close());
    const user = await frail.users.create({ email: "ann@example.com" });
    await frail.passwords.set(user.id, right);
    const login = await loginAt({ at: frail, failuresPerAccount: 1, failuresPerAddress: 1 });
    line.isCut = true;
    for (let round = 0; round < 3; round++) {
      const { status, text } = await login(asAnn());
      expect(status).toBe(503);
      expect(text).not.toContain("connection refused");
    }
    line.isCut = false;
    expect((await login(asAnn())).status).toBe(200);
  });
});

describe("a login is not made", () => {
  test.each([
    ["of an empty secret", { secret: "" }, "secret"],
    ["of a public key", { secret: "-----BEGIN PUBLIC KEY-----" }, "secret"],
    ["for no time", { expiresInSeconds: 0 }, "expiresInSeconds"],
    ["for half a second", { expiresInSeconds: 0.5 }, "expiresInSeconds"],
    ["with no failures", { failuresPerAccount: 0 }, "failuresPerAccount"],
    ["with failures that are no number", { failuresPerAddress: Number.NaN }, "failuresPerAddress"],
    ["with a window below 0", { windowSeconds: -1 }, "windowSeconds"],
  ])("%s", (_, options, field) => {
    const make = () => passwordLogin(desk, { secret, ...options });
    expect(make).toThrow(InvalidInput);
    expect(make).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path: [field] })] }));
  });
});
