import { expect, test } from "vitest";
import type { Desk } from "../desk.ts";

/** What is refused, and how. */
export const refusals = (desk: Desk): void => {
  test("bad input is 400 with a JSON body that names the field, and changes nothing", async () => {
    const ticket = await desk.open();
    const { user_id } = ticket;
    const count = async () => (await desk.get("/tickets/?limit=1000")).body.length;
    const before = await count();
    for (const [field, path, body] of [
      ["subject", "/tickets/", { message: "?", user_id }],
      ["subject", "/tickets/", { subject: " ", message: "?", user_id }],
      ["subject", "/tickets/", { subject: "x".repeat(1001), message: "?", user_id }],
      ["message", "/tickets/", { subject: "?", user_id }],
      ["message", "/tickets/", { subject: "?", message: "", user_id }],
      ["message", "/tickets/", { subject: "?", message: { text: "?" }, user_id }],
      ["user_id", "/tickets/", { subject: "?", message: "?" }],
      ["user_id", "/tickets/", { subject: "?", message: "?", user_id: 999_999 }],
      ["user_id", "/tickets/", { subject: "?", message: "?", user_id: { externalId: "me" } }],
      ["user_id", "/tickets/", []],
      ["user_id", "/messages/", { ticket_id: ticket.id, message: "?" }],
      ["ticket_id", "/messages/", { user_id, message: "?" }],
      ["message", "/messages/", { user_id, ticket_id: ticket.id }],
      ["to", "/emails/send_async/", { subject: "?", message: "?" }],
      ["to", "/emails/send_async/", { to: "nobody", subject: "?", message: "?" }],
      ["subject", "/emails/send_async/", { to: "a@example.com", message: "?" }],
      ["message", "/emails/send_async/", { to: "a@example.com", subject: "?" }],
    ] as const) {
      const answer = await desk.post(path, body);
      expect([path, field, answer.status]).toEqual([path, field, 400]);
      expect(answer.body.errors).toMatchObject([{ path: [field] }]);
    }
    for (const body of [{}, { status: "lost" }, { status: null }]) {
      const { status, body: problem } = await desk.patch(`/tickets/${ticket.id}`, body);
      expect([status, problem.errors[0].path]).toEqual([400, ["status"]]);
    }
    expect(await count()).toBe(before);
  });

  test("a ticket, a task or a page that does not exist is 404 in JSON", async () => {
    const [user_id, operator_id] = [await desk.user(), await desk.operator()];
    const answers = [
      await desk.patch("/tickets/999999", { status: "closed" }),
      await desk.patch("/tickets/999999/close"),
      await desk.patch("/tickets/999999/assign", { operator_id }),
      await desk.post("/tickets/999999/reply", { operator_id, message: "?" }),
      await desk.post("/messages/", { user_id, ticket_id: 999_999, message: "?" }),
      await desk.get("/emails/async/999999"),
      await desk.get("/nowhere"),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    for (const { body } of answers) expect(body).toMatchObject({ status: 404 });
    expect((await desk.patch("/tickets/latest/close")).status).toBe(400);
  });

  test("a body that is no JSON is 400 in JSON", async () => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${desk.url()}/users/`, { method: "POST", headers, body: '{"name": ' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400 });
  });

  test("a path is answered with and without its trailing slash, with no redirect", async () => {
    const operator_id = await desk.operator();
    for (const slash of ["", "/"]) {
      const user = { name: "Dora", email: `dora${slash.length}@example.com`, role: "user" };
      const { status, body } = await desk.post(`/users${slash}`, user);
      expect(status).toBe(201);
      const opened = await desk.post(`/tickets${slash}`, { subject: "One", message: "?", user_id: body.id });
      const path = `/tickets/${opened.body.id}`;
      const said = { user_id: body.id, ticket_id: opened.body.id, message: "?" };
      const answers = [
        opened,
        await desk.get(`/tickets${slash}`),
        await desk.patch(`${path}/assign${slash}`, { operator_id }),
        await desk.post(`${path}/reply${slash}`, { operator_id, message: "?" }),
        await desk.post(`/messages${slash}`, said),
        await desk.patch(`${path}${slash}`, { status: "in_progress" }),
        await desk.patch(`${path}/close${slash}`),
        await desk.post(`/emails/async${slash}`),
        await desk.post(`/emails/send_async${slash}`, { subject: "?", to: "a@example.com", message: "?" }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 201, 201, 200, 200, 202, 202]);
      expect((await desk.get(`/emails/async/${answers[7]?.body.task_id}${slash}`)).status).toBe(200);
    }
  });

  test("Swagger UI is at /docs, and knows every call", async () => {
    const page = await fetch(`${desk.url()}/docs`, { redirect: "manual" });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const assets = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(assets).toHaveLength(3);
    for (const path of [...assets, "/docs/"]) expect((await fetch(new URL(path ?? "", page.url))).status).toBe(200);
    const { body } = await desk.get("/openapi.json");
    const paths: Readonly<Record<string, object>> = body.paths;
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) => (method === "parameters" ? [] : [`${method.toUpperCase()} ${path}`])),
    );
    expect(calls.sort()).toEqual(
      [
        "POST /users/",
        "POST /tickets/",
        "GET /tickets/",
        "PATCH /tickets/{ticket_id}",
        "PATCH /tickets/{ticket_id}/assign",
        "POST /tickets/{ticket_id}/reply",
        "PATCH /tickets/{ticket_id}/close",
        "POST /messages/",
        "POST /emails/async",
        "GET /emails/async/{task_id}",
        "POST /emails/send_async/",
      ].sort(),
    );
  });
};
