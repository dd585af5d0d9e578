import { createHelpdesk, type Desk, type Helpdesk, InvalidInput } from "@deskwright/core";
import * as HttpApi from "effect/http-api/HttpApi";
import * as Schema from "effect/Schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Api, HttpError, makeEndpoints, type Request } from "../src/index.ts";

let helpdesk: Helpdesk;
let admin: Desk;
let customer: number;
let fileId: number;
let jobId: number;

beforeAll(async () => {
  helpdesk = await createHelpdesk({
    run: { workers: 1 },
    channels: [
      {
        name: "post",
        hasEmailAddresses: true,
        newRef: ({ token }) => token,
        read: async () => {
          throw new Error("no letter");
        },
        send: async () => {
          throw new Error("no stamps");
        },
      },
    ],
    jobs: {
      fail: async () => {
        throw new Error("no");
      },
    },
  });
  admin = helpdesk.as({ role: "admin", user: { externalId: "admin" } });
  customer = (await admin.users.create({ name: "Ada", email: "ada@example.com", externalId: "ada" })).id;
  for (let id = 1; id <= 3; id++)
    await admin.tickets.open({ subject: `Ticket ${id}`, text: "Help", requester: customer, tags: ["vip"] });
  fileId = (await admin.files.add({ name: "a.txt", content: new Uint8Array(3) })).id;
  const item = await admin.inbound.accept({ channel: "post", key: "1", raw: new Uint8Array(3) });
  itemId = item?.id ?? 0;
  await vi.waitFor(async () => expect((await admin.inbound.get(itemId)).state).toBe("quarantined"), 60_000);
  const mailed = await admin.tickets.open({ subject: "By post", text: "Help", requester: customer, channel: "post" });
  deliveryId = (await admin.messages.reply(mailed.id, { text: "Here it is" })).id;
  await vi.waitFor(async () => expect((await admin.deliveries.get(deliveryId)).state).toBe("failed"), 60_000);
  const job = await admin.jobs.add({ kind: "fail", maxAttempts: 1 });
  jobId = job.id;
  await vi.waitFor(async () => expect((await admin.jobs.get(jobId)).state).toBe("dead"), { timeout: 60_000 });
});
afterAll(() => helpdesk.close());

const endpoints = makeEndpoints();

/** What each endpoint is asked, so that each answers well. */
const asked = (name: string): Partial<Request> => {
  const one = { params: { id: "1" } };
  const asks: Readonly<Record<string, Partial<Request>>> = {
    "POST /tickets": { body: { subject: "A", text: "B", requester: customer } },
    "GET /tickets": { query: { status: ["open", "on_hold"], sort: "id", limit: "2", total: "true" } },
    "PATCH /tickets/:id": { ...one, body: { priority: "high", custom: { cause: { code: [1, null] } } } },
    "POST /tickets/:id/merge": { params: { id: "4" }, body: { into: 1 } },
    "DELETE /tickets/:id": { params: { id: "3" } },
    "GET /tickets/:id/history": { ...one, query: { after: "0" } },
    "POST /tickets/:id/messages": { ...one, body: { text: "Hello" } },
    "POST /tickets/:id/notes": { ...one, body: { text: "Hm" } },
    "GET /messages/:id": { params: { id: String(message) } },
    "PATCH /messages/:id": { params: { id: String(message) }, body: { text: "Better" } },
    "DELETE /messages/:id": { params: { id: String(message) } },
    "POST /inbox": { body: { channel: "chat", address: "42", text: "Hi" } },
    "GET /files/:id": { params: { id: String(fileId) } },
    "POST /users": { body: { name: "Bob", role: "agent" } },
    "GET /users": { query: { role: "customer", ids: [String(customer)] } },
    "GET /users/find": { query: { email: "ada@example.com" } },
    "GET /users/:id": { params: { id: String(customer) } },
    "PATCH /users/:id": { params: { id: String(customer) }, body: { locale: "en" } },
    "PUT /users/:id/password": { params: { id: String(customer) }, body: { password: "correct horse" } },
    "GET /inbound": { query: { state: "quarantined" } },
    "GET /inbound/:id": { params: { id: String(itemId) } },
    "POST /inbound/:id/replay": { params: { id: String(itemId) } },
    "GET /deliveries": { query: { state: "failed" } },
    "GET /deliveries/:id": { params: { id: String(deliveryId) } },
    "POST /deliveries/:id/retry": { params: { id: String(deliveryId) } },
    "GET /events": { query: { after: "0", limit: "1000" } },
    "GET /jobs": { query: { state: "dead" } },
    "GET /jobs/:id": { params: { id: String(jobId) } },
    "POST /jobs/:id/retry": { params: { id: String(jobId) } },
  };
  for (const list of ["queues", "categories", "priorities"])
    if (name.includes(list)) {
      if (name.startsWith("POST")) return { body: { key: "x", name: "X" } };
      if (name.startsWith("PATCH")) return { params: { key: "x" }, body: { name: "Y", rank: 3 } };
      if (name.startsWith("DELETE")) return { params: { key: "x" } };
    }
  return asks[name] ?? one;
};
let message: number;
let itemId: number;
let deliveryId: number;

