import { expect, test } from "vitest";
import { callerOf, type Support, sign } from "../support.ts";

const now = () => Math.floor(Date.now() / 1000);

/** What is refused, and how. */
export const refusals = (support: Support): void => {
  test("a missing or invalid token is 401 with a JSON body, whatever is asked", async () => {
    const { body: ticket } = await support.user().post("/", { subject: "Printer", message: "It burns" });
    const tokens = {
      none: null,
      nonsense: "nonsense",
      "signed with another secret": sign({ sub: 1, role: "admin" }, { key: "another" }),
      unsigned: sign({ sub: 1, role: "admin" }, { alg: "none" }),
      expired: sign({ sub: 1, role: "admin", exp: now() - 3600 }),
      "not valid yet": sign({ sub: 1, role: "admin", nbf: now() + 3600 }),
      "without sub": sign({ role: "admin" }),
      "with a sub that is no integer": sign({ sub: "somebody", role: "admin" }),
      "with a fraction as sub": sign({ sub: 1.5, role: "admin" }),
      "without role": sign({ sub: 1 }),
      "with a role nobody has": sign({ sub: 1, role: "root" }),
    };
    for (const [name, token] of Object.entries(tokens))
      for (const path of ["/", `/${ticket.id}`, "/admin/tickets", "/uploads/1", "/nowhere/at/all"]) {
        const { status, body } = await callerOf(support.base, token).get(path);
        expect([name, path, status]).toEqual([name, path, 401]);
        expect(body).toMatchObject({ status: 401 });
      }
    expect((await callerOf(support.base, null).post("/", { subject: "Printer", message: "?" })).status).toBe(401);
  });

  test("a token whose sub is an integer in a string is as good", async () => {
    const { status } = await callerOf(support.base, sign({ sub: "31", role: "user", exp: now() + 60 })).get("/");
    expect(status).toBe(200);
  });

  test("a user can't reach the admin side", async () => {
    const user = support.user();
    const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
    const path = `/admin/tickets/${ticket.id}`;
    const answers = [
      await user.get("/admin/tickets"),
      await user.get(path),
      await user.patch(path, { status: "closed" }),
      await user.post(`${path}/messages`, { message: "?" }),
      await user.post(`${path}/read`),
      await user.get(`${path}/notes`),
      await user.post(`${path}/notes`, { text: "?" }),
      await user.get("/admin/stats"),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect((await user.get(`/${ticket.id}`)).body.status).toBe("open");
  });

  test("somebody else's ticket is 404 everywhere, exactly as one that does not exist", async () => {
    const { body: ticket } = await support.user().post("/", { subject: "Printer", message: "It burns" });
    const other = support.user();
    const ask = async (id: number) => [
      await other.get(`/${id}`),
      await other.post(`/${id}/messages`, { message: "Let me in" }),
      await other.post(`/${id}/messages`, {}),
      await other.post(`/${id}/read`),
    ];
    const [hidden, missing] = [await ask(ticket.id), await ask(999_999)];
    expect(hidden.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    const plain = (answers: typeof hidden, id: number) =>
      answers.map(({ body }) => JSON.stringify(body).replaceAll(String(id), "…"));
    expect(plain(hidden, ticket.id)).toEqual(plain(missing, 999_999));
    const admin = support.admin();
    for (const path of ["/admin/tickets/999999", "/admin/tickets/999999/notes", "/admin/tickets/999999999999999"])
      expect((await admin.get(path)).status).toBe(404);
    expect((await admin.patch("/admin/tickets/999999", { status: "closed" })).status).toBe(404);
    expect((await admin.post("/admin/tickets/999999/messages", { message: "?" })).status).toBe(404);
    expect((await admin.post("/admin/tickets/999999/read")).status).toBe(404);
    expect((await admin.post("/admin/tickets/999999/notes", { text: "?" })).status).toBe(404);
  });

  test("bad input is refused with a JSON body that names the field, and changes nothing", async () => {
    const user = support.user();
    const admin = support.admin();
    const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
    const path = `/admin/tickets/${ticket.id}`;
    const before = (await admin.get(path)).body;
    const refused = async (field: string, answer: ReturnType<typeof user.get>) => {
      const { status, body } = await answer;
      expect([field, status === 400 || status === 422]).toEqual([field, true]);
      expect(JSON.stringify(body)).toContain(`"${field}"`);
    };
    await refused("subject", user.post("/", { message: "?" }));
    await refused("subject", user.post("/", { subject: "  ", message: "?" }));
    await refused("subject", user.post("/", { subject: 7, message: "?" }));
    await refused("message", user.post("/", { subject: "Printer" }));
    await refused("message", user.post("/", { subject: "Printer", message: "" }));
    await refused("message", user.post("/", { subject: "Printer", message: null }));
    await refused("message", user.post("/", []));
    await refused("message", user.post(`/${ticket.id}/messages`, {}));
    await refused("message", user.post(`/${ticket.id}/messages`, { message: { text: "?" } }));
    await refused(
      "attachments",
      user.post(`/${ticket.id}/messages`, { message: "?", attachments: "http://x.example" }),
    );
    await refused("attachments", user.post(`/${ticket.id}/messages`, { message: "?", attachments: [1] }));
    await refused("message", admin.post(`${path}/messages`, { message: " " }));
    await refused("text", admin.post(`${path}/notes`, {}));
    await refused("skip", user.get("/?skip=-1"));
    await refused("skip", user.get("/?skip=many"));
    await refused("limit", user.get("/?limit=0"));
    await refused("limit", user.get("/?limit=1e3"));
    await refused("limit", user.get("/?limit=1000000"));
    await refused("status", user.get("/?status=lost"));
    await refused("status", user.get("/?status=open&status=closed"));
    await refused("status", admin.get("/admin/tickets?status=lost"));
    await refused("assigned_to", admin.get("/admin/tickets?assigned_to=me"));
    await refused("user_id", admin.get("/admin/tickets?user_id=-1"));
    await refused("status", admin.patch(path, { status: "lost" }));
    await refused("status", admin.patch(path, { status: null }));
    await refused("priority", admin.patch(path, { status: "closed", priority: "normal" }));
    await refused("assigned_to", admin.patch(path, { assigned_to: "me" }));
    await refused("assigned_to", admin.patch(path, { assigned_to: -5 }));
    await refused("category", admin.patch(path, { category: 7 }));
    await refused("category", admin.patch(path, { category: "" }));
    await refused("tags", admin.patch(path, { tags: "vip" }));
    await refused("tags", admin.patch(path, { tags: [7] }));
    await refused("ticket_id", user.get("/latest"));
    expect((await admin.get(path)).body).toStrictEqual(before);
  });

  test("a body that is no JSON is refused in JSON", async () => {
    const response = await fetch(`${support.base}/`, {
      method: "POST",
      headers: { Authorization: `Bearer ${support.user().token}`, "Content-Type": "application/json" },
      body: '{"subject": ',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400 });
  });

  test("a page that does not exist is 404 in JSON", async () => {
    const { status, body } = await support.user().get("/1/nowhere");
    expect([status, body.status]).toEqual([404, 404]);
    expect((await callerOf(support.url, null).get("/")).status).toBe(404);
  });
};
