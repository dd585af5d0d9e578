import { beforeAll, expect, test } from "vitest";
import { type Caller, type Desk, id, time } from "../desk.ts";

/** Tickets through their life. */
export const tickets = (desk: Desk): void => {
  let anna: Caller;
  let boris: Caller;
  beforeAll(async () => {
    [anna, boris] = [await desk.user(), await desk.user()];
  });

  const open = async (subject = "Printer") => {
    const { status, body } = await anna.post("/tickets", { subject, description: "It burns" });
    expect(status).toBe(201);
    return body.data;
  };

  test("POST /api/tickets opens a ticket and answers exactly the documented fields", async () => {
    const { status, body } = await anna.post("/tickets", { subject: "Printer", description: "It burns" });
    expect([status, body]).toStrictEqual([
      201,
      {
        data: {
          ...{ id, subject: "Printer", description: "It burns", status: "open" },
          ...{ created_at: time, updated_at: time, creator: anna.shown, operator: null },
        },
        message: "Обращение успешно создано",
      },
    ]);
    expect(body.data.updated_at).toBe(body.data.created_at);
    for (const [field, given] of [
      ["subject", { description: "?" }],
      ["subject", { subject: " ", description: "?" }],
      ["description", { subject: "?" }],
      ["description", { subject: "?", description: 7 }],
    ] as const) {
      const refused = await anna.post("/tickets", given);
      expect([refused.status, refused.body]).toStrictEqual([422, { detail: expect.stringContaining(`${field}: `) }]);
    }
  });

  test("GET /api/tickets lists all of everybody, the newest first or as asked", async () => {
    const [one, two] = [
      await open("one"),
      (await boris.post("/tickets", { subject: "two", description: "?" })).body.data,
    ];
    const list = async (query: string) => {
      const { status, body } = await boris.get(`/tickets${query}`);
      expect([status, body.message]).toEqual([200, "Список обращений успешно получен"]);
      return body.data.filter((ticket: { id: number }) => [one.id, two.id].includes(ticket.id));
    };
    expect(await list("")).toStrictEqual([two, one]);
    expect(await list("?sort_by=created_at_desc")).toStrictEqual([two, one]);
    expect(await list("?sort_by=created_at_asc")).toStrictEqual([one, two]);
  });

  test("GET /api/tickets filters by status", async () => {
    const [first, closed] = [await open(), await open()];
    await boris.patch(`/tickets/${closed.id}`, { status: "closed" });
    const { body } = await boris.get("/tickets?status=closed&sort_by=created_at_asc");
    expect(new Set(body.data.map((ticket: { status: string }) => ticket.status))).toEqual(new Set(["closed"]));
    const ids = body.data.map((ticket: { id: number }) => ticket.id);
    expect([ids.includes(closed.id), ids.includes(first.id)]).toEqual([true, false]);
    for (const query of ["status=lost", "status=", "sort_by=subject", "sort_by=created_at_asc&sort_by=x"]) {
      const refused = await boris.get(`/tickets?${query}`);
      expect([query, refused.status]).toEqual([query, 422]);
      expect(refused.body.detail).toContain(query.split("=")[0]);
    }
  });

  test("GET /api/tickets/{id} shows a ticket; 404 where there is none", async () => {
    const ticket = await open();
    const { status, body } = await boris.get(`/tickets/${ticket.id}`);
    expect([status, body]).toStrictEqual([200, { data: ticket, message: "Обращение успешно получено" }]);
    const missing = await boris.get("/tickets/999999");
    expect([missing.status, missing.body]).toStrictEqual([404, { detail: "Ticket not found" }]);
    const none = await boris.get("/tickets/latest");
    expect([none.status, none.body]).toStrictEqual([422, { detail: expect.stringContaining("ticket_id") }]);
  });

  test("PATCH /api/tickets/{id} changes status, operator or both; any status may follow any other", async () => {
    const ticket = await open();
    const path = `/tickets/${ticket.id}`;
    const both = await boris.patch(path, { status: "in_progress", operator_id: boris.shown.id });
    expect([both.status, both.body]).toStrictEqual([
      200,
      {
        data: { ...ticket, status: "in_progress", operator: boris.shown, updated_at: time },
        message: "Обращение успешно обновлено",
      },
    ]);
    const statuses = ["open", "closed", "open", "in_progress", "closed", "in_progress", "open"];
    for (const status of statuses) expect((await boris.patch(path, { status })).body.data).toMatchObject({ status });
    expect((await boris.patch(path, { operator_id: anna.shown.id })).body.data.operator).toStrictEqual(anna.shown);
    const unchanged = (await boris.patch(path, {})).body.data;
    expect(unchanged).toMatchObject({ status: "open", operator: anna.shown });
    expect((await boris.patch(path, { operator_id: null })).body.data.operator).toBeNull();
  });

  test("PATCH /api/tickets/{id} refuses an unknown ticket, user or status, and changes nothing", async () => {
    const missing = await boris.patch("/tickets/999999", { status: "closed" });
    expect([missing.status, missing.body]).toStrictEqual([400, { detail: "Тикет с id 999999 не найден" }]);
    const ticket = await open();
    const path = `/tickets/${ticket.id}`;
    const nobody = await boris.patch(path, { operator_id: 999_999, status: "closed" });
    expect([nobody.status, nobody.body]).toStrictEqual([400, { detail: "Пользователь c ID 999999 не найден" }]);
    for (const [field, change] of [
      ["status", { status: "lost" }],
      ["status", { status: null }],
      ["operator_id", { operator_id: "me" }],
      ["operator_id", { operator_id: { externalId: "me" } }],
    ] as const) {
      const { status, body } = await boris.patch(path, change);
      expect([status, body]).toStrictEqual([422, { detail: expect.stringContaining(`${field}: `) }]);
    }
    expect((await boris.get(path)).body.data).toStrictEqual(ticket);
  });

  test("POST /api/tickets/{id}/messages says something as whoever asks", async () => {
    const ticket = await open();
    const path = `/tickets/${ticket.id}/messages`;
    for (const caller of [boris, anna]) {
      const { status, body } = await caller.post(path, { text: "Step away" });
      expect([status, body]).toStrictEqual([
        201,
        {
          data: { id, text: "Step away", created_at: time, author: caller.shown },
          message: "Сообщение успешно создано",
        },
      ]);
    }
    const missing = await boris.post("/tickets/999999/messages", { text: "?" });
    expect([missing.status, missing.body]).toStrictEqual([400, { detail: "Тикет с 999999 не найден" }]);
    for (const body of [{}, { text: "" }, { text: null }]) {
      const refused = await boris.post(path, body);
      expect([refused.status, refused.body]).toStrictEqual([422, { detail: expect.stringContaining("text: ") }]);
    }
  });

  test("GET /api/tickets/{id}/messages lists what was said after the description, oldest first", async () => {
    const ticket = await open();
    const path = `/tickets/${ticket.id}/messages`;
    expect((await anna.get(path)).body).toStrictEqual({ data: [], message: "Список сообщений успешно получен" });
    const said = [(await boris.post(path, { text: "?" })).body.data, (await anna.post(path, { text: "!" })).body.data];
    const { status, body } = await boris.get(path);
    expect([status, body]).toStrictEqual([200, { data: said, message: "Список сообщений успешно получен" }]);
  });

  test("GET /api/tickets/{id}/messages of an unknown ticket is 404", async () => {
    const { status, body } = await anna.get("/tickets/999999/messages");
    expect([status, body]).toStrictEqual([404, { detail: "Ticket not found" }]);
  });

  test("there are no roles: every user may change and answer every ticket, their own too", async () => {
    const ticket = await open();
    for (const caller of [anna, boris]) {
      expect((await caller.patch(`/tickets/${ticket.id}`, { operator_id: caller.shown.id })).status).toBe(200);
      expect((await caller.post(`/tickets/${ticket.id}/messages`, { text: "?" })).status).toBe(201);
      expect((await caller.get(`/tickets/${ticket.id}/messages`)).status).toBe(200);
    }
  });
};
