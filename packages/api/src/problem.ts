import { type HelpdeskError, withoutPage } from "@deskwright/core";
import { type Problem, type ProblemStatus, statuses } from "./contract/Problem.ts";
import { HttpError } from "./HttpError.ts";

type Details = Omit<Problem, "type" | "title" | "status" | "code"> & { readonly status: ProblemStatus };

const detailsOf = (error: HelpdeskError): Details => {
  switch (error._tag) {
    case "NotFound":
      return { status: 404, detail: error.message };
    case "InvalidInput":
      return { status: 422, detail: error.message, errors: error.issues };
    case "InvalidTransition": {
      const { from, to, allowed, missing } = error;
      return { status: 409, detail: error.message, from, to, allowed, missing };
    }
    case "Conflict":
      return { status: 409, detail: error.message };
    case "NotAllowed":
      return { status: 403, detail: error.message };
    case "RateLimited":
      return { status: 429, detail: error.message };
    // The reason may name hosts and tables: it is for the log.
    case "StorageError":
      return error.retryable
        ? { status: 503, detail: "The helpdesk can't reach its storage right now; try again in a moment." }
        : { status: 500, detail: "The helpdesk's storage failed." };
  }
};

/** A 4xx that an error names by itself, as those of Express and its parsers do. */
const ownStatus = (error: object): ProblemStatus | null => {
  const status = "status" in error ? error.status : null;
  return typeof status === "number" && status < 500 && status in statuses ? (status as ProblemStatus) : null;
};

const described = (error: Error): Details & { readonly code: string } => {
  const known = "_tag" in error ? (detailsOf(error as HelpdeskError) as Details | undefined) : undefined;
  if (known !== undefined) return { ...known, code: (error as HelpdeskError)._tag };
  if (error instanceof HttpError) {
    const { status, code, message, field } = error;
    return { status, code, detail: message, ...(field !== null && { errors: [{ path: [field], message }] }) };
  }
  const status = ownStatus(error);
  if (status === null) return { status: 500, code: "InternalError", detail: "Something went wrong." };
  return { status, code: statuses[status][0].replaceAll(" ", ""), detail: error.message };
};

/**
 * What to answer to whatever was thrown, for bodies of `application/problem+json` (RFC 9457). Nothing of the inside is
 * told: an error that is neither the helpdesk's nor names a 4xx itself is a plain 500.
 *
 * @since 0.1.0
 */
export const problemOf = (error: unknown): Problem => {
  const { status, code, detail, ...rest } = described(error instanceof Error ? error : new Error(String(error)));
  return { type: "about:blank", title: statuses[status][0], status, code, detail: withoutPage(detail), ...rest };
};

/**
 * The HTTP status for whatever was thrown.
 *
 * @since 0.1.0
 */
export const statusOf = (error: unknown): number => problemOf(error).status;
