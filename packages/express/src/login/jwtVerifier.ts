import { createPublicKey, type KeyObject } from "node:crypto";
import { InvalidInput, StorageError } from "@deskwright/core";
import { type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import { keySet } from "./keySet.ts";
import { secretBytes } from "./secret.ts";
import { Unauthorized } from "./Unauthorized.ts";

/** What tokens are verified with. */
export type JwtKey =
  /** Signed and verified with the same text (HS256); 32 bytes or more of it, as RFC 7518, 3.2 wants. */
  | { readonly secret: string }
  /** A public key in PEM: RSA (RS256; 2,048 bits or more), P-256 (ES256), P-384 (ES384) or Ed25519 (EdDSA). */
  | { readonly publicKey: string }
  /** Where a login server publishes its public keys (RFC 7517), of the same kinds; kept for ten minutes at most. */
  | { readonly jwksUrl: string };

export interface JwtOptions {
  /** Whose tokens are taken (`iss`); anybody's who has the key by default. */
  readonly issuer?: string;
  /** Whom a token must be for (`aud`); by default that is not looked at. */
  readonly audience?: string;
  /** How far the clocks may differ; 0 by default. */
  readonly clockToleranceSeconds?: number;
  /** Refuses tokens without `exp`, which are good for ever; false by default. */
  readonly requireExpiry?: boolean;
}

/** Proves a token and tells its claims; rejects with `Unauthorized`. */
export type JwtVerifier = (token: string) => Promise<JWTPayload>;

/**
 * Makes a verifier of JSON Web Tokens (RFC 7519). The key decides which algorithms are taken, never the token, and none
 * is no algorithm (RFC 8725, 3.1). A secret that is short is taken, for a host may have one; an empty one is refused
 * here, as is a key that can't be read, with `InvalidInput`.
 *
 * The verifier rejects with `Unauthorized` whatever is wrong with a token, and with a `StorageError` that is retryable
 * (HTTP 503) where the published keys can't be fetched. An unknown `kid` has them fetched again, up to 5 times a
 * minute. Where several keys are published, a token must name its own (OpenID Connect Core, 10.1).
 *
 * @since 0.1.0
 */
export const jwtVerifier = (key: JwtKey, options: JwtOptions = {}): JwtVerifier => {
  const { issuer, audience, clockToleranceSeconds = 0, requireExpiry = false } = options;
  if (!(clockToleranceSeconds >= 0)) throw refusal("clockToleranceSeconds", "Expected 0 or more");
  const claims = {
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: requireExpiry ? ["exp"] : [],
  };
  const prove = proofWith(key, claims);
  return async (token) => {
    try {
      return (await prove(token)).payload;
    } catch (cause) {
      if (cause instanceof StorageError) throw cause;
      throw new Unauthorized(undefined, { cause });
    }
  };
};

const proofWith = (key: JwtKey, claims: JWTVerifyOptions) => {
  if ("jwksUrl" in key) {
    const url = URL.parse(key.jwksUrl);
    if (url?.protocol !== "https:" && url?.protocol !== "http:") throw refusal("jwksUrl", "Expected a URL");
    const keys: JWTVerifyGetKey = keySet(url);
    return (token: string) => jwtVerify(token, keys, { ...claims, algorithms: ["RS256", "ES256", "ES384", "EdDSA"] });
  }
  const [one, algorithm] = "secret" in key ? ([secretBytes(key.secret), "HS256"] as const) : publicKeyFrom(key);
  return (token: string) => jwtVerify(token, one, { ...claims, algorithms: [algorithm] });
};

/** A public key, and the one algorithm it is for (RFC 8725, 3.1). */
const publicKeyFrom = ({ publicKey }: { readonly publicKey: string }): readonly [KeyObject, string] => {
  const key = readKey(publicKey);
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= 2048) return [key, "RS256"];
  if (key.asymmetricKeyType === "ed25519") return [key, "EdDSA"];
  if (namedCurve === "prime256v1") return [key, "ES256"];
  if (namedCurve === "secp384r1") return [key, "ES384"];
  throw refusal("publicKey", "Expected a key of RSA (2,048 bits or more), P-256, P-384 or Ed25519");
};

const readKey = (pem: string): KeyObject => {
  try {
    return createPublicKey(pem);
  } catch {
    // What OpenSSL says of it would help nobody, and might quote it.
    throw refusal("publicKey", "Expected a public key in PEM");
  }
};

const refusal = (field: string, message: string) => new InvalidInput({ issues: [{ path: [field], message }] });
