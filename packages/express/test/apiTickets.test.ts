import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, newApi } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const agent = { as: "agent:greg" };
const admin = { as: "admin:root" };

let ask: Ask;
let ticket: Awaited<ReturnType<typeof newApi>>["ticket"];
beforeEach(async () => {
  ({ ask, ticket } = await newApi());
});

describe("a ticket", () => {
  test("is opened, read, changed and removed", async () => {
    const opened = await ask("POST", "/tickets", {
      ...ada,
      body: { subject: "Printer on fire", text: "Help", custom: { room: 7 } },
    });
    expect(opened.status).toBe(201);
    expect(opened.headers.get("etag")).toBe('"1"');
    expect(opened.headers.get("content-type")).toBe("application/json");
    expect(opened.headers.get("cache-control")).toBe("no-store");
    expect(opened.json).toMatchObject({ id: 1, version: 1, status: "open", custom: { room: 7 } });
    expect(new Date(opened.json.createdAt).toISOString()).toBe(opened.json.createdAt);

    const got = await ask("GET", "/tickets/1", ada);
    expect([got.status, got.json]).toEqual([200, opened.json]);

    const change = { status: "in_progress", priority: "high", assignee: { externalId: "greg" }, tags: ["vip"] };
    const changed = await ask("PATCH", "/tickets/1", { ...agent, body: change });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).toBe('"2"');
    expect(changed.json).toMatchObject({ version: 2, status: "in_progress", priority: "high", tags: ["vip"] });

    expect((await ask("DELETE", "/tickets/1", agent)).status).toBe(403);
    const removed = await ask("DELETE", "/tickets/1", admin);
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect((await ask("GET", "/tickets/1", admin)).status).toBe(404);
  });

  test("is changed on the version that was read, and on no other", async () => {
    const { id } = await ticket();
    const change = (tag: string, priority: string) =>
      ask("PATCH", `/tickets/${id}`, { ...agent, body: { priority }, headers: { "If-Match": tag } });
    expect((await change('"1"', "high")).status).toBe(200);
    const late = await change('"1"', "low");
    expect(late.status).toBe(412);
    expect(late.headers.get("content-type")).toBe("application/problem+json");
    expect(late.json).toMatchObject({ status: 412, code: "VersionMismatch" });
    expect((await change("*", "low")).status).toBe(200);
    expect((await change("3", "low")).json.errors).toEqual([
      { path: ["if-match"], message: expect.stringContaining("entity tag") },
    ]);
  });

  test("is changed by one of many who change the same version at once", async () => {
    const { id } = await ticket();
    const changes = await Promise.all(
      ["low", "high", "urgent", "low", "high"].map((priority) =>
        ask("PATCH", `/tickets/${id}`, { ...agent, body: { priority }, headers: { "If-Match": '"1"' } }),
      ),
    );
    expect(changes.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  test("refuses a status that may not follow, and says which may", async () => {
    const { id } = await ticket();
    const body = { status: "resolved" };
    expect((await ask("PATCH", `/tickets/${id}`, { ...agent, body })).status).toBe(200);
    const refused = await ask("PATCH", `/tickets/${id}`, { ...agent, body: { status: "on_hold" } });
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      code: "InvalidTransition",
      from: "resolved",
      to: "on_hold",
      allowed: ["open", "in_progress", "closed"],
      missing: [],
    });
  });

  test("is opened once under one key, also by many at once", async () => {
    const open = (text = "Help") =>
      ask("POST", "/tickets", {
        ...ada,
        body: { subject: "Once", text },
        headers: { "Idempotency-Key": "order-17" },
      });
    const opened = await Promise.all(Array.from({ length: 5 }, () => open()));
    expect(opened.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set(opened.map(({ json }) => json.id)).size).toBe(1);
    const other = await open("Something else");
    expect(other.status).toBe(422);
    expect(other.json.errors).toEqual([{ path: ["idempotency-key"], message: expect.any(String) }]);
    expect((await ask("GET", "/tickets?total=true", ada)).json.total).toBe(1);
  });

  test("shows what was sent as read, and tells what happened to it", async () => {
    const { id } = await ticket();
    expect((await ask("POST", `/tickets/${id}/messages`, { ...agent, body: { text: "On it" } })).status).toBe(201);
    expect((await ask("GET", `/tickets/${id}`, ada)).json.unread).toEqual({ customer: 1, agents: 0 });
    const read = await ask("POST", `/tickets/${id}/read`, ada);
    expect([read.status, read.json.unread]).toEqual([200, { customer: 0, agents: 0 }]);
    const history = (await ask("GET", `/tickets/${id}/history`, ada)).json;
    expect(history.map(({ type }: { type: string }) => type)).toEqual([
      "TicketOpened",
      "ReplyAdded",
      "StatusChanged",
      "TicketRead",
    ]);
    const later = (await ask("GET", `/tickets/${id}/history?after=${history[2].position}`, ada)).json;
    expect(later).toEqual([history[3]]);
  });
});