const answerOf = (name: string, request: Partial<Request>, desk = admin) => {
  const found = endpoints.find(({ method, path }) => `${method} ${path}` === name);
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found.answer(desk, { params: {}, query: {}, headers: {}, body: undefined, ...request });
};

describe("each call of the contract", () => {
  const successes = new Map<string, readonly [number, Schema.Top]>();
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, successes: all }) => {
      for (const [status, [schema]] of all) successes.set(`${endpoint.method} ${endpoint.path}`, [status, schema]);
    },
  });

  test("answers what the contract says, to the letter", async () => {
    message = (await admin.messages.reply(2, { text: "To be changed" })).id;
    for (const { method, path } of endpoints) {
      const name = `${method} ${path}`;
      const [status, schema] = successes.get(name) as readonly [number, Schema.Codec<unknown, unknown>];
      const answer = await answerOf(name, asked(name));
      expect(answer.status, name).toBe(status);
      if (status === 204) expect(answer.body, name).toBe(null);
      else {
        const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "error" });
        expect(() => decode(JSON.parse(answer.body ?? "")), `${name} ${answer.body}`).not.toThrow();
      }
    }
    expect(endpoints.length).toBe(48);
  });
});

describe("a request", () => {
  const issuesOf = async (name: string, request: Partial<Request>) => {
    const error = await answerOf(name, request).then(
      () => new Error("It went through"),
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as InvalidInput).issues.map(({ path }) => path.join("."));
  };

  test("is told everything that is wrong with it, in every part", async () => {
    const wrong = {
      params: { id: "one" },
      headers: { "if-match": "3", host: "not looked at" },
      body: { subject: "", priority: 5, colour: "red", tags: ["a", ""] },
    };
    expect((await issuesOf("PATCH /tickets/:id", wrong)).sort()).toEqual(
      ["colour", "id", "if-match", "priority", "subject", "tags.1"].sort(),
    );
  });

  test.each([
    ["an unknown filter", { asignee: "3" }, ["asignee"]],
    ["half a number", { limit: "2.5" }, ["limit"]],
    ["too much", { limit: "1001" }, ["limit"]],
    ["two of one", { sort: ["id", "-id"] }, ["sort"]],
    ["no time", { createdFrom: "yesterday" }, ["createdFrom"]],
    ["a number for a time", { createdFrom: "1" }, ["createdFrom"]],
    ["a time in words", { createdBefore: "31 January 2026" }, ["createdBefore"]],
    ["a day that there is not", { createdFrom: "2026-02-31" }, ["createdFrom"]],
    ["an hour that there is not", { createdFrom: "2026-01-31T25:00:00Z" }, ["createdFrom"]],
    ["neither true nor false", { total: "yes" }, ["total"]],
  ])("for a list is refused for %s", async (_, query, fields) => {
    expect([...new Set(await issuesOf("GET /tickets", { query }))]).toEqual(fields);
  });

  test.each(["2026-01-31", "2026-01-31T09:00", "2026-01-31T09:00:00.5Z", "2026-01-31T09:00:00+02:00"])(
    "for a list takes the time %s",
    async (createdFrom) => {
      expect((await answerOf("GET /tickets", { query: { createdFrom } })).status).toBe(200);
    },
  );

  test("says which times it takes", async () => {
    const error = await answerOf("GET /tickets", { query: { createdFrom: "1" } }).catch((thrown) => thrown);
    expect(error.issues).toEqual([
      { path: ["createdFrom"], message: "Expected an ISO 8601 date or date-time, such as 2026-01-31T09:00:00Z" },
    ]);
  });

  test("for events begins where nothing has happened yet, unless it names a position", async () => {
    const { events, position } = JSON.parse((await answerOf("GET /events", {})).body ?? "");
    expect(events).toEqual([]);
    const { id } = await admin.tickets.open({ subject: "New", text: "Help", requester: customer });
    const next = await answerOf("GET /events", { query: { after: String(position) } });
    expect(JSON.parse(next.body ?? "").events[0]).toMatchObject({ type: "TicketOpened", ticketId: id });
  });

  test("is refused where its body is no object", async () => {
    for (const body of [undefined, null, [], "text", 5])
      expect(await issuesOf("POST /tickets", { body }), JSON.stringify(body)).toEqual([""]);
  });

  test("says its key in a header and nowhere else", async () => {
    expect(await issuesOf("POST /tickets", { body: { subject: "A", text: "B", once: "k" } })).toEqual(["once"]);
    const body = { subject: "A", text: "B", requester: customer };
    const headers = { "idempotency-key": "k1" };
    const first = await answerOf("POST /tickets", { headers, body });
    expect(await answerOf("POST /tickets", { headers, body })).toEqual(first);
    expect(await issuesOf("POST /tickets", { headers, body: { ...body, text: "C" } })).toEqual(["idempotency-key"]);
    expect(await issuesOf("POST /tickets", { headers: { "idempotency-key": "" }, body })).toEqual(["idempotency-key"]);
  });

  test("finds a user by one thing", async () => {
    expect(await issuesOf("GET /users/find", { query: {} })).toEqual(["email"]);
    expect(await issuesOf("GET /users/find", { query: { email: "a@b", externalId: "c" } })).toEqual(["email"]);
  });
});

