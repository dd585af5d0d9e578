import { statusNames } from "./policies.ts";

type Schema = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Schema>>;

const text: Schema = { type: "string" };
const number: Schema = { type: "integer" };
const time: Schema = { type: "string", examples: ["2025-01-14T13:32:48.417565"] };
const oneOf = (words: ReadonlyArray<string>): Schema => ({ type: "string", enum: words });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
const list = (items: Schema): Schema => ({ type: "array", items });
const object = (properties: Fields, required = Object.keys(properties)): Schema => ({
  ...{ type: "object", properties, required },
});

const status = oneOf(statusNames);
const times = { created_at: time, updated_at: time };
const user = object({ id: number, email: text, username: text, is_active: { type: "boolean" }, ...times });
const ticket = object({
  ...{ id: number, subject: text, description: text, status, ...times },
  ...{ creator: user, operator: orNull(user) },
});
const message = object({ id: number, text, created_at: time, author: user });

const json = (schema: Schema) => ({ "application/json": { schema } });

/** One call: what it does, what it answers, and with which body and query. */
const call = (
  summary: string,
  good: number,
  data: Schema,
  { body, query = {} }: { readonly body?: Schema; readonly query?: Fields } = {},
) => ({
  summary,
  security: [{ basic: [] }, {}],
  parameters: Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema })),
  ...(body && { requestBody: { required: true, content: json(body) } }),
  responses: {
    [good]: { description: "Done", content: json(object({ data, message: text })) },
    default: { description: "Refused", content: json(object({ detail: text })) },
  },
});

const within = (name: string, methods: Readonly<Record<string, unknown>>) => ({
  parameters: [{ name, in: "path", required: true, schema: number }],
  ...methods,
});

const sort_by = oneOf(["created_at_asc", "created_at_desc"]);
const change = object({ status, operator_id: orNull(number) }, []);

/** What `/api/docs` shows. */
export const openApi = {
  openapi: "3.1.0",
  info: { title: "service-desk", version: "1.0.0", description: "Without credentials user 1 is asking." },
  components: { securitySchemes: { basic: { type: "http", scheme: "basic" } } },
  paths: {
    "/api/users": {
      post: call("Adds a user", 201, user, { body: object({ email: text, username: text, password: text }) }),
    },
    "/api/users/{user_id}": within("user_id", { get: call("Shows a user", 200, user) }),
    "/api/tickets": {
      post: call("Opens a ticket", 201, ticket, { body: object({ subject: text, description: text }) }),
      get: call("Lists tickets", 200, list(ticket), { query: { status, sort_by } }),
    },
    "/api/tickets/{ticket_id}": within("ticket_id", {
      get: call("Shows a ticket", 200, ticket),
      patch: call("Changes its status, its operator or both", 200, ticket, { body: change }),
    }),
    "/api/tickets/{ticket_id}/messages": within("ticket_id", {
      post: call("Says something", 201, message, { body: object({ text }) }),
      get: call("Lists what was said", 200, list(message)),
    }),
  },
};
