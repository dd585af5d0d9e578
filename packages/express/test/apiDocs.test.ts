import { describe, expect, test } from "vitest";
import { newApi } from "./apiClient.ts";

describe("the documentation", () => {
  test("describes every path that is served, and none that is not", async () => {
    const { ask } = await newApi();
    const { json, headers } = await ask("GET", "/openapi.json");
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    for (const [path, item] of Object.entries(json.paths as Record<string, Record<string, unknown>>)) {
      const at = path.replaceAll(/\{\w+\}/g, "1");
      const described = Object.keys(item).map((method) => method.toUpperCase());
      const allowed = (await ask("OPTIONS", at)).headers.get("allow")?.split(", ") ?? [];
      expect(allowed.filter((method) => method !== "HEAD" && method !== "OPTIONS").sort(), path).toEqual(
        described.sort(),
      );
    }
  });

  test.each(["/docs", "/docs/"])("is a page at %s whose files are all its own", async (path) => {
    const { ask, url } = await newApi();
    const page = await ask("GET", path);
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(page.text).not.toMatch(/https?:|<script>|\son\w+=|<style/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = ""]) => file);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { pathname } = new URL(file, url + path);
      const answer = await ask("GET", pathname.replace(/^\/support/, ""));
      expect(answer.status, file).toBe(200);
      expect(answer.headers.get("content-type")).toMatch(file.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
      if (file.endsWith("start.js")) expect(answer.text).toContain('"../openapi.json"');
    }
  });

  test("is left out where the host wants none", async () => {
    const { ask } = await newApi({ docs: false });
    for (const path of ["/docs", "/openapi.json"]) expect((await ask("GET", path)).status).toBe(404);
  });
});
