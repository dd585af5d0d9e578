import * as OpenApi from "effect/http-api/OpenApi";
import { Api } from "./Api.ts";

type Json = Readonly<Record<string, unknown>>;

const numberText = String.raw`^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[Ee][+-]?\d+)?$`;
const versioned = /\/(Ticket|Message|User|Entry)"/;
const etag = { etag: { description: "The version, for `If-Match`", schema: { type: "string" }, required: true } };

/** A schema as people and generated clients want to read it. */
const plainly = (name: string, schema: Json): Json => {
  // In a path or query everything is text; what counts is what the text says.
  if (schema["pattern"] === numberText) return { type: "integer" };
  if (String(schema["enum"]) === "true,false") return { type: "boolean" };
  if (schema["type"] === "integer" && schema["minimum"] === Number.MIN_SAFE_INTEGER) {
    const { minimum: _, maximum, ...rest } = schema;
    return maximum === Number.MAX_SAFE_INTEGER ? rest : { ...rest, maximum };
  }
  if (!/^at$|At$/.test(name)) return schema;
  return JSON.parse(JSON.stringify(schema).replace('"type":"string"', '"type":"string","format":"date-time"'));
};

/** An answer that carries a version tells it in a header, too. */
const withVersion = (status: string, answer: Json): Json =>
  /^20[01]$/.test(status) && versioned.test(JSON.stringify(answer["content"] ?? {}))
    ? { ...answer, headers: etag }
    : answer;

const rewritten = (key: string, value: unknown): unknown => {
  // Each status makes a schema of its own of the one that all problems share.
  if (/^Problem_\d+$/.test(key) || key === "x-effect-stream") return undefined;
  // Who may come in is the host's to say, for all calls alike.
  if (key === "security") return undefined;
  if (key === "$ref") return String(value).replace(/\/Problem_\d+$/, "/Problem");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return withVersion(key, plainly(key, value as Json));
};

/**
 * The OpenAPI 3.1 document of the API, to be served at its root: the server is named relative to the document.
 *
 * @since 0.1.0
 */
export const openApi = (): Json => {
  const document: Json & { readonly components: Json } = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)), rewritten);
  return {
    ...document,
    servers: [{ url: "." }],
    components: { ...document.components, securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    security: [{ bearer: [] }, {}],
  };
};
