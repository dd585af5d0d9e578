import { expect, test } from "vitest";
import type { Support } from "../support.ts";

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const id = expect.any(Number);

/** What users see of their tickets. */
export const tickets = (support: Support): void => {
  test("a new ticket has exactly the documented fields, unread by admins and read by its user", async () => {
    const user = support.user();
    const { status, body } = await user.post("/", { subject: "Printer", message: "It burns" });
    expect(status).toBe(201);
    expect(body).toStrictEqual({
      id,
      user_id: user.id,
      subject: "Printer",
      status: "open",
      priority: "medium",
      assigned_to: null,
      is_read_by_user: true,
      is_read_by_admin: false,
      created_at: time,
      updated_at: null,
      resolved_at: null,
      closed_at: null,
    });
  });

  test("a ticket is read with its messages, oldest first, each with exactly the documented fields", async () => {
    const user = support.user();
    const admin = support.admin();
    const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
    const { body: answer, status } = await admin.post(`/admin/tickets/${ticket.id}/messages`, { message: "Step away" });
    expect(status).toBe(201);
    await user.post(`/${ticket.id}/messages`, { message: "I did" });
    const { status: found, body } = await user.get(`/${ticket.id}`);
    expect(found).toBe(200);
    const message = { id, ticket_id: ticket.id, attachments: null, created_at: time };
    const [asked, answered, thanked] = [
      { ...message, user_id: user.id, message: "It burns", is_from_user: true },
      { ...message, user_id: admin.id, message: "Step away", is_from_user: false },
      { ...message, user_id: user.id, message: "I did", is_from_user: true },
    ];
    expect(body.messages).toStrictEqual([asked, answered, thanked]);
    expect(body.messages[1]).toStrictEqual(answer);
    expect(Object.keys(body).sort()).toEqual([...Object.keys(ticket), "messages"].sort());
  });

  test("the list has pages, a total, and shows a user their own tickets alone", async () => {
    const user = support.user();
    await support.user().post("/", { subject: "Of somebody else", message: "?" });
    const ids: Array<number> = [];
    for (const subject of ["one", "two", "three"]) ids.push((await user.post("/", { subject, message: "?" })).body.id);
    const { status, body } = await user.get("/");
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 3, skip: 0, limit: 100 });
    expect(Object.keys(body).sort()).toEqual(["limit", "skip", "tickets", "total"]);
    expect(body.tickets.map((ticket: { id: number }) => ticket.id)).toEqual(ids.toReversed());
    const { body: page } = await user.get("/?skip=1&limit=1");
    expect(page).toMatchObject({ total: 3, skip: 1, limit: 1, tickets: [{ id: ids[1], subject: "two" }] });
    expect(page.tickets).toHaveLength(1);
    expect((await user.get("/?skip=10")).body).toStrictEqual({ tickets: [], total: 3, skip: 10, limit: 100 });
  });

  test("the list is filtered by status", async () => {
    const user = support.user();
    const { body: ticket } = await user.post("/", { subject: "one", message: "?" });
    await user.post("/", { subject: "two", message: "?" });
    await support.admin().patch(`/admin/tickets/${ticket.id}`, { status: "resolved" });
    const { body } = await user.get("/?status=resolved");
    expect(body).toMatchObject({ total: 1, tickets: [{ id: ticket.id, status: "resolved" }] });
    expect((await user.get("/?status=closed")).body).toMatchObject({ total: 0, tickets: [] });
  });

  test("a message makes the ticket unread for the other side, and reading it makes it read", async () => {
    const user = support.user();
    const admin = support.admin();
    const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
    const marks = async () => {
      const { body } = await user.get(`/${ticket.id}`);
      return [body.is_read_by_user, body.is_read_by_admin];
    };
    expect(await marks()).toEqual([true, false]);
    const read = { success: true, message: "Тикет отмечен как прочитанный" };
    expect((await admin.post(`/admin/tickets/${ticket.id}/read`)).body).toStrictEqual(read);
    expect(await marks()).toEqual([true, true]);
    await admin.post(`/admin/tickets/${ticket.id}/messages`, { message: "Step away" });
    expect(await marks()).toEqual([false, true]);
    const answer = await user.post(`/${ticket.id}/read`);
    expect([answer.status, answer.body]).toStrictEqual([200, read]);
    expect(await marks()).toEqual([true, true]);
    await user.post(`/${ticket.id}/messages`, { message: "I did" });
    expect(await marks()).toEqual([true, false]);
  });

  test("an admin's message on an open ticket makes it in_progress, and no other status", async () => {
    const admin = support.admin();
    const { body: ticket } = await support.user().post("/", { subject: "Printer", message: "It burns" });
    await admin.post(`/admin/tickets/${ticket.id}/messages`, { message: "Step away" });
    const path = `/admin/tickets/${ticket.id}`;
    expect((await admin.get(path)).body.status).toBe("in_progress");
    for (const status of ["waiting_for_user", "resolved", "closed"]) {
      await admin.patch(path, { status });
      await admin.post(`${path}/messages`, { message: "One more thing" });
      expect((await admin.get(path)).body.status).toBe(status);
    }
  });

  test("a user's message on a resolved or closed ticket opens it again, and clears both times", async () => {
    const user = support.user();
    const admin = support.admin();
    for (const status of ["resolved", "closed"]) {
      const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
      await admin.patch(`/admin/tickets/${ticket.id}`, { status: "resolved" });
      const { body: ended } = await admin.patch(`/admin/tickets/${ticket.id}`, { status });
      expect(ended.resolved_at).toEqual(time);
      expect(ended.closed_at).toEqual(status === "closed" ? time : null);
      const { body: message } = await user.post(`/${ticket.id}/messages`, { message: "Again" });
      expect(message.ticket_id).toBe(ticket.id);
      const { body } = await user.get(`/${ticket.id}`);
      expect(body).toMatchObject({ status: "open", resolved_at: null, closed_at: null, is_read_by_admin: false });
    }
  });

  test("updated_at is null until something changed", async () => {
    const user = support.user();
    const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
    expect((await user.get(`/${ticket.id}`)).body.updated_at).toBeNull();
    await user.post(`/${ticket.id}/messages`, { message: "More" });
    expect((await user.get(`/${ticket.id}`)).body.updated_at).toEqual(time);
  });

  test("a path with a slash at its end is answered the same, with no redirect", async () => {
    const user = support.user();
    const admin = support.admin();
    const { status, body: ticket } = await user.call("POST", "", { subject: "Printer", message: "It burns" });
    expect(status).toBe(201);
    const pairs = [
      [user, "", "/"],
      [user, `/${ticket.id}`, `/${ticket.id}/`],
      [admin, "/admin/tickets", "/admin/tickets/"],
      [admin, `/admin/tickets/${ticket.id}`, `/admin/tickets/${ticket.id}/`],
      [admin, `/admin/tickets/${ticket.id}/notes`, `/admin/tickets/${ticket.id}/notes/`],
      [admin, "/admin/stats", "/admin/stats/"],
    ] as const;
    for (const [caller, plain, slashed] of pairs) {
      const [one, other] = [await caller.get(plain), await caller.get(slashed)];
      expect([one.status, other.status]).toEqual([200, 200]);
      expect(other.body).toStrictEqual(one.body);
    }
    expect((await user.post(`/${ticket.id}/messages/`, { message: "More" })).status).toBe(201);
    expect((await user.post(`/${ticket.id}/read/`)).status).toBe(200);
  });

  test("an admin sees every ticket on the user side, too, and is the user of their own", async () => {
    const admin = support.admin();
    const { body: theirs } = await support.user().post("/", { subject: "Printer", message: "It burns" });
    expect((await admin.get(`/${theirs.id}`)).status).toBe(200);
    expect((await admin.post(`/${theirs.id}/messages`, { message: "Step away" })).body.is_from_user).toBe(false);
    const { body: own } = await admin.post("/", { subject: "My own", message: "?" });
    expect(own).toMatchObject({ user_id: admin.id, is_read_by_user: true, is_read_by_admin: false });
    expect((await admin.post(`/${own.id}/messages`, { message: "More" })).body.is_from_user).toBe(true);
    const { body: list } = await admin.get("/?limit=1000");
    expect(list.tickets.map((ticket: { id: number }) => ticket.id)).toEqual(
      expect.arrayContaining([theirs.id, own.id]),
    );
  });
};
