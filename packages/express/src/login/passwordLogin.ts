import { type Desk, InvalidInput, RateLimited, type User } from "@deskwright/core";
import { defaultTenant } from "@deskwright/core/effect";
import express, { type ErrorRequestHandler, Router } from "express";
import { SignJWT } from "jose";
import { sendJson, sendProblem } from "../answers.ts";
import { type Credentials, credentialsFrom } from "./credentials.ts";
import { networkOf } from "./network.ts";
import { secretBytes } from "./secret.ts";
import { Throttle } from "./Throttle.ts";
import { Turns } from "./Turns.ts";
import { Unauthorized } from "./Unauthorized.ts";

export interface PasswordLoginOptions {
  /** What tokens are signed with (HS256), the same as `jwtVerifier` is given; 32 bytes or more (RFC 7518, 3.2). */
  readonly secret: string;
  /** How long a token is good, also where its user is deactivated meanwhile; 3,600 by default. */
  readonly expiresInSeconds?: number;
  /** Written into the tokens (`iss`); none by default. */
  readonly issuer?: string;
  /** Written into the tokens (`aud`); none by default. */
  readonly audience?: string;
  /** How often an account may fail in `windowSeconds` before even the right password waits; 10 by default. */
  readonly failuresPerAccount?: number;
  /** How often a client address, or one /64 of IPv6, may; 100 by default. */
  readonly failuresPerAddress?: number;
  /** 900 by default. */
  readonly windowSeconds?: number;
  /** The time in milliseconds; the system's by default. */
  readonly now?: () => number;
}

/**
 * A router with `POST /login` for `{ email, password }`, answered `{ access_token, token_type, expires_in }` as in
 * RFC 6749, 5.1. The token's claims are `sub` (our user's id), `role`, and `tenant` where it is not `"default"`;
 * `actorFromToken` reads them. For the users of another tenant pass `desk.as({ role: "system", tenant })`.
 *
 * An unknown user, a wrong password and an inactive user are all answered 401 in the same words; too many failures 429
 * with `Retry-After`. They are counted in this process, for 10,000 accounts and as many addresses; a login resets those
 * of its account. Client addresses are Express's `req.ip`: set `trust proxy` where one stands in front.
 *
 * @since 0.1.0
 */
export const passwordLogin = (desk: Desk, options: PasswordLoginOptions): Router => {
  const { expiresInSeconds = 3600, failuresPerAccount = 10, failuresPerAddress = 100 } = options;
  const { windowSeconds = 900, now = Date.now } = options;
  demandPositive({ expiresInSeconds, failuresPerAccount, failuresPerAddress, windowSeconds });
  const secret = secretBytes(options.secret);
  const accounts = new Throttle({ limit: failuresPerAccount, windowMs: windowSeconds * 1000, now });
  const addresses = new Throttle({ limit: failuresPerAddress, windowMs: windowSeconds * 1000, now });
  const turns = new Turns();

  const logIn = ({ email, password }: Credentials, network: string): Promise<User> => {
    const account = email.trim().toLowerCase();
    return counting(addresses, network, () =>
      // One after the other, or a thousand guesses at once would all be made before the first failure is counted.
      turns.run(account, () =>
        counting(accounts, account, async () => {
          const user = await desk.passwords.check(email, password);
          if (user === null) throw new Unauthorized("The email address or the password is wrong.");
          accounts.forget(account);
          return user;
        }),
      ),
    );
  };

  const tokenOf = async ({ id, role }: User): Promise<string> => {
    const { tenant } = await desk.actor();
    const { issuer, audience } = options;
    const iat = Math.floor(now() / 1000);
    const claims = {
      sub: String(id),
      role,
      iat,
      exp: iat + expiresInSeconds,
      ...(tenant !== defaultTenant && { tenant }),
      ...(issuer !== undefined && { iss: issuer }),
      ...(audience !== undefined && { aud: audience }),
    };
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(secret);
  };

  const router = Router();
  router.post(
    "/login",
    (req, res, next) => (req.body === undefined ? parse(req, res, next) : next()),
    async (req, res) => {
      const user = await logIn(credentialsFrom(req.body), networkOf(req.ip));
      const token = { access_token: await tokenOf(user), token_type: "Bearer", expires_in: expiresInSeconds };
      sendJson(res, 200, JSON.stringify(token));
    },
  );
  router.use(answerProblem);
  return router;
};

const parse = express.json({ limit: "16kb" });

const answerProblem: ErrorRequestHandler = (error, _req, res, _next) => sendProblem(res, error);

/** Does work that counts where it ends in `Unauthorized`, and only then. */
const counting = async <A>(throttle: Throttle, key: string, work: () => Promise<A>): Promise<A> => {
  const waitMs = throttle.take(key);
  if (waitMs > 0) throw new RateLimited({ action: "login", retryAfterMs: Math.ceil(waitMs) });
  try {
    const done = await work();
    throttle.giveBack(key);
    return done;
  } catch (error) {
    if (!(error instanceof Unauthorized)) throttle.giveBack(key);
    throw error;
  }
};

const demandPositive = (numbers: Readonly<Record<string, number>>) => {
  const issues = Object.entries(numbers)
    .filter(([, number]) => !(Number.isSafeInteger(number) && number > 0))
    .map(([field]) => ({ path: [field], message: "Expected a whole number above 0" }));
  if (issues.length > 0) throw new InvalidInput({ issues });
};
