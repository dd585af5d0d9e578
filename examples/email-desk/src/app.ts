import { type Helpdesk, InvalidInput, NotFound } from "@deskwright/core";
import { docs, problemOf, sendProblem } from "@deskwright/express";
import express, { type ErrorRequestHandler, type Express } from "express";
import { emails } from "./emails.ts";
import { inWireNames } from "./input.ts";
import { openApi } from "./openApi.ts";
import { tickets } from "./tickets.ts";
import { users } from "./users.ts";

/** The operators' API. */
export const createApp = (desk: Helpdesk): Express => {
  const app = express();
  app.disable("x-powered-by");
  app.use(docs({ title: "email-desk", document: () => openApi }));
  app.use(express.json({ limit: "10mb" }));
  app.use(users(desk), tickets(desk), emails(desk));
  app.use((req) => {
    throw new NotFound({ kind: "page", id: req.path });
  });
  app.use(sayWhy);
  return app;
};

/** Bad input is 400 here, whatever is wrong with it. */
const sayWhy: ErrorRequestHandler = (error, _req, res, _next) => {
  if (!(error instanceof InvalidInput)) return sendProblem(res, error);
  const problem = { ...problemOf(inWireNames(error)), status: 400, title: "Bad Request" };
  res.status(400).type("application/problem+json").send(JSON.stringify(problem));
};
