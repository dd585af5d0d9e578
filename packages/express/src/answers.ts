import { problemOf } from "@deskwright/api";
import { RateLimited } from "@deskwright/core";
import * as Effect from "effect/Effect";
import type { Response } from "express";

/** Sends JSON; nobody on the way may keep it, as it is for this actor alone. */
export const sendJson = (res: Response, status: number, body: string, contentType = "application/json"): void => {
  if (!res.hasHeader("Cache-Control")) res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", contentType);
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.writeHead(status).end(body);
};

/**
 * Answers to whatever was thrown with `application/problem+json`; what the client is not told goes to the log.
 *
 * @since 0.1.0
 */
export const sendProblem = (res: Response, error: unknown): void => {
  const problem = problemOf(error);
  const { method, baseUrl, path } = res.req;
  if (problem.status >= 500) Effect.runFork(Effect.logError(`${method} ${baseUrl}${path} failed`, error));
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (problem.status === 401) res.setHeader("WWW-Authenticate", "Bearer");
  if (error instanceof RateLimited) res.setHeader("Retry-After", Math.ceil(error.retryAfterMs / 1000));
  sendJson(res, problem.status, JSON.stringify(problem), "application/problem+json");
};
