import { HttpError } from "@deskwright/api";
import express, { type Request, type Response } from "express";

const types = ["json", "+json"];
const expected = "Expected a body of the type application/json.";

// Two million characters of any script and their markup: the most that the helpdesk takes.
const parse = express.json({ limit: "16mb", strict: false, type: types });

const failure = (error: Error & { readonly status?: number; readonly limit?: number }): HttpError => {
  switch (error.status) {
    case 413:
      return new HttpError(413, "BodyTooLarge", `The body is larger than ${error.limit} bytes.`);
    case 415:
      return new HttpError(415, "UnsupportedMediaType", error.message);
    default:
      return new HttpError(400, "MalformedJson", `The body is not JSON: ${error.message}`);
  }
};

const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** The body as JSON: the one the host has parsed already, or parsed here. */
export const jsonBody = async (req: Request, res: Response): Promise<unknown> => {
  if (req.body !== undefined) {
    // Browsers let every page send a form with the user's cookies, and the host may have a parser for forms.
    if (hasBody(req) && !req.is(types)) throw new HttpError(415, "UnsupportedMediaType", expected);
    return req.body;
  }
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(failure(error as Error))));
  });
  if (req.body === undefined && hasBody(req)) throw new HttpError(415, "UnsupportedMediaType", expected);
  return req.body;
};
