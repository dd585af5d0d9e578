import { expect, test } from "vitest";
import type { Support, TestCaller } from "../support.ts";

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

const open = async (caller: TestCaller) =>
  (await caller.post("/", { subject: "Printer", message: "It burns" })).body.id as number;
const idsOf = async (caller: TestCaller, query: string): Promise<ReadonlyArray<number>> => {
  const { status, body } = await caller.get(`/admin/tickets${query}`);
  expect(status).toBe(200);
  expect(body.total).toBe(body.tickets.length);
  return body.tickets.map((ticket: { id: number }) => ticket.id);
};

/** What admins see and change. */
export const adminSide = (support: Support): void => {
  test("an admin's ticket has the user's fields, a category and tags", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const { body: seen } = await user.get(`/${id}`);
    const { body } = await admin.get(`/admin/tickets/${id}`);
    expect(body).toStrictEqual({ ...seen, category: null, tags: [] });
  });

  test("the list of all tickets is filtered by user, status and assignee, each with its total", async () => {
    const admin = support.admin();
    const [one, other] = [support.user(), support.user()];
    const [first, second, third] = [await open(one), await open(one), await open(other)];
    await admin.patch(`/admin/tickets/${first}`, { assigned_to: admin.id, status: "resolved" });
    await admin.patch(`/admin/tickets/${third}`, { assigned_to: admin.id });
    expect(await idsOf(admin, `?user_id=${one.id}`)).toEqual([second, first]);
    expect(await idsOf(admin, `?user_id=${one.id}&status=open`)).toEqual([second]);
    expect(await idsOf(admin, `?assigned_to=${admin.id}`)).toEqual([third, first]);
    expect(await idsOf(admin, `?assigned_to=0&user_id=${one.id}`)).toEqual([second]);
    expect(await idsOf(admin, "?user_id=999999999")).toEqual([]);
    expect(await idsOf(admin, "?assigned_to=999999999")).toEqual([]);
    const { body: page } = await admin.get(`/admin/tickets?user_id=${one.id}&skip=1&limit=1`);
    expect(page).toMatchObject({ total: 2, skip: 1, limit: 1, tickets: [{ id: first, assigned_to: admin.id }] });
    expect((await admin.get("/admin/tickets")).body).toMatchObject({ skip: 0, limit: 100 });
  });

  test("a ticket is changed in one step and answered as it then is", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const { status, body } = await admin.patch(`/admin/tickets/${id}`, {
      status: "waiting_for_user",
      priority: "urgent",
      assigned_to: admin.id,
      category: "Оплата и счета",
      tags: ["vip", "счёт"],
    });
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      id,
      user_id: user.id,
      subject: "Printer",
      status: "waiting_for_user",
      priority: "urgent",
      assigned_to: admin.id,
      is_read_by_user: true,
      is_read_by_admin: false,
      created_at: time,
      updated_at: time,
      resolved_at: null,
      closed_at: null,
      category: "Оплата и счета",
      tags: ["vip", "счёт"],
    });
    const { body: cleared } = await admin.patch(`/admin/tickets/${id}`, {
      assigned_to: null,
      category: null,
      tags: [],
    });
    expect(cleared).toMatchObject({ assigned_to: null, category: null, tags: [], priority: "urgent" });
  });

  test("a ticket can be given to somebody who was never here", async () => {
    const admin = support.admin();
    const { body } = await admin.patch(`/admin/tickets/${await open(support.user())}`, { assigned_to: 77_000_001 });
    expect(body.assigned_to).toBe(77_000_001);
  });

  test("two requests may bring the same new category at once", async () => {
    const admin = support.admin();
    const ids = await Promise.all(Array.from({ length: 8 }, () => open(support.user())));
    const answers = await Promise.all(
      ids.map((id) => admin.patch(`/admin/tickets/${id}`, { category: "Brand new thing" })),
    );
    expect(answers.map(({ status, body }) => [status, body.category])).toEqual(ids.map(() => [200, "Brand new thing"]));
  });

  test("any status may follow any other, and the times follow the status", async () => {
    const admin = support.admin();
    const id = await open(support.user());
    const statuses = ["open", "in_progress", "waiting_for_user", "resolved", "closed"];
    for (const from of statuses)
      for (const to of statuses) {
        expect((await admin.patch(`/admin/tickets/${id}`, { status: from })).body.status).toBe(from);
        const { status, body } = await admin.patch(`/admin/tickets/${id}`, { status: to });
        expect([status, body.status]).toEqual([200, to]);
        if (to === "resolved") expect(body.resolved_at).toEqual(time);
        else if (to === "closed") expect(body.closed_at).toEqual(time);
        else expect([body.resolved_at, body.closed_at]).toEqual([null, null]);
      }
  });

  test("the user's ticket never shows the admins' fields", async () => {
    const user = support.user();
    const id = await open(user);
    await support.admin().patch(`/admin/tickets/${id}`, { category: "secret", tags: ["secret"] });
    expect(JSON.stringify((await user.get(`/${id}`)).body)).not.toContain("secret");
    expect(JSON.stringify((await user.get("/")).body)).not.toContain("secret");
  });

  test("notes are for admins: users see them nowhere, and they change neither status nor read marks", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const { status, body: note } = await admin.post(`/admin/tickets/${id}/notes`, { text: "Third one this week" });
    expect(status).toBe(201);
    expect(note).toStrictEqual({
      id: expect.any(Number),
      ticket_id: id,
      user_id: admin.id,
      text: "Third one this week",
      created_at: time,
    });
    await admin.post(`/admin/tickets/${id}/notes`, { text: "Fourth" });
    const { body: notes } = await admin.get(`/admin/tickets/${id}/notes`);
    expect(notes).toStrictEqual([note, expect.objectContaining({ text: "Fourth" })]);
    const { body: seen } = await user.get(`/${id}`);
    expect(seen).toMatchObject({ status: "open", is_read_by_user: true, is_read_by_admin: false });
    expect(seen.messages.map(({ message }: { message: string }) => message)).toEqual(["It burns"]);
    expect((await admin.get(`/admin/tickets/${id}`)).body.messages).toHaveLength(1);
  });

  test("the statistics count every status", async () => {
    const admin = support.admin();
    const { body: before } = await admin.get("/admin/stats");
    const id = await open(support.user());
    await open(support.user());
    await admin.patch(`/admin/tickets/${id}`, { status: "waiting_for_user" });
    const { status, body } = await admin.get("/admin/stats");
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      "closed",
      "in_progress",
      "open",
      "resolved",
      "total",
      "waiting_for_user",
    ]);
    expect(body).toStrictEqual({
      ...before,
      total: before.total + 2,
      open: before.open + 1,
      waiting_for_user: before.waiting_for_user + 1,
    });
  });
};
