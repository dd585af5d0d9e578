import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "@deskwright/core";
import { SignJWT } from "jose";

/** The secret that tokens are signed with: made at the first start and kept, for this system user's eyes alone. */
export const keptSecret = (directory: string): string => {
  const path = join(directory, "secret");
  const fresh = `${path}.${process.pid}`;
  mkdirSync(directory, { recursive: true });
  try {
    // Written first and named then: whoever is killed in between leaves no empty secret.
    writeFileSync(fresh, randomBytes(32).toString("base64url"), { mode: 0o600 });
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(path, "utf8");
};

/** A token for a day, to try things with. */
export const tokenFor = ({ id }: User, secret: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(String(id))
    .setExpirationTime("24h")
    .sign(new TextEncoder().encode(secret));
