import { RateLimited } from "@deskwright/core";
import { memory, Storage, StorageError } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, test } from "vitest";
import { newApi } from "./apiClient.ts";

const agent = { as: "agent:greg" };
const json = { "content-type": "application/json" };

/** A storage in memory whose tickets can't be read. */
const brokenFor = (retryable: boolean) =>
  Layer.effect(
    Storage,
    Effect.map(Storage, (storage) => ({
      ...storage,
      find: (tenant, keys) =>
        keys.some(({ kind }) => kind === "ticket")
          ? new StorageError({ reason: "connect ECONNREFUSED 10.1.2.3", retryable, cause: new Error("secret") })
          : storage.find(tenant, keys),
    })),
  ).pipe(Layer.provide(memory()));

describe("what fails on the way", () => {
  test.each([
    ["broken JSON", 400, "MalformedJson", { body: '{"subject": ', headers: json }],
    ["half a text", 400, "MalformedJson", { body: '{"subject": "a\u0001"}', headers: json }],
    ["a form", 415, "UnsupportedMediaType", { body: "subject=a", headers: { "content-type": "text/plain" } }],
    [
      "an unknown character set",
      415,
      "UnsupportedMediaType",
      {
        body: "{}",
        headers: { "content-type": "application/json; charset=klingon" },
      },
    ],
    [
      "an unknown compression",
      415,
      "UnsupportedMediaType",
      { body: "{}", headers: { ...json, "content-encoding": "zip" } },
    ],
    ["more than may be sent", 413, "BodyTooLarge", { body: `{"text":"${"a".repeat(17_000_000)}"}`, headers: json }],
  ] as const)("is told of %s", async (_, status, code, asked) => {
    const { ask } = await newApi();
    const answer = await ask("POST", "/tickets", { ...agent, ...asked });
    expect(answer.json).toMatchObject({ type: "about:blank", status, code });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  test("is told of a body that is missing", async () => {
    const { ask } = await newApi();
    expect((await ask("POST", "/tickets", agent)).json).toMatchObject({ status: 422, errors: [{ path: [] }] });
    expect((await ask("POST", "/tickets", { ...agent, headers: json })).json).toMatchObject({ status: 422 });
  });

  test("is told of an address that can't be read", async () => {
    const { ask } = await newApi();
    expect((await ask("PATCH", "/queues/%E0%A4%A", { ...agent, body: {} })).json).toMatchObject({
      status: 400,
      code: "MalformedPath",
    });
  });

  test("is told which methods there are", async () => {
    const { ask } = await newApi();
    const refused = await ask("PUT", "/tickets/1", agent);
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, PATCH, DELETE, HEAD, OPTIONS"]);
    expect(refused.json).toMatchObject({ code: "MethodNotAllowed" });
    const asked = await ask("OPTIONS", "/tickets");
    expect([asked.status, asked.headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
  });
});

describe("what is not usable", () => {
  test("is told completely, each field with its place", async () => {
    const { ask } = await newApi();
    const body = { subject: " ", text: 5, colour: "red", tags: ["a", ""], requester: { externalId: "" } };
    const answer = await ask("POST", "/tickets", { ...agent, body, headers: { "Idempotency-Key": "x".repeat(201) } });
    expect(answer.status).toBe(422);
    const paths = answer.json.errors.map(({ path }: { path: ReadonlyArray<string> }) => path.join("."));
    expect(paths.sort()).toEqual(
      ["colour", "idempotency-key", "requester.externalId", "subject", "tags.1", "text"].sort(),
    );
    for (const { message } of answer.json.errors) expect(message).toMatch(/\S/);
  });

  test("is told where only the helpdesk can know it", async () => {
    const { ask } = await newApi();
    const errorsOf = async (body: object) =>
      (
        await ask("POST", "/tickets", {
          ...agent,
          body: { subject: "A", text: "B", requester: { externalId: "c" }, ...body },
        })
      ).json.errors;
    expect(await errorsOf({ queue: "none such" })).toMatchObject([{ path: ["queue"] }]);
    expect(await errorsOf({ files: [77] })).toMatchObject([{ path: ["files", 0] }]);
    expect(await errorsOf({ assignee: { externalId: "c" } })).toMatchObject([{ path: ["assignee"] }]);
  });

  test("is no way to exhaust the server", async () => {
    const { ask } = await newApi();
    const deep = `{"subject":"A","text":"B","custom":${'{"a":'.repeat(50_000)}1${"}".repeat(50_001)}`;
    expect((await ask("POST", "/tickets", { ...agent, body: deep, headers: json })).status).toBe(422);
    const many = { subject: "A", text: "B", tags: Array.from({ length: 50_000 }, () => "") };
    const answer = await ask("POST", "/tickets", { ...agent, body: many });
    expect(answer.status).toBe(422);
    expect(answer.text.length).toBeLessThan(50_000);
    const proto = '{"subject":"A","text":"B","__proto__":{"role":"admin"}}';
    expect((await ask("POST", "/tickets", { ...agent, body: proto, headers: json })).status).toBe(422);
  });

  test.each(["0x1", "1.5", "abc", "99999999999999999999", "%00"])("is a ticket's number such as %s", async (id) => {
    const { ask } = await newApi();
    expect((await ask("GET", `/tickets/${id}`, agent)).json).toMatchObject({ status: 422, errors: [{ path: ["id"] }] });
  });
});

describe("an outage", () => {
  test("is 503 where it passes and 500 where it does not, never 404, and tells no secrets", async () => {
    for (const retryable of [true, false]) {
      const { ask } = await newApi({ desk: { storage: brokenFor(retryable) } });
      const answer = await ask("GET", "/tickets/1", agent);
      expect(answer.status).toBe(retryable ? 503 : 500);
      expect(answer.json.code).toBe("StorageError");
      expect(answer.text).not.toMatch(/ECONNREFUSED|10\.1\.2\.3|secret|cause/);
    }
  });
});

describe("a host's rule", () => {
  test("may refuse with any of the helpdesk's errors", async () => {
    const authorize = () => {
      throw new RateLimited({ action: "tickets", retryAfterMs: 1_500 });
    };
    const { ask } = await newApi({ desk: { authorize } });
    const answer = await ask("GET", "/tickets", agent);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(answer.json.code).toBe("RateLimited");
  });

  test("that breaks is a plain 500", async () => {
    const authorize = () => {
      throw new TypeError("undefined is not a function: hunter2");
    };
    const { ask } = await newApi({ desk: { authorize } });
    const answer = await ask("GET", "/tickets", agent);
    expect(answer.json).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      code: "InternalError",
      detail: "Something went wrong.",
    });
  });
});