describe("If-Match", () => {
  const change = (tag: string, body: object = { subject: "Changed" }) =>
    answerOf("PATCH /tickets/:id", { params: { id: "2" }, headers: { "if-match": tag }, body });

  test("lets a change through on the version that was answered, and on any", async () => {
    const { etag } = await answerOf("GET /tickets/:id", { params: { id: "2" } });
    const after = await change(etag as string);
    expect(after.etag).not.toBe(etag);
    expect((await change("*", { subject: "Changed again" })).status).toBe(200);
  });

  test.each(['"999"', 'W/"1"', '"one"', '""', '"-1"', '"99999999999999999999"'])(
    "refuses a change on another version: %s",
    async (tag) => {
      const error = await change(tag).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(HttpError);
      expect(error).toMatchObject({ status: 412, code: "VersionMismatch" });
    },
  );

  test("is kept by users, messages and lists, too", async () => {
    const stale = { headers: { "if-match": '"999"' } };
    const mismatch = { status: 412 };
    const { id } = await admin.messages.reply(2, { text: "Said" });
    const asks = [
      ["PATCH /users/:id", { params: { id: String(customer) }, body: {} }],
      ["PATCH /messages/:id", { params: { id: String(id) }, body: { text: "Else" } }],
      ["PATCH /priorities/:key", { params: { key: "high" }, body: {} }],
    ] as const;
    for (const [name, request] of asks)
      await expect(answerOf(name, { ...request, ...stale }), name).rejects.toMatchObject(mismatch);
  });
});
