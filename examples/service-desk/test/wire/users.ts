import { expect, test } from "vitest";
import { basic, type Desk, id, time } from "../desk.ts";

/** Users, and who is asking. */
export const users = (desk: Desk): void => {
  test("POST /api/users adds a user, in an envelope and never with the password", async () => {
    const given = { email: "anna@example.com", username: "anna", password: "correct horse" };
    const { status, body } = await desk.post("/users", given);
    expect([status, body]).toStrictEqual([
      201,
      {
        data: { id, email: given.email, username: "anna", is_active: true, created_at: time, updated_at: time },
        message: "Пользователь успешно создан",
      },
    ]);
    expect(body.data.updated_at).toBe(body.data.created_at);
    const around = Date.parse(`${body.data.created_at}Z`) - Date.now();
    expect(Math.abs(around)).toBeLessThan(60_000);
  });

  test("POST /api/users is 400 where the address is taken, without regard to case", async () => {
    const given = { email: "boris@example.com", username: "boris", password: "correct horse" };
    expect((await desk.post("/users", given)).status).toBe(201);
    for (const email of ["boris@example.com", " Boris@EXAMPLE.com"]) {
      const { status, body } = await desk.post("/users", { ...given, email });
      expect([status, body]).toStrictEqual([400, { detail: "Почта с таким именем ужё зарегистрирована" }]);
    }
  });

  test("POST /api/users is 422 for an address that is none, and for whatever else is not usable", async () => {
    const given = { email: "clara@example.com", username: "clara", password: "correct horse" };
    for (const [field, body] of [
      ["email", { ...given, email: "clara" }],
      ["email", { ...given, email: "clara@" }],
      ["email", { ...given, email: 7 }],
      ["email", { ...given, email: undefined }],
      ["username", { ...given, username: undefined }],
      ["username", { ...given, username: " " }],
      ["username", { ...given, username: "x".repeat(501) }],
      ["password", { ...given, password: undefined }],
      ["password", { ...given, password: "short" }],
      ["password", { ...given, password: 12345678 }],
      ["password", []],
    ] as const) {
      const answer = await desk.post("/users", body);
      expect([field, answer.status]).toEqual([field, 422]);
      expect(answer.body).toStrictEqual({ detail: expect.stringContaining(`${field}: `) });
    }
    expect((await desk.post("/users", given)).status).toBe(201);
  });

  test("GET /api/users/{id} shows a user; 404 where there is none", async () => {
    const { shown } = await desk.user();
    const { status, body } = await desk.get(`/users/${shown.id}`);
    expect([status, body]).toStrictEqual([200, { data: shown, message: "Пользователь успешно получен" }]);
    for (const missing of ["999999", "999999999999999"]) {
      const answer = await desk.get(`/users/${missing}`);
      expect([answer.status, answer.body]).toStrictEqual([404, { detail: "User not found" }]);
    }
    const answer = await desk.get("/users/me");
    expect([answer.status, answer.body]).toStrictEqual([422, { detail: expect.stringContaining("user_id") }]);
  });

  test("who sends email and password by HTTP Basic is that user", async () => {
    const user = await desk.user();
    const { body } = await user.post("/tickets", { subject: "Printer", description: "It burns" });
    expect(body.data.creator).toStrictEqual(user.shown);
    const loud = desk.with(basic(user.shown.email.toUpperCase(), user.password));
    const again = await loud.post("/tickets", { subject: "Printer", description: "It burns" });
    expect(again.body.data.creator).toStrictEqual(user.shown);
  });

  test("credentials that are no good are 401 for every call, and ask for better ones", async () => {
    const { shown, password } = await desk.user();
    for (const authorization of [
      basic(shown.email, "something else"),
      basic("nobody@people.example", password),
      basic(shown.email, ""),
      "Basic",
      "Basic nonsense",
      "Basic ====",
      "Bearer token",
      "secret",
    ]) {
      const caller = desk.with(authorization);
      for (const answer of [await caller.get("/tickets"), await caller.get("/nowhere")]) {
        expect([authorization, answer.status]).toEqual([authorization, 401]);
        expect(answer.body).toStrictEqual({ detail: expect.any(String) });
        expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
      }
    }
    const given = { email: "dora@example.com", username: "dora", password };
    expect((await desk.with("Basic nonsense").post("/users", given)).status).toBe(401);
    expect((await desk.post("/users", given)).status).toBe(201);
  });
};
