import { createHmac, randomBytes } from "node:crypto";
import type { Helpdesk, User } from "@deskwright/core";
import type { RequestHandler, Response } from "express";
import { Refusal } from "./input.ts";
import { words } from "./words.ts";

/** Whoever brings no credentials. */
const firstUser = 1;

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The email address and the password of HTTP Basic (RFC 7617); null where the header is none of that. */
const credentialsOf = (header: string): Credentials | null => {
  const [, token] = header.match(/^Basic +([A-Za-z0-9+/]+=*) *$/i) ?? [];
  const text = Buffer.from(token ?? "", "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? null : { email: text.slice(0, colon), password: text.slice(colon + 1) };
};

/** Who passed a check before. It takes a good part of a second on purpose, and nobody's password changes here. */
class Known {
  readonly #users = new Map<string, number>();
  readonly #key = randomBytes(32);

  async find(desk: Helpdesk, { email, password }: Credentials): Promise<number | null> {
    const login = JSON.stringify([email.trim().toLowerCase(), password]);
    const key = createHmac("sha256", this.#key).update(login).digest("base64");
    const user = this.#users.get(key) ?? (await desk.passwords.check(email, password))?.id ?? null;
    if (user !== null) this.#users.set(key, user);
    return user;
  }
}

/** Finds out who is asking; who brings credentials that are no good is refused, whatever they ask. */
export const recognise = (desk: Helpdesk): RequestHandler => {
  const known = new Known();
  return async ({ headers: { authorization } }, res, next) => {
    const given = authorization === undefined ? null : credentialsOf(authorization);
    const user = given && (await known.find(desk, given));
    if (authorization !== undefined && user === null)
      throw new Refusal(401, "The email address or the password is wrong");
    res.locals["caller"] = user ?? firstUser;
    next();
  };
};

export const findUser = async (desk: Helpdesk, id: number): Promise<User | undefined> =>
  (await desk.users.list({ ids: [id] }))[0];

/** Who is asking. */
export const callerOf = async (desk: Helpdesk, res: Response): Promise<User> => {
  const id = res.locals["caller"] as number;
  const user = await findUser(desk, id);
  if (user === undefined) throw new Refusal(400, words.noUser(id));
  return user;
};
