import { describe, expect, test, vi } from "vitest";
import { newApi } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const agent = { as: "agent:greg" };
const admin = { as: "admin:root" };

describe("a chat message", () => {
  test("opens a ticket, and the next one joins it", async () => {
    const { ask } = await newApi();
    const send = (text: string, key: string) =>
      ask("POST", "/inbox", {
        as: "bot:chatbot",
        body: { channel: "chat", address: "42", text },
        headers: { "Idempotency-Key": key },
      });
    const first = await send("My order is late", "m1");
    expect([first.status, first.json.role]).toEqual([201, "customer"]);
    const second = await send("Hello?", "m2");
    expect(second.json.ticketId).toBe(first.json.ticketId);
    expect((await send("Hello?", "m2")).json).toEqual(second.json);
    expect((await ask("GET", "/tickets", agent)).json.items).toMatchObject([{ channel: "chat" }]);
    expect((await ask("POST", "/inbox", { ...ada, body: { channel: "chat", address: "1", text: "Me" } })).status).toBe(
      403,
    );
  });
});

describe("events", () => {
  test("are read from a place on, by those who may hear of them", async () => {
    const { ask, ticket } = await newApi();
    const start = (await ask("GET", "/events", agent)).json;
    expect(start.events).toEqual([]);
    await ticket("customer:ada");
    const { id } = await ticket("customer:bob");
    await ask("POST", `/tickets/${id}/notes`, { ...agent, body: { text: "Hm" } });
    const page = async (as: string, query: string) =>
      (await ask("GET", `/events?after=${start.position}&${query}`, { as })).json;
    const all = await page("agent:greg", "limit=1000");
    const types = (events: ReadonlyArray<{ type: string }>) => events.map(({ type }) => type);
    expect(types(all.events)).toEqual(["UserAdded", "TicketOpened", "UserAdded", "TicketOpened", "NoteAdded"]);
    expect(all.position).toBe(all.events.at(-1).position);
    expect(types((await page("customer:bob", "")).events)).toEqual(["TicketOpened"]);
    expect((await page("customer:ada", `ticketId=${id}`)).events).toEqual([]);
    expect(types((await page("agent:greg", `ticketId=${id}`)).events)).toEqual(["TicketOpened", "NoteAdded"]);

    let after = start.position;
    const seen: Array<string> = [];
    for (let turn = 0; turn < 20; turn++) {
      const { events, position } = (await ask("GET", `/events?after=${after}&limit=2`, agent)).json;
      seen.push(...types(events));
      if (position === after) break;
      after = position;
    }
    expect(seen).toEqual(types(all.events));
  });
});

describe("numbers", () => {
  test("are for those who work here", async () => {
    const { ask, ticket } = await newApi();
    await ticket();
    expect((await ask("GET", "/stats", agent)).json).toMatchObject({ total: 1, byStatus: { open: 1 }, unassigned: 1 });
    expect((await ask("GET", "/stats", ada)).status).toBe(403);
  });
});

describe("jobs", () => {
  test("are looked at, and given a new life where they died", async () => {
    let fails = true;
    const work = async () => {
      if (fails) throw new Error("The machine is off");
      return { done: true };
    };
    const { ask, desk } = await newApi({ desk: { run: { workers: 1 }, jobs: { work } } });
    const { id } = await desk.jobs.add({ kind: "work", payload: { a: 1 }, maxAttempts: 1 });
    const state = async (job: number) => (await ask("GET", `/jobs/${job}`, admin)).json.state;
    await vi.waitFor(async () => expect(await state(id)).toBe("dead"), { timeout: 60_000 });
    expect((await ask("GET", "/jobs?state=dead&kind=work", admin)).json).toMatchObject([{ id, payload: { a: 1 } }]);
    expect((await ask("GET", "/jobs", ada)).status).toBe(403);
    expect((await ask("POST", `/jobs/${id}/retry`, agent)).status).toBe(403);
    fails = false;
    const retried = await ask("POST", `/jobs/${id}/retry`, admin);
    expect(retried.status).toBe(200);
    await vi.waitFor(async () => expect(await state(retried.json.id)).toBe("finished"), { timeout: 60_000 });
    expect((await ask("GET", `/jobs/${id}`, admin)).status).toBe(404);
  });
});
