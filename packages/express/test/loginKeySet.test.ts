import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { StorageError } from "@deskwright/core";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { jwtVerifier, Unauthorized } from "../src/login.ts";
import { serving } from "./loginServer.ts";

interface Pair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

const newPair = (kid: string): Pair => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" } };
};

// RSA keys take long to make: one of each name is enough.
const pairs = new Map(["one", "two", "old", "next", "known", "stranger"].map((kid) => [kid, newPair(kid)]));
const pair = (kid: string): Pair => pairs.get(kid) as Pair;

const sign = ({ kid, privateKey }: Pick<Pair, "kid" | "privateKey">, sub = kid) =>
  new SignJWT({ sub }).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);

/** A login server that publishes keys, can replace them, and can fail. */
const loginServer = async (...published: ReadonlyArray<Pair>) => {
  const state = {
    keys: published.map(({ jwk }) => jwk),
    status: 200,
    body: null as string | null,
    fetches: 0,
    url: "",
  };
  const address = await serving((_req, res) => {
    state.fetches += 1;
    res.writeHead(state.status, { "Content-Type": "application/json" });
    res.end(state.body ?? JSON.stringify({ keys: state.keys }));
  });
  state.url = `${address}/.well-known/jwks.json`;
  return state;
};

test("published keys are fetched once for many tokens", async () => {
  const [one, two] = [pair("one"), pair("two")];
  const server = await loginServer(one, two);
  const verify = jwtVerifier({ jwksUrl: server.url });
  const tokens = [await sign(one), await sign(two), await sign(one)];
  expect(await Promise.all(tokens.map(verify))).toEqual([{ sub: "one" }, { sub: "two" }, { sub: "one" }]);
  expect(await verify(await sign(two))).toEqual({ sub: "two" });
  expect(server.fetches).toBe(1);
});

test("a new key is found by its first token, and the one it replaced is good no more", async () => {
  const [old, next] = [pair("old"), pair("next")];
  const server = await loginServer(old);
  const verify = jwtVerifier({ jwksUrl: server.url });
  expect(await verify(await sign(old))).toEqual({ sub: "old" });
  server.keys = [next.jwk];
  expect(await verify(await sign(next))).toEqual({ sub: "next" });
  await expect(verify(await sign(old))).rejects.toThrow(Unauthorized);
});

test("tokens that name keys which never were have the keys fetched five times a minute at most", async () => {
  const [known, stranger] = [pair("known"), pair("stranger")];
  const server = await loginServer(known);
  const verify = jwtVerifier({ jwksUrl: server.url });
  expect(await verify(await sign(known))).toEqual({ sub: "known" });
  for (let number = 0; number < 20; number++)
    await expect(verify(await sign({ ...stranger, kid: `no-${number}` }))).rejects.toThrow(Unauthorized);
  expect(server.fetches).toBe(6);
  expect(await verify(await sign(known))).toEqual({ sub: "known" });
});

test("a token signed with another key under a published key's name is refused", async () => {
  const [known, stranger] = [pair("known"), pair("stranger")];
  const verify = jwtVerifier({ jwksUrl: (await loginServer(known)).url });
  await expect(verify(await sign({ ...stranger, kid: "known" }))).rejects.toThrow(Unauthorized);
});

test("a published secret is not used, nor a public key as a secret", async () => {
  const known = pair("known");
  const k = Buffer.from("everybody can read this one secret").toString("base64url");
  const server = await loginServer(known);
  server.keys.push({ kty: "oct", kid: "secret", k, alg: "HS256" });
  const verify = jwtVerifier({ jwksUrl: server.url });
  const bySecret = new SignJWT({ sub: "1" }).setProtectedHeader({ alg: "HS256", kid: "secret" });
  await expect(verify(await bySecret.sign(Buffer.from(k, "base64url")))).rejects.toThrow(Unauthorized);
  const byPublicKey = new SignJWT({ sub: "1" }).setProtectedHeader({ alg: "HS256", kid: "known" });
  const bytes = new TextEncoder().encode(JSON.stringify(known.jwk));
  await expect(verify(await byPublicKey.sign(bytes))).rejects.toThrow(Unauthorized);
});

test("a token without a kid is good where one key is published, and refused where it could mean two", async () => {
  const [one, two] = [pair("one"), pair("two")];
  const token = await new SignJWT({ sub: "1" }).setProtectedHeader({ alg: "RS256" }).sign(one.privateKey);
  expect(await jwtVerifier({ jwksUrl: (await loginServer(one)).url })(token)).toEqual({ sub: "1" });
  await expect(jwtVerifier({ jwksUrl: (await loginServer(one, two)).url })(token)).rejects.toThrow(Unauthorized);
});

test("issuer, audience and end are asked for with published keys, too", async () => {
  const one = pair("one");
  const verify = jwtVerifier({ jwksUrl: (await loginServer(one)).url }, { issuer: "us", audience: "support" });
  const signed = (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(one.privateKey);
  expect(await verify(await signed({ iss: "us", aud: "support" }))).toEqual({ iss: "us", aud: "support" });
  for (const claims of [
    { iss: "them", aud: "support" },
    { iss: "us", aud: "shop" },
    { iss: "us", aud: "support", exp: 1 },
  ])
    await expect(verify(await signed(claims))).rejects.toThrow(Unauthorized);
});

const outage = async (verified: Promise<unknown>, url: string) => {
  const error = await verified.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StorageError);
  expect(error).toMatchObject({ retryable: true, reason: `the key set of ${new URL(url).host} can't be fetched` });
};

test.each<[string, number, string | null]>([
  ["fails", 500, null],
  ["moved", 302, null],
  ["answers no JSON", 200, "<html>"],
  ["answers no keys", 200, "{}"],
])("a login server that %s is an outage and no bad token, and is asked again", async (_, status, body) => {
  const one = pair("one");
  const server = await loginServer(one);
  const verify = jwtVerifier({ jwksUrl: server.url });
  const token = await sign(one);
  Object.assign(server, { status, body });
  await outage(verify(token), server.url);
  Object.assign(server, { status: 200, body: null });
  expect(await verify(token)).toEqual({ sub: "one" });
});

test("a login server that is away is an outage for unknown keys, and the known ones stay good", async () => {
  const [known, next] = [pair("known"), pair("next")];
  const server = await loginServer(known);
  const verify = jwtVerifier({ jwksUrl: server.url });
  expect(await verify(await sign(known))).toEqual({ sub: "known" });
  server.status = 503;
  for (let number = 0; number < 10; number++) await outage(verify(await sign(next)), server.url);
  expect(await verify(await sign(known))).toEqual({ sub: "known" });
  Object.assign(server, { status: 200, keys: [known.jwk, next.jwk] });
  expect(await verify(await sign(next))).toEqual({ sub: "next" });
});

test("a login server that nobody answers at is an outage", async () => {
  const url = await serving((req) => req.socket.destroy());
  await outage(jwtVerifier({ jwksUrl: url })(await sign(pair("one"))), url);
});
