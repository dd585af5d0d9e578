import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { InvalidInput, RateLimited, StorageError, withoutPage } from "@deskwright/core";
import type { FrameError } from "./ServerFrame.ts";

const statuses: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  NotAllowed: 403,
  NotFound: 404,
  Conflict: 409,
  InvalidTransition: 409,
  InvalidInput: 422,
  RateLimited: 429,
};

/** Nobody is asking. */
export class Unauthorized extends Error {
  override readonly name = "Unauthorized";
  override readonly message = "Nobody is asking.";
}

/** Nothing is upgraded at this path. */
export class NoUpgrade extends Error {
  override readonly name = "NotFound";
  override readonly message = "There are no sockets at this path.";
}

/** The HTTP status that refuses a handshake because of an error: its own, or that of a 4xx it names by itself. */
export const statusOf = (error: unknown): number => {
  if (error instanceof StorageError) return error.retryable ? 503 : 500;
  if (!(error instanceof Error)) return 500;
  const own = "status" in error && typeof error.status === "number" ? error.status : 500;
  return statuses[error.name] ?? (own >= 400 && own < 500 && own in STATUS_CODES ? own : 500);
};

/** An error as clients may be told it. Of an outage and of a mistake of the program they learn no more than that. */
export const frameErrorOf = (error: unknown): FrameError => {
  if (error instanceof StorageError)
    return {
      code: error.name,
      detail: error.retryable
        ? "The helpdesk can't reach its storage right now; try again in a moment."
        : "The helpdesk's storage failed.",
      retryable: error.retryable,
    };
  if (!(error instanceof Error) || statusOf(error) === 500)
    return { code: "InternalError", detail: "Something went wrong." };
  return {
    code: error.name,
    detail: withoutPage(error.message),
    ...(error instanceof InvalidInput && { errors: error.issues }),
    ...(error instanceof RateLimited && { retryAfterMs: error.retryAfterMs }),
  };
};

/** Answers a request for a socket with an HTTP problem (RFC 9457), and hangs up. */
export const refuse = (socket: Duplex, error: unknown): void => {
  const status = statusOf(error);
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: "about:blank", title, status, ...frameErrorOf(error) });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    // RFC 9110, 11.6.1 wants it in every 401.
    ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
};
