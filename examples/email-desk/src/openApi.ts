import { statusNames } from "./policies.ts";

type Schema = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Schema>>;

const text: Schema = { type: "string" };
const number: Schema = { type: "integer" };
const time: Schema = { type: "string", format: "date-time" };
const oneOf = (words: ReadonlyArray<string>): Schema => ({ type: "string", enum: words });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
const list = (items: Schema): Schema => ({ type: "array", items });
const object = (properties: Fields): Schema => ({ type: "object", properties, required: Object.keys(properties) });

const status = oneOf(statusNames);
const message = { id: number, message: text, user_id: orNull(number), created_at: time };
const ticket = object({
  ...{ id: number, subject: text, status, user_id: number, operator_id: orNull(number) },
  ...{ created_at: time, updated_at: time, messages: list(object(message)) },
});
const saidMessage = object({ ...message, ticket_id: number });
const task = object({ task_id: number });
const taskState = oneOf(["PENDING", "STARTED", "SUCCESS", "FAILURE"]);
const user = { name: text, email: text, role: oneOf(["user", "operator"]) };

const json = (schema: Schema) => ({ "application/json": { schema } });

/** One call: what it does, with which body and query, and what it answers. */
const call = (
  summary: string,
  good: number,
  answer: Schema,
  { body, query = {} }: { body?: Fields; query?: Fields },
) => ({
  summary,
  parameters: Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema })),
  ...(body && { requestBody: { required: true, content: json(object(body)) } }),
  responses: {
    [good]: { description: "Done", content: json(answer) },
    default: { description: "A problem", content: { "application/problem+json": { schema: { type: "object" } } } },
  },
});

const within = (name: string, methods: Readonly<Record<string, unknown>>) => ({
  parameters: [{ name, in: "path", required: true, schema: number }],
  ...methods,
});

const listQuery = { status, sort: oneOf(["created_at", "-created_at"]), skip: number, limit: number };

/** What `/docs` shows. */
export const openApi = {
  openapi: "3.1.0",
  info: { title: "email-desk", version: "1.0.0", description: "Support by mail: this side of it is the operators'." },
  paths: {
    "/users/": { post: call("Adds a user or an operator", 201, object({ id: number, ...user }), { body: user }) },
    "/tickets/": {
      post: call("Opens a ticket", 201, ticket, { body: { subject: text, message: text, user_id: number } }),
      get: call("Lists tickets", 200, list(ticket), { query: listQuery }),
    },
    "/tickets/{ticket_id}": within("ticket_id", {
      patch: call("Changes the status", 200, ticket, { body: { status } }),
    }),
    "/tickets/{ticket_id}/assign": within("ticket_id", {
      patch: call("Gives it to an operator", 200, ticket, { body: { operator_id: number } }),
    }),
    "/tickets/{ticket_id}/reply": within("ticket_id", {
      post: call("Answers by mail", 201, saidMessage, { body: { operator_id: number, message: text } }),
    }),
    "/tickets/{ticket_id}/close": within("ticket_id", { patch: call("Closes it", 200, ticket, {}) }),
    "/messages/": {
      post: call("Says something as the user", 201, saidMessage, {
        body: { user_id: number, ticket_id: number, message: text },
      }),
    },
    "/emails/async": { post: call("Reads the mailbox now", 202, task, {}) },
    "/emails/async/{task_id}": within("task_id", {
      get: call(
        "How a task is doing",
        200,
        object({ task_id: number, status: taskState, result: orNull(list({})) }),
        {},
      ),
    }),
    "/emails/send_async/": {
      post: call("Sends a mail", 202, task, { body: { subject: text, to: text, message: text } }),
    },
  },
};
