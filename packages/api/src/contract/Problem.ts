import { InvalidInput } from "@deskwright/core/effect";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as Schema from "effect/Schema";

/** What is answered where something failed (RFC 9457), as `application/problem+json`. */
export const Problem = Schema.Struct({
  type: Schema.Literal("about:blank"),
  /** The name of the status. */
  title: Schema.String,
  status: Schema.Int,
  /** What is wrong, in a sentence for people. */
  detail: Schema.String,
  /** What is wrong, for programs: the name of the helpdesk's error, or of what failed on the way to it. */
  code: Schema.String,
  /** Each field that is not usable, with its place in the input. */
  errors: Schema.optionalKey(InvalidInput.fields.issues),
  /** Of a refused change of status: where the ticket stands. */
  from: Schema.optionalKey(Schema.String),
  to: Schema.optionalKey(Schema.String),
  /** Where the ticket can go from there. */
  allowed: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Fields that must be filled before it can go there. */
  missing: Schema.optionalKey(Schema.Array(Schema.String)),
}).annotate({ identifier: "Problem" });
export interface Problem extends Schema.Schema.Type<typeof Problem> {}

/** The statuses of problems: their names, and what they mean here. */
export const statuses = {
  400: ["Bad Request", "The request can't be read"],
  401: ["Unauthorized", "Nobody is asking"],
  403: ["Forbidden", "The actor may not do this"],
  404: ["Not Found", "There is no such thing, or the actor may not know that there is"],
  405: ["Method Not Allowed", "The path takes other methods, which `Allow` names"],
  409: ["Conflict", "The status machine does not allow it, or somebody was faster"],
  412: ["Precondition Failed", "Somebody was faster: it no longer has the version that `If-Match` names"],
  413: ["Content Too Large", "It is larger than what may be sent"],
  415: ["Unsupported Media Type", "The body is of a media type that is not taken here"],
  416: ["Range Not Satisfiable", "The range lies behind the end"],
  422: ["Unprocessable Content", "Something is not usable; `errors` names each field"],
  429: ["Too Many Requests", "Too often; `Retry-After` says in how many seconds to try again"],
  500: ["Internal Server Error", "The helpdesk failed"],
  503: ["Service Unavailable", "The helpdesk can't do it right now; the same request may go through later"],
} as const;
export type ProblemStatus = keyof typeof statuses;

const always: ReadonlyArray<ProblemStatus> = [401, 403, 429, 500, 503];

/** The problems that an endpoint can answer with: these, and those that every one can. */
export const problems = (...some: ReadonlyArray<ProblemStatus>) =>
  [...always, ...some]
    .sort()
    .map((status) =>
      Problem.pipe(
        HttpApiSchema.asJson({ contentType: "application/problem+json" }),
        HttpApiSchema.status(status),
      ).annotate({ description: statuses[status][1] }),
    );
