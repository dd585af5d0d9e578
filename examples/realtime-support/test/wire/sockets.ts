import { expect, test } from "vitest";
import { listen, refusalOf } from "../live.ts";
import { type Support, sign } from "../support.ts";

const open = async (caller: ReturnType<Support["user"]>) =>
  (await caller.post("/", { subject: "Printer", message: "It burns" })).body.id as number;

/** What is heard live. */
export const sockets = (support: Support): void => {
  test("both sides of a ticket are told of each message, however it was sent", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const theirs = await listen(support, `/ws/ticket/${id}`, user.token);
    const ours = await listen(support, `/ws/ticket/${id}`, admin.token);
    expect(await theirs.next()).toStrictEqual({
      type: "connection",
      status: "connected",
      ticket_id: id,
      user_id: user.id,
      is_admin: false,
    });
    expect(await ours.next()).toMatchObject({ type: "connection", ticket_id: id, user_id: admin.id, is_admin: true });
    const { body: said } = await user.post(`/${id}/messages`, { message: "Help" });
    const { body: answered } = await admin.post(`/admin/tickets/${id}/messages`, { message: "Step away" });
    for (const socket of [theirs, ours]) {
      expect(await socket.next()).toStrictEqual({ type: "new_message", message: said });
      expect(await socket.next()).toStrictEqual({ type: "new_message", message: answered });
      socket.close();
    }
  });

  test("notes and other tickets' messages are not heard on a ticket", async () => {
    const user = support.user();
    const admin = support.admin();
    const [id, other] = [await open(user), await open(user)];
    const sockets = [
      await listen(support, `/ws/ticket/${id}`, user.token),
      await listen(support, `/ws/ticket/${id}`, admin.token),
    ];
    for (const socket of sockets) await socket.next();
    await admin.post(`/admin/tickets/${id}/notes`, { text: "secret" });
    await user.post(`/${other}/messages`, { message: "elsewhere" });
    const { body: said } = await user.post(`/${id}/messages`, { message: "here" });
    for (const socket of sockets) {
      expect(await socket.next()).toStrictEqual({ type: "new_message", message: said });
      socket.close();
    }
  });

  test("ping is answered in both forms", async () => {
    const user = support.user();
    const socket = await listen(support, `/ws/ticket/${await open(user)}`, user.token);
    await socket.next();
    socket.send("ping");
    expect(await socket.next()).toStrictEqual({ type: "pong" });
    socket.send('"ping"');
    expect(await socket.next()).toStrictEqual({ type: "pong" });
    socket.send("what?");
    socket.send("ping");
    expect(await socket.next()).toStrictEqual({ type: "pong" });
    socket.close();
  });

  test("admins are told of each new ticket", async () => {
    const admin = support.admin();
    const socket = await listen(support, "/ws/admin", admin.token);
    const id = await open(support.user());
    const { messages: _, ...ticket } = (await admin.get(`/admin/tickets/${id}`)).body;
    expect(await socket.until(({ ticket }) => ticket?.id === id)).toStrictEqual({ type: "new_ticket", ticket });
    socket.send("ping");
    expect(await socket.next()).toStrictEqual({ type: "pong" });
    socket.close();
  });

  test("a handshake is refused: 401 for a bad token, 404 for somebody else's ticket, 403 for a user as admin", async () => {
    const user = support.user();
    const id = await open(user);
    expect(await refusalOf(support, `/ws/ticket/${id}`, null)).toBe(401);
    expect(await refusalOf(support, `/ws/ticket/${id}`, "nonsense")).toBe(401);
    expect(await refusalOf(support, `/ws/ticket/${id}`, sign({ sub: user.id, role: "user" }, { key: "x" }))).toBe(401);
    expect(await refusalOf(support, `/ws/ticket/${id}`, support.user().token)).toBe(404);
    expect(await refusalOf(support, "/ws/ticket/999999", user.token)).toBe(404);
    expect(await refusalOf(support, "/ws/ticket/999999", support.admin().token)).toBe(404);
    expect(await refusalOf(support, "/ws/admin", null)).toBe(401);
    expect(await refusalOf(support, "/ws/admin", user.token)).toBe(403);
    expect(await refusalOf(support, "/ws/elsewhere", user.token)).toBe(404);
  });
};
