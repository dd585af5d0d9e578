import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { InvalidInput } from "@deskwright/core";
import { type JWTPayload, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { type JwtKey, type JwtOptions, jwtVerifier, Unauthorized } from "../src/login.ts";

const secret = "a secret that is as long as RFC 7518 wants it to be";
const bytes = (text: string) => new TextEncoder().encode(text);
const rsaPair = (modulusLength = 2048) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  return { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(), privateKey };
};
const rsa = rsaPair();
const otherRsa = rsaPair();

const seconds = () => Math.floor(Date.now() / 1000);
const sign = (claims: JWTPayload, key: Uint8Array | KeyObject = bytes(secret), alg = "HS256") =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Signed by hand, for what no decent library would sign. */
const forged = (header: object, claims: object, signingKey: string) => {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", signingKey).update(signed).digest("base64url")}`;
};
const refused = async (token: string, key: JwtKey, options?: JwtOptions) => {
  const error = await jwtVerifier(key, options)(token).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Unauthorized);
  expect(error).toMatchObject({ _tag: "Unauthorized", status: 401, message: "The token is not valid here." });
  return error as Unauthorized;
};

describe("a token is good where", () => {
  test("it is signed with the secret", async () => {
    const claims = { sub: "7", role: "admin", exp: seconds() + 60 };
    expect(await jwtVerifier({ secret })(await sign(claims))).toEqual(claims);
  });

  test("it is signed with a secret shorter than 32 bytes, which a host may have", async () => {
    expect(await jwtVerifier({ secret: "s" })(await sign({ sub: "7" }, bytes("s")))).toEqual({ sub: "7" });
  });

  test("its claims are not the types one expects, for those are the host's to read", async () => {
    const token = forged({ alg: "HS256", typ: "JWT" }, { sub: 7, user_id: 7 }, secret);
    expect(await jwtVerifier({ secret })(token)).toEqual({ sub: 7, user_id: 7 });
  });

  test("it is signed with the private key of a public key, of each kind", async () => {
    const pairs = [
      ["RS256", rsa.publicKey, rsa.privateKey],
      ...(
        [
          ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
          ["ES384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
          ["EdDSA", generateKeyPairSync("ed25519")],
        ] as const
      ).map(
        ([alg, { publicKey, privateKey }]) =>
          [alg, publicKey.export({ type: "spki", format: "pem" }).toString(), privateKey] as const,
      ),
    ] as const;
    for (const [alg, publicKey, privateKey] of pairs) {
      const verify = jwtVerifier({ publicKey });
      expect(await verify(await sign({ sub: alg }, privateKey, alg))).toEqual({ sub: alg });
    }
  });

  test("it never ends, unless ends are asked for", async () => {
    const token = await sign({ sub: "7" });
    expect(await jwtVerifier({ secret })(token)).toEqual({ sub: "7" });
    await refused(token, { secret }, { requireExpiry: true });
  });

  test("it is of the issuer and for the audience that are asked for", async () => {
    const claims = { iss: "https://login.example.com", aud: ["support", "shop"] };
    const verify = jwtVerifier({ secret }, { issuer: "https://login.example.com", audience: "support" });
    expect(await verify(await sign(claims))).toEqual(claims);
  });

  test("it ended or begins within the difference of the clocks that is allowed", async () => {
    const verify = jwtVerifier({ secret }, { clockToleranceSeconds: 60 });
    expect(await verify(await sign({ exp: seconds() - 20 }))).toHaveProperty("exp");
    expect(await verify(await sign({ nbf: seconds() + 20 }))).toHaveProperty("nbf");
    await refused(await sign({ exp: seconds() - 90 }), { secret }, { clockToleranceSeconds: 60 });
  });
});

describe("a token is refused, in the same words, where", () => {
  test.each(["none", "None", "NONE", "nOnE", ""])("its algorithm is %j", async (alg) => {
    for (const signature of ["", "x", createHmac("sha256", secret).update("x").digest("base64url")]) {
      const token = `${part({ alg, typ: "JWT" })}.${part({ sub: "1", role: "admin" })}.${signature}`;
      await refused(token, { secret });
      await refused(token, { publicKey: rsa.publicKey });
    }
  });

  test("it is signed with another secret or another key", async () => {
    await refused(await sign({ sub: "1" }, bytes(`${secret}!`)), { secret });
    await refused(await sign({ sub: "1" }, otherRsa.privateKey, "RS256"), { publicKey: rsa.publicKey });
  });

  test("it is signed with the public key as if that were a secret (RFC 8725, 2.1)", async () => {
    const spellings = [rsa.publicKey, rsa.publicKey.trim(), rsa.publicKey.replaceAll("\n", "\r\n")];
    for (const spelling of spellings)
      for (const alg of ["HS256", "HS384", "RS256"])
        await refused(forged({ alg, typ: "JWT" }, { sub: "1", role: "admin" }, spelling), {
          publicKey: rsa.publicKey,
        });
  });

  test("its algorithm is another one than the key's", async () => {
    for (const alg of ["HS384", "HS512"])
      await refused(await sign({ sub: "1" }, bytes(secret.repeat(2)), alg), { secret });
    for (const alg of ["RS384", "RS512", "PS256"])
      await refused(await sign({ sub: "1" }, rsa.privateKey, alg), { publicKey: rsa.publicKey });
    await refused(await sign({ sub: "1" }, rsa.privateKey, "RS256"), { secret });
  });

  test("it brings its own key", async () => {
    const jwk = { ...otherRsa.privateKey.export({ format: "jwk" }) } as Record<string, string>;
    const header = { alg: "RS256", jwk: { kty: "RSA", n: jwk["n"], e: jwk["e"] } };
    const token = await new SignJWT({ sub: "1" }).setProtectedHeader(header as never).sign(otherRsa.privateKey);
    await refused(token, { publicKey: rsa.publicKey });
  });

  test("its claims or its header were changed after it was signed", async () => {
    const [header = "", , signature = ""] = (await sign({ sub: "7", role: "customer" })).split(".");
    await refused(`${header}.${part({ sub: "7", role: "admin" })}.${signature}`, { secret });
    await refused(`${part({ alg: "HS256", kid: "x" })}.${part({ sub: "7", role: "customer" })}.${signature}`, {
      secret,
    });
  });

  test("it has ended, in this very second too", async () => {
    await refused(await sign({ exp: seconds() - 1 }), { secret });
    await refused(await sign({ exp: seconds() }), { secret });
  });

  test("it is not good yet", async () => {
    await refused(await sign({ nbf: seconds() + 60 }), { secret });
  });

  test("its times are no numbers", async () => {
    await refused(forged({ alg: "HS256" }, { exp: "2999-01-01" }, secret), { secret });
    await refused(forged({ alg: "HS256" }, { nbf: null }, secret), { secret });
  });

  test("it is for another audience, or for none", async () => {
    await refused(await sign({ aud: "shop" }), { secret }, { audience: "support" });
    await refused(await sign({ aud: ["shop"] }), { secret }, { audience: "support" });
    await refused(await sign({}), { secret }, { audience: "support" });
  });

  test("it is of another issuer, or of none", async () => {
    await refused(
      await sign({ iss: "https://login.example.com.evil" }),
      { secret },
      { issuer: "https://login.example.com" },
    );
    await refused(await sign({}), { secret }, { issuer: "https://login.example.com" });
  });

  test("it names an extension as critical that nobody here knows (RFC 7515, 4.1.11)", async () => {
    await refused(forged({ alg: "HS256", crit: ["exp"], exp: 1 }, { sub: "1" }, secret), { secret });
  });

  const malformed = [
    "",
    ".",
    "..",
    "a.b",
    "a.b.c",
    "a.b.c.d",
    "not a token",
    "ä.ö.ü",
    `${part({})}.${part({})}.`,
    "null",
  ];
  test.each(malformed)("it is malformed: %j", async (token) => {
    await refused(token, { secret });
    await refused(token, { publicKey: rsa.publicKey });
  });

  test.each(["[]", "null", '"text"', "7", "{", ""])("its claims are %j, which is no object", async (claims) => {
    const signed = `${part({ alg: "HS256" })}.${Buffer.from(claims).toString("base64url")}`;
    const signature = createHmac("sha256", secret).update(signed).digest("base64url");
    await refused(`${signed}.${signature}`, { secret });
  });

  test.each([undefined, null, 7, {}])("it is %j and no text at all", async (token) => {
    await refused(token as never, { secret });
  });
});

test("what is wrong with a token is told to the log alone", async () => {
  const error = await refused(await sign({ exp: 1 }), { secret });
  expect(error.cause).toMatchObject({ code: "ERR_JWT_EXPIRED" });
  expect(JSON.stringify(error)).not.toContain("EXPIRED");
});

describe("a verifier is not made", () => {
  const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
  test.each<[string, string, () => unknown]>([
    ["of an empty secret", "secret", () => jwtVerifier({ secret: "" })],
    ["of no secret", "secret", () => jwtVerifier({ secret: undefined as never })],
    ["of a public key as the secret", "secret", () => jwtVerifier({ secret: rsa.publicKey })],
    ["of a public key that is none", "publicKey", () => jwtVerifier({ publicKey: "-----BEGIN PUBLIC KEY-----\nx" })],
    ["of a public key that is missing", "publicKey", () => jwtVerifier({ publicKey: undefined as never })],
    ["of RSA with less than 2,048 bits", "publicKey", () => jwtVerifier({ publicKey: rsaPair(1024).publicKey })],
    [
      "of a curve that is not listed",
      "publicKey",
      () => jwtVerifier({ publicKey: pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey) }),
    ],
    ["of an address that is none", "jwksUrl", () => jwtVerifier({ jwksUrl: "login.example.com" })],
    ["of a file", "jwksUrl", () => jwtVerifier({ jwksUrl: "file:///etc/passwd" })],
    ["with a tolerance below 0", "clockToleranceSeconds", () => jwtVerifier({ secret }, { clockToleranceSeconds: -1 })],
    [
      "with a tolerance that is no number",
      "clockToleranceSeconds",
      () => jwtVerifier({ secret }, { clockToleranceSeconds: Number.NaN }),
    ],
  ])("%s", (_, field, make) => {
    expect(make).toThrow(InvalidInput);
    expect(make).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path: [field] })] }));
  });

  test("and a refused key is not quoted", () => {
    const pair = createPrivateKey(rsa.privateKey.export({ type: "pkcs8", format: "pem" }));
    const broken = pair.export({ type: "pkcs8", format: "pem" }).toString().slice(0, 400);
    expect(() => jwtVerifier({ publicKey: broken })).toThrow(/^publicKey: Expected a public key in PEM \(see [^ ]+\)$/);
  });
});
