import { expect, test } from "vitest";
import { type Desk, id, time } from "../desk.ts";

/** Tickets through their life. */
export const tickets = (desk: Desk): void => {
  const shown = async (ticketId: number) => {
    const { body } = await desk.get("/tickets/?limit=1000");
    return body.find((ticket: { id: number }) => ticket.id === ticketId);
  };

  test("POST /tickets/ opens a ticket and answers it with exactly the documented fields", async () => {
    const user_id = await desk.user();
    const { status, body } = await desk.post("/tickets/", { subject: "Printer", message: "It burns", user_id });
    expect(status).toBe(201);
    expect(body).toStrictEqual({
      ...{ id, subject: "Printer", status: "open", user_id, operator_id: null, created_at: time, updated_at: time },
      messages: [{ id, message: "It burns", user_id, created_at: time }],
    });
    expect(body.updated_at).toBe(body.created_at);
    expect(await shown(body.id)).toStrictEqual(body);
  });

  test("GET /tickets/ answers a plain array, the newest first, sorted by creation time both ways", async () => {
    const ids: Array<number> = [];
    for (const subject of ["one", "two", "three"]) ids.push((await desk.open({ subject })).id);
    const list = async (query: string) => {
      const { status, body } = await desk.get(`/tickets/${query}`);
      expect([status, Array.isArray(body)]).toEqual([200, true]);
      return body.map((ticket: { id: number }) => ticket.id).filter((one: number) => ids.includes(one));
    };
    expect(await list("?sort=created_at&limit=1000")).toEqual(ids);
    expect(await list("?sort=-created_at&limit=1000")).toEqual(ids.toReversed());
    expect(await list("?limit=1000")).toEqual(ids.toReversed());
  });

  test("GET /tickets/ filters by status", async () => {
    const [open, taken, closed] = [await desk.open(), await desk.open(), await desk.open()];
    await desk.patch(`/tickets/${taken.id}`, { status: "in_progress" });
    await desk.patch(`/tickets/${closed.id}`, { status: "closed" });
    for (const [status, one] of [
      ["open", open],
      ["in_progress", taken],
      ["closed", closed],
    ]) {
      const { body } = await desk.get(`/tickets/?status=${status}&limit=1000`);
      expect(new Set(body.map((ticket: { status: string }) => ticket.status))).toEqual(new Set([status]));
      expect(body.map((ticket: { id: number }) => ticket.id)).toContain(one.id);
    }
  });

  test("GET /tickets/ skips and limits: 1 to 1000, 100 by default", async () => {
    const missing = 102 - (await desk.get("/tickets/?limit=1000")).body.length;
    const user_id = await desk.user();
    for (let n = 0; n < missing; n++) await desk.open({ user_id, subject: `many ${n}` });
    const all = (await desk.get("/tickets/?limit=1000")).body;
    expect((await desk.get("/tickets/")).body).toStrictEqual(all.slice(0, 100));
    expect((await desk.get("/tickets/?skip=1&limit=2")).body).toStrictEqual(all.slice(1, 3));
    expect((await desk.get("/tickets/?limit=1")).body).toStrictEqual(all.slice(0, 1));
    expect((await desk.get("/tickets/?skip=100000")).body).toStrictEqual([]);
    for (const [field, query] of [
      ["limit", "limit=0"],
      ["limit", "limit=1001"],
      ["limit", "limit=ten"],
      ["skip", "skip=-1"],
      ["sort", "sort=subject"],
      ["status", "status=lost"],
      ["status", "status=open&status=closed"],
    ]) {
      const { status, body } = await desk.get(`/tickets/?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(body.errors).toMatchObject([{ path: [field] }]);
    }
  });

  test("PATCH /tickets/{id} goes from open to in_progress to closed, or from open to closed, and no other way", async () => {
    const ticket = await desk.open();
    const move = (status: string) => desk.patch(`/tickets/${ticket.id}`, { status });
    const taken = await move("in_progress");
    expect([taken.status, taken.body]).toStrictEqual([
      200,
      { ...ticket, status: "in_progress", updated_at: expect.any(String) },
    ]);
    expect((await move("open")).status).toBe(409);
    expect((await move("closed")).body.status).toBe("closed");
    for (const status of ["open", "in_progress", "closed"]) expect((await move(status)).status).toBe(409);
    const other = await desk.open();
    expect((await desk.patch(`/tickets/${other.id}`, { status: "closed" })).body.status).toBe("closed");
  });

  test("PATCH /tickets/{id}/assign gives it to an operator and makes it in_progress", async () => {
    const ticket = await desk.open();
    const operator_id = await desk.operator();
    const { status, body } = await desk.patch(`/tickets/${ticket.id}/assign`, { operator_id });
    expect(status).toBe(200);
    expect(body).toStrictEqual({ ...ticket, operator_id, status: "in_progress", updated_at: time });
    const other = await desk.operator();
    const again = await desk.patch(`/tickets/${ticket.id}/assign`, { operator_id: other });
    expect([again.status, again.body.operator_id, again.body.status]).toEqual([200, other, "in_progress"]);
  });

  test("PATCH /tickets/{id}/assign is 400 where that user is no operator, or nobody", async () => {
    const ticket = await desk.open();
    for (const operator_id of [ticket.user_id, 999_999, "somebody", null, { externalId: "x" }, undefined]) {
      const { status, body } = await desk.patch(`/tickets/${ticket.id}/assign`, { operator_id });
      expect([operator_id, status]).toEqual([operator_id, 400]);
      expect(body.errors).toMatchObject([{ path: ["operator_id"] }]);
    }
    expect(await shown(ticket.id)).toStrictEqual(ticket);
  });

  test("POST /tickets/{id}/reply says something as that operator", async () => {
    const ticket = await desk.open();
    const operator_id = await desk.operator();
    const said = await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Step away" });
    const message = { id, message: "Step away", user_id: operator_id, created_at: time };
    expect([said.status, said.body]).toStrictEqual([201, { ...message, ticket_id: ticket.id }]);
    expect((await shown(ticket.id)).messages).toStrictEqual([...ticket.messages, message]);
    for (const [field, body] of [
      ["operator_id", { operator_id: ticket.user_id, message: "?" }],
      ["operator_id", { message: "?" }],
      ["message", { operator_id }],
      ["message", { operator_id, message: " " }],
    ] as const) {
      const answer = await desk.post(`/tickets/${ticket.id}/reply`, body);
      expect([field, answer.status]).toEqual([field, 400]);
      expect(answer.body.errors).toMatchObject([{ path: [field] }]);
    }
  });

  test("PATCH /tickets/{id}/close closes it", async () => {
    for (const isTaken of [false, true]) {
      const ticket = await desk.open();
      if (isTaken) await desk.patch(`/tickets/${ticket.id}`, { status: "in_progress" });
      const { status, body } = await desk.patch(`/tickets/${ticket.id}/close`);
      expect([status, body]).toStrictEqual([200, { ...ticket, status: "closed", updated_at: time }]);
    }
  });

  test("a closed ticket changes no more: everything an operator could do to it is 409", async () => {
    const ticket = await desk.open();
    const operator_id = await desk.operator();
    const closed = (await desk.patch(`/tickets/${ticket.id}/close`)).body;
    const answers = [
      await desk.patch(`/tickets/${ticket.id}/close`),
      await desk.patch(`/tickets/${ticket.id}`, { status: "open" }),
      await desk.patch(`/tickets/${ticket.id}`, { status: "closed" }),
      await desk.patch(`/tickets/${ticket.id}/assign`, { operator_id }),
      await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "One more thing" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 409));
    expect(await shown(ticket.id)).toStrictEqual(closed);
  });

  test("POST /messages/ says something as the user, on their own ticket alone", async () => {
    const ticket = await desk.open();
    const { user_id } = ticket;
    const { status, body } = await desk.post("/messages/", { user_id, ticket_id: ticket.id, message: "More" });
    expect([status, body]).toStrictEqual([
      201,
      { id, message: "More", user_id, ticket_id: ticket.id, created_at: time },
    ]);
    expect((await shown(ticket.id)).messages).toHaveLength(2);
    const stranger = await desk.user();
    const hidden = await desk.post("/messages/", { user_id: stranger, ticket_id: ticket.id, message: "Mine" });
    expect(hidden.status).toBe(404);
  });

  test("POST /messages/ on a closed ticket makes a new ticket and answers its id", async () => {
    const ticket = await desk.open();
    const { user_id } = ticket;
    const closed = (await desk.patch(`/tickets/${ticket.id}/close`)).body;
    const { body } = await desk.post("/messages/", { user_id, ticket_id: ticket.id, message: "It burns again" });
    expect(body.ticket_id).not.toBe(ticket.id);
    expect(await shown(body.ticket_id)).toMatchObject({
      ...{ status: "open", user_id, operator_id: null },
      messages: [{ id: body.id, message: "It burns again" }],
    });
    expect(await shown(ticket.id)).toStrictEqual(closed);
  });
};
