import { createServer } from "node:http";
import { join } from "node:path";
import { type ActorRef, createHelpdesk } from "@deskwright/core";
import { helpdesk, sendProblem, serve } from "@deskwright/express";
import { bearerToken, jwtVerifier, passwordLogin } from "@deskwright/express/login";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { embedded } from "@deskwright/postgres/embedded";
import { attachLive } from "@deskwright/websocket";
import express, { type ErrorRequestHandler } from "express";
import { mail } from "./mail.ts";
import { outboxPages } from "./outboxPages.ts";
import { firstPeople } from "./people.ts";
import { keptSecret, tokenFor } from "./secret.ts";
import { welcome } from "./welcome.ts";

// An empty variable counts as unset.
const { HOST = "", PORT = "", DATA_DIR = "", DATABASE_URL = "", JWT_SECRET = "" } = process.env;
const directory = DATA_DIR || "data";

const { channel, local } = await mail(directory);
const desk = await createHelpdesk({
  storage: DATABASE_URL ? postgres({ url: DATABASE_URL }) : embedded({ directory: join(directory, "database") }),
  files: localFiles(join(directory, "files")),
  channels: [channel],
});
const secret = JWT_SECRET || keptSecret(directory);
const verify = jwtVerifier({ secret });

/** Who a token stands for. The user is looked up each time: who was made inactive is out at once. */
const actorOf = async (token: string | null): Promise<ActorRef | null> => {
  if (token === null) return null;
  const { sub = "" } = await verify(token);
  // A token that another program signed with the same secret may name its own people.
  if (!/^[1-9]\d{0,14}$/.test(sub)) return null;
  const [user] = await desk.users.list({ ids: [Number(sub)] });
  return user?.active ? { role: user.role, user: user.id } : null;
};

const app = express();
app.use(passwordLogin(desk, { secret }));
app.use("/support", helpdesk(desk, { actor: (req) => actorOf(bearerToken(req)), docs: true }));
app.get("/health", async (_req, res) => {
  await desk.tickets.stats();
  res.json({ status: "ok" });
});

if (local) app.use("/outbox", outboxPages(local.outbox));

// Whatever failed on the way here. Four parameters are what tells Express that this is for errors.
const problems: ErrorRequestHandler = (error, _req, res, _next) => sendProblem(res, error);
app.use(problems);

const server = createServer(app);
const live = attachLive(server, desk, {
  path: "/support/live",
  actor: (request) => actorOf(bearerToken(request, { query: "token" })),
});
const url = await serve(server, desk, { port: Number(PORT || 3000), ...(HOST && { host: HOST }), live });
const { admin, customer } = await firstPeople(desk);
const mailPort = local && (await local.open(desk));
const words = { url, admin: await tokenFor(admin, secret), customer: await tokenFor(customer, secret) };
console.log(welcome({ ...words, mail: local && { address: local.address, port: mailPort } }));
