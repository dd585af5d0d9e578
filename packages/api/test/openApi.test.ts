import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { makeEndpoints, openApi } from "../src/index.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly in: string; readonly schema: object }>;
  readonly requestBody?: { readonly content: object };
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  readonly servers: unknown;
}

const document = openApi() as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, operation })),
);

describe("the OpenAPI document", () => {
  test("is a valid one of OpenAPI 3.1", async () => {
    const result = await new Validator().validate(structuredClone({ ...openApi() }));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  test("describes exactly the calls there are, and those that move bytes", () => {
    const served = makeEndpoints().map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const bytes = ["POST /files", "GET /files/{id}/content", "GET /inbound/{id}/raw"];
    expect(operations.map(({ name }) => name).sort()).toEqual([...served, ...bytes].sort());
  });

  test("refers to schemas that it has, and has none that nothing refers to", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(refs)].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });

  test.each(operations)("says of $name what it does and each way it can fail", ({ operation, method }) => {
    expect(operation.summary).toMatch(/^[A-Z]/);
    const failures = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const expected = [
      "401",
      "403",
      "429",
      "500",
      "503",
      ...(operation.requestBody ? ["400", "413", "415", "422"] : []),
    ];
    expect(failures.map(([status]) => status)).toEqual(expect.arrayContaining(expected));
    for (const [, { content }] of failures) expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    const headers = operation.parameters.filter((one) => one.in === "header").map(({ name }) => name);
    expect(headers.includes("if-match")).toBe(method === "patch");
  });

  test("tells of the version where a change can ask for it", () => {
    const patched = operations.filter(({ method }) => method === "patch");
    expect(patched.length).toBeGreaterThan(5);
    for (const { operation } of patched) expect(operation.responses["200"]?.headers).toHaveProperty("etag");
  });

  test("names numbers, truths and times as what they are", () => {
    const list = document.paths["/tickets"]?.["get"]?.parameters ?? [];
    const schemaOf = (name: string) => list.find((one) => one.name === name)?.schema;
    expect(schemaOf("limit")).toEqual({ type: "integer" });
    expect(schemaOf("total")).toEqual({ type: "boolean" });
    expect(document.components.schemas["Ticket"]).toMatchObject({
      properties: { createdAt: { type: "string", format: "date-time" }, id: { type: "integer" } },
    });
  });

  test("finds its server beside itself, whatever path it is mounted at", () => {
    expect(document.servers).toEqual([{ url: "." }]);
  });
});
