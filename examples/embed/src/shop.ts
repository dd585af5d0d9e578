import { randomUUID } from "node:crypto";
import express, { type Express, type Request } from "express";

// A shop as it was before: users, a login with a session in a cookie, pages of its own. It knows nothing of support.

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly worksHere: boolean;
}

const people: ReadonlyArray<Person & { readonly password: string }> = [
  { id: "u-7f3", name: "Ada", email: "ada@example.com", password: "analytical", worksHere: false },
  { id: "u-8a1", name: "Charles", email: "charles@example.com", password: "difference", worksHere: false },
  { id: "a-1", name: "Ben", email: "ben@example.com", password: "support", worksHere: true },
];

const sessions = new Map<string, Person>();

/** Who is logged in; undefined for a stranger. */
export const personOf = (req: Request): Person | undefined =>
  sessions.get(req.headers.cookie?.match(/(?:^|;\s*)session=([^;]+)/)?.[1] ?? "");

export const createShop = (): Express => {
  const app = express();
  app.use(express.json());

  app.post("/login", (req, res) => {
    const { email, password } = req.body as { email?: string; password?: string };
    const person = people.find((one) => one.email === email && one.password === password);
    if (person === undefined) return void res.status(401).json({ error: "Wrong address or password" });
    const session = randomUUID();
    sessions.set(session, person);
    res.cookie("session", session, { httpOnly: true, sameSite: "lax" }).json({ hello: person.name });
  });

  app.get("/orders", (req, res) => {
    const person = personOf(req);
    if (person === undefined) return void res.status(401).json({ error: "Log in first" });
    res.json([{ number: 17, of: person.id, what: "A printer" }]);
  });

  return app;
};