describe("a list of tickets", () => {
  const ids = async (query: string, as = agent) => {
    const { status, json } = await ask("GET", `/tickets?${query}`, as);
    expect(status, query).toBe(200);
    return json.items.map(({ id }: { id: number }) => id);
  };

  beforeEach(async () => {
    await ticket("customer:ada");
    await ticket("customer:bob", { priority: "high" });
    await ticket("customer:ada", { channel: "chat" });
    const change = (id: number, body: object) => ask("PATCH", `/tickets/${id}`, { ...agent, body });
    await change(2, { status: "on_hold", assignee: { externalId: "greg" }, tags: ["vip", "late"] });
    await change(3, { status: "closed" });
  });

  test("shows each what they may see, newest first", async () => {
    expect(await ids("")).toEqual([3, 2, 1]);
    expect(await ids("", ada)).toEqual([3, 1]);
    expect(await ids("", { as: "customer:eve" })).toEqual([]);
  });

  test("is filtered by every field, one value or several", async () => {
    const { user: greg } = (await ask("GET", "/me", agent)).json;
    const { user: bob } = (await ask("GET", "/me", { as: "customer:bob" })).json;
    expect(await ids("status=on_hold")).toEqual([2]);
    expect(await ids("status=on_hold&status=closed")).toEqual([3, 2]);
    expect(await ids("priority=high")).toEqual([2]);
    expect(await ids("channel=chat")).toEqual([3]);
    expect(await ids("tag=late&tag=never")).toEqual([2]);
    expect(await ids(`requester=${bob}`)).toEqual([2]);
    expect(await ids(`assignee=${greg}`)).toEqual([2]);
    expect(await ids("assignee=null&sort=id")).toEqual([1, 3]);
    expect(await ids(`assignee=null&assignee=${greg}&sort=id`)).toEqual([1, 2, 3]);
    expect(await ids("category=null&queue=null&sort=id")).toEqual([1, 2, 3]);
    expect(await ids("createdFrom=2020-01-01T00:00:00Z&createdBefore=2020-01-02")).toEqual([]);
  });

  test("is sorted and read page by page, by place or by number", async () => {
    const page = async (query: string) => (await ask("GET", `/tickets?sort=id&limit=2&${query}`, agent)).json;
    const first = await page("total=true");
    expect(first).toMatchObject({ items: [{ id: 1 }, { id: 2 }], total: 3, next: expect.any(String) });
    expect(await page(`after=${encodeURIComponent(first.next)}`)).toMatchObject({
      items: [{ id: 3 }],
      next: null,
      total: null,
    });
    expect(await page("offset=1")).toMatchObject({ items: [{ id: 2 }, { id: 3 }] });
    expect(await ids("sort=-updatedAt")).toEqual([3, 2, 1]);
    expect(await ids("sort=createdAt")).toEqual([1, 2, 3]);
  });
});

describe("what is said on a ticket", () => {
  test("is listed oldest first, page by page, notes for agents alone", async () => {
    const { id } = await ticket();
    const say = (path: string, as: string, text: string) =>
      ask("POST", `/tickets/${id}/${path}`, { as, body: { text, html: "<p>x</p>" } });
    expect((await say("messages", "agent:greg", "On it")).json).toMatchObject({ role: "agent", note: false });
    expect((await say("notes", "agent:greg", "He is always like that")).json).toMatchObject({ note: true });
    await say("messages", "customer:ada", "Thanks");
    const texts = async (as: string, query = "") =>
      (await ask("GET", `/tickets/${id}/messages${query}`, { as })).json.map(({ text }: { text: string }) => text);
    expect(await texts("agent:greg")).toEqual(["Help", "On it", "He is always like that", "Thanks"]);
    expect(await texts("agent:greg", "?notes=false&limit=2")).toEqual(["Help", "On it"]);
    expect(await texts("customer:ada")).toEqual(["Help", "On it", "Thanks"]);
    const [first] = (await ask("GET", `/tickets/${id}/messages?limit=1`, ada)).json;
    expect(await texts("customer:ada", `?after=${first.id}`)).toEqual(["On it", "Thanks"]);
  });

  test("is said once under one key", async () => {
    const { id } = await ticket();
    for (const path of ["messages", "notes"]) {
      const say = () =>
        ask("POST", `/tickets/${id}/${path}`, {
          ...agent,
          body: { text: "Twice?" },
          headers: { "Idempotency-Key": `k-${path}` },
        });
      const [one, two] = [await say(), await say()];
      expect([one.status, two.status, two.json]).toEqual([201, 201, one.json]);
    }
    expect((await ask("GET", `/tickets/${id}/messages`, agent)).json).toHaveLength(3);
  });

  test("is read, put in other words and taken back by its author", async () => {
    const { id } = await ticket();
    const { json: said } = await ask("POST", `/tickets/${id}/messages`, { ...agent, body: { text: "Helo" } });
    const path = `/messages/${said.id}`;
    expect((await ask("GET", path, ada)).json).toEqual(said);
    expect((await ask("PATCH", path, { ...ada, body: { text: "Mine" } })).status).toBe(403);
    const edited = await ask("PATCH", path, { ...agent, body: { text: "Hello" }, headers: { "If-Match": '"1"' } });
    expect([edited.status, edited.headers.get("etag")]).toEqual([200, '"2"']);
    expect(edited.json).toMatchObject({ text: "Hello", version: 2, editedAt: expect.any(String) });
    const stale = await ask("PATCH", path, { ...agent, body: { text: "Hi" }, headers: { "If-Match": '"1"' } });
    expect(stale.status).toBe(412);
    expect((await ask("DELETE", path, admin)).status).toBe(204);
    expect((await ask("GET", path, ada)).json).toMatchObject({ text: "", deletedAt: expect.any(String) });
  });

  test("may be any text of any script", async () => {
    const { id } = await ticket();
    const text = "Добрый день, 你好, مرحبا 👩‍🚒\r\n\t<script>alert(1)</script>\u2028";
    const { json } = await ask("POST", `/tickets/${id}/messages`, { ...ada, body: { text } });
    expect(json.text).toBe(text);
    expect((await ask("GET", `/messages/${json.id}`, agent)).json.text).toBe(text);
  });
});
