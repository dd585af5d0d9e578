import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, newApi } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const agent = { as: "agent:greg" };
const admin = { as: "admin:root" };

let ask: Ask;
beforeEach(async () => {
  ({ ask } = await newApi());
});

describe("people", () => {
  test("are told who they are", async () => {
    expect((await ask("GET", "/me", ada)).json).toEqual({
      role: "customer",
      user: expect.any(Number),
      tenant: "default",
    });
    expect((await ask("GET", "/me", { as: "agent:greg:acme" })).json).toMatchObject({ role: "agent", tenant: "acme" });
  });

  test("are added, found, listed and changed", async () => {
    const body = { name: "Ада", email: "Ada@Example.com", externalId: "u/7 ?&", role: "customer", locale: "ru" };
    const added = await ask("POST", "/users", { ...admin, body });
    expect(added.status).toBe(201);
    const { id } = added.json;
    expect((await ask("GET", `/users/${id}`, admin)).json).toEqual(added.json);
    expect((await ask("GET", "/users/find?email=ada@example.com", admin)).json.id).toBe(id);
    expect((await ask("GET", `/users/find?externalId=${encodeURIComponent("u/7 ?&")}`, admin)).json.id).toBe(id);
    expect((await ask("GET", "/users/find?email=no@example.com", admin)).json).toMatchObject({
      status: 404,
      code: "NotFound",
    });
    const list = async (query: string) =>
      (await ask("GET", `/users?${query}`, admin)).json.map((user: { id: number }) => user.id);
    expect(await list(`ids=${id}&ids=99999`)).toEqual([id]);
    expect(await list("role=customer&active=true&limit=1")).toEqual([id]);
    expect(await list(`role=customer&after=${id}`)).toEqual([]);
    const changed = await ask("PATCH", `/users/${id}`, {
      ...admin,
      body: { active: false },
      headers: { "If-Match": added.headers.get("etag") ?? "" },
    });
    expect([changed.status, changed.json.active]).toEqual([200, false]);
    const late = { ...admin, body: { active: true }, headers: { "If-Match": added.headers.get("etag") ?? "" } };
    expect((await ask("PATCH", `/users/${id}`, late)).status).toBe(412);
  });

  test("keep their address to themselves", async () => {
    const add = () => ask("POST", "/users", { ...admin, body: { email: "ada@example.com" } });
    expect((await add()).status).toBe(201);
    expect((await add()).json).toMatchObject({ status: 422, errors: [{ path: ["email"] }] });
  });

  test("are given a password by an admin, which no answer tells", async () => {
    const { id } = (await ask("POST", "/users", { ...admin, body: { email: "ada@example.com" } })).json;
    const path = `/users/${id}/password`;
    expect((await ask("PUT", path, { ...agent, body: { password: "correct horse" } })).status).toBe(403);
    expect((await ask("PUT", path, { ...admin, body: { password: "short" } })).json.errors).toEqual([
      { path: ["password"], message: expect.any(String) },
    ]);
    const set = await ask("PUT", path, { ...admin, body: { password: "correct horse" } });
    expect([set.status, set.text]).toEqual([204, ""]);
    for (const got of [await ask("GET", `/users/${id}`, admin), await ask("GET", "/users", admin)])
      expect(got.text).not.toMatch(/correct horse|password|hash|salt/);
  });
});

describe.each(["queues", "categories", "priorities"])("the list of %s", (name) => {
  test("is read by everybody and kept by admins", async () => {
    const before = (await ask("GET", `/${name}`, ada)).json.length;
    const refused = await ask("POST", `/${name}`, { ...agent, body: { name: "Returns" } });
    expect(refused.status).toBe(403);
    const added = await ask("POST", `/${name}`, { ...admin, body: { name: "Возврат и обмен" } });
    expect(added.status).toBe(201);
    const key = encodeURIComponent(added.json.key);
    const again = await ask("POST", `/${name}`, { ...admin, body: { name: "x", key: added.json.key } });
    expect(again.json).toMatchObject({ status: 422, errors: [{ path: ["key"] }] });
    const path = `/${name}/${key}`;
    const changed = await ask("PATCH", path, {
      ...admin,
      body: { name: "Returns", rank: 9 },
      headers: { "If-Match": '"1"' },
    });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    const stale = await ask("PATCH", path, { ...admin, body: {}, headers: { "If-Match": '"1"' } });
    expect(stale.status).toBe(412);
    expect((await ask("GET", `/${name}`, ada)).json).toHaveLength(before + 1);
    expect((await ask("DELETE", path, admin)).status).toBe(204);
    expect((await ask("GET", `/${name}`, ada)).json).toHaveLength(before);
    expect((await ask("GET", `/${name}?removed=true`, ada)).json).toHaveLength(before + 1);
    expect((await ask("DELETE", `/${name}/no-such`, admin)).status).toBe(404);
  });

  test("may have keys that an address has to encode", async () => {
    await ask("POST", `/${name}`, { ...admin, body: { name: "Odd", key: "a/b?c#%25" } });
    const changed = await ask("PATCH", `/${name}/${encodeURIComponent("a/b?c#%25")}`, {
      ...admin,
      body: { name: "Even" },
    });
    expect(changed.json).toMatchObject({ key: "a/b?c#%25", name: "Even" });
  });
});
