import type { Desk } from "@deskwright/core";
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup";

/** A request as a web framework hands it over: texts as they came, the body as parsed JSON. */
export interface Request {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** What is to be sent. */
export interface Answer {
  readonly status: number;
  /** The version of what is answered, for `If-Match`; null where it has none. */
  readonly etag: string | null;
  /** JSON; null for an answer without a body. */
  readonly body: string | null;
}

/** One call of the API, to be mounted in whatever web framework. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** With its parameters named as in `/tickets/:id`. */
  readonly path: string;
  readonly hasBody: boolean;
  /** Does it as the desk's actor; rejects with what `problemOf` describes. */
  readonly answer: (desk: Desk, request: Request) => Promise<Answer>;
}

type Slot = "params" | "query" | "headers" | "payload";
type InputOf<E> = Pick<HttpApiEndpoint.Request<E>, Extract<keyof HttpApiEndpoint.Request<E>, Slot>>;

/** A function for each endpoint of a group of the contract, with what it takes and answers. */
export type HandlersOf<Group> = {
  readonly [E in HttpApiGroup.Endpoints<Group> as HttpApiEndpoint.Identifier<E>]: (
    input: InputOf<E>,
    desk: Desk,
  ) => Promise<HttpApiEndpoint.Success<E>["Type"]>;
};
