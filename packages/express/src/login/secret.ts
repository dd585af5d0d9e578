import { InvalidInput } from "@deskwright/core";

/** A secret as HS256 takes it. One that is empty, or known to everybody, is refused. */
export const secretBytes = (secret: string): Uint8Array => {
  if (typeof secret !== "string" || secret === "") throw refusal("Expected a secret that is not empty");
  // Who verified HS256 with a public key would believe whoever knows it: everybody (RFC 8725, 2.1).
  if (secret.includes("-----BEGIN ")) throw refusal("Expected a secret; a public key is passed as publicKey");
  return new TextEncoder().encode(secret);
};

const refusal = (message: string) => new InvalidInput({ issues: [{ path: ["secret"], message }] });
