import { expect, test } from "vitest";
import type { Desk } from "../desk.ts";

/** What holds for every call. */
export const shape = (desk: Desk): void => {
  test("every failure is a detail in JSON", async () => {
    const missing = await desk.get("/nowhere");
    expect([missing.status, missing.body]).toStrictEqual([404, { detail: expect.any(String) }]);
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${desk.url}/api/users`, { method: "POST", headers, body: '{"email": ' });
    expect([response.status, await response.json()]).toStrictEqual([400, { detail: expect.any(String) }]);
    const outside = await fetch(`${desk.url}/elsewhere`);
    expect([outside.status, await outside.json()]).toStrictEqual([404, { detail: expect.any(String) }]);
  });

  test("a path is answered with and without its trailing slash, with no redirect", async () => {
    const user = await desk.user();
    const ticket = (await user.post("/tickets/", { subject: "Printer", description: "It burns" })).body.data;
    for (const path of [
      `/users/${user.shown.id}`,
      "/tickets",
      `/tickets/${ticket.id}`,
      `/tickets/${ticket.id}/messages`,
    ]) {
      const [one, other] = [await user.get(path), await user.get(`${path}/`)];
      expect([path, one.status, other.status]).toEqual([path, 200, 200]);
      expect(other.body).toStrictEqual(one.body);
    }
    const given = { email: "slash@example.com", username: "slash", password: "correct horse" };
    const answers = [
      await user.post("/users/", given),
      await user.patch(`/tickets/${ticket.id}/`, { status: "closed" }),
      await user.post(`/tickets/${ticket.id}/messages/`, { text: "?" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 201]);
  });

  test("Swagger UI is at /api/docs, and knows every call", async () => {
    const page = await fetch(`${desk.url}/api/docs`, { redirect: "manual" });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const assets = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(assets).toHaveLength(3);
    for (const path of [...assets, "/api/docs/"]) expect((await fetch(new URL(path ?? "", page.url))).status).toBe(200);
    const { body } = await desk.get("/openapi.json");
    const paths: Readonly<Record<string, object>> = body.paths;
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) => (method === "parameters" ? [] : [`${method.toUpperCase()} ${path}`])),
    );
    expect(calls.sort()).toEqual(
      [
        "POST /api/users",
        "GET /api/users/{user_id}",
        "POST /api/tickets",
        "GET /api/tickets",
        "GET /api/tickets/{ticket_id}",
        "PATCH /api/tickets/{ticket_id}",
        "POST /api/tickets/{ticket_id}/messages",
        "GET /api/tickets/{ticket_id}/messages",
      ].sort(),
    );
  });
};
