import { type Helpdesk, InvalidInput } from "@deskwright/core";
import { docs, problemOf } from "@deskwright/express";
import express, { type ErrorRequestHandler, type Express } from "express";
import { recognise } from "./caller.ts";
import { inWireNames, Refusal } from "./input.ts";
import { openApi } from "./openApi.ts";
import { tickets } from "./tickets.ts";
import { users } from "./users.ts";

/** Everything under `/api`. */
export const createApp = (desk: Helpdesk): Express => {
  const app = express();
  app.disable("x-powered-by");
  app.use("/api", docs({ title: "service-desk", document: () => openApi }));
  app.use("/api", recognise(desk), express.json({ limit: "10mb" }), users(desk), tickets(desk));
  app.use(() => {
    throw new Refusal(404, "Not found");
  });
  app.use(sayWhy);
  return app;
};

/** Every failure is one sentence. */
const sayWhy: ErrorRequestHandler = (error, req, res, _next) => {
  const { status, detail } = problemOf(error);
  if (status >= 500) console.error(`${req.method} ${req.path} failed`, error);
  if (status === 401) res.setHeader("WWW-Authenticate", 'Basic realm="service-desk", charset="UTF-8"');
  const text = /\/messages\/?$/.test(req.path) ? "text" : "description";
  res.status(status).json({ detail: error instanceof InvalidInput ? inWireNames(error, text) : detail });
};
