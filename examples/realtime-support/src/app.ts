import { type Helpdesk, NotFound } from "@deskwright/core";
import { sendProblem } from "@deskwright/express";
import { bearerToken } from "@deskwright/express/login";
import express, { type ErrorRequestHandler, type Express } from "express";
import { adminSide } from "./adminSide.ts";
import type { Caller } from "./caller.ts";
import { inWireNames } from "./input.ts";
import { uploads } from "./uploads.ts";
import { userSide } from "./userSide.ts";

/** Everything under `/api/v1/support` but its WebSockets. */
export const createApp = (desk: Helpdesk, readCaller: (token: string | null) => Promise<Caller>): Express => {
  const app = express();
  app.disable("x-powered-by");
  const support = express.Router();

  support.use(async (req, res, next) => {
    res.locals["caller"] = await readCaller(bearerToken(req));
    next();
  });
  support.use(express.json({ limit: "10mb" }));
  support.use("/uploads", uploads(desk));
  support.use("/admin", adminSide(desk));
  support.use(userSide(desk));

  app.use("/api/v1/support", support);
  app.use((req) => {
    throw new NotFound({ kind: "page", id: req.path });
  });
  app.use(sayWhy);
  return app;
};

const sayWhy: ErrorRequestHandler = (error, req, res, _next) => {
  sendProblem(res, inWireNames(error, /\/notes\/?$/.test(req.path) ? "text" : "message"));
};
