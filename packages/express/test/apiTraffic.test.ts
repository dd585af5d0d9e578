import type { Channel } from "@deskwright/core";
import { describe, expect, test, vi } from "vitest";
import { newApi } from "./apiClient.ts";

const admin = { as: "admin:root" };

/** A channel that understands nothing. */
const puzzled: Channel = {
  name: "post",
  newRef: ({ token }) => token,
  read: async () => {
    throw new Error("no letter");
  },
  send: async () => ({ ref: null, refused: [] }),
};

describe("what came in and was not understood", () => {
  test("is listed with its reason and its bytes, for admins alone, and replayed", async () => {
    const { ask, desk } = await newApi({ desk: { channels: [puzzled], run: { workers: 1 } } });
    await desk.inbound.accept({ channel: "post", key: "1", raw: new TextEncoder().encode("<script>") });
    const health = async () => (await ask("GET", "/health", admin)).json;
    await vi.waitFor(async () => expect((await health()).inbound.quarantined).toBe(1), 60_000);
    expect(await health()).toMatchObject({ isWell: false, inbound: { seen: 1, accepted: 0 } });
    const [item] = (await ask("GET", "/inbound?state=quarantined", admin)).json;
    expect(item).toMatchObject({ channel: "post", key: "1", reason: "Not understood: no letter" });
    const raw = await ask("GET", `/inbound/${item.id}/raw`, admin);
    expect([raw.status, raw.text]).toEqual([200, "<script>"]);
    expect(raw.headers.get("content-disposition")).toContain("attachment");
    expect(raw.headers.get("content-type")).toBe("application/octet-stream");
    for (const as of ["agent:greg", "customer:ada", "bot:robot"]) {
      expect((await ask("GET", "/health", { as })).status).toBe(403);
      expect((await ask("GET", `/inbound/${item.id}/raw`, { as })).status).toBe(403);
      expect((await ask("POST", `/inbound/${item.id}/replay`, { as })).status).toBe(403);
    }
    expect((await ask("GET", `/inbound/${item.id}`, { as: "admin:root:other" })).status).toBe(404);
    const again = await ask("POST", `/inbound/${item.id}/replay`, admin);
    expect(again.status).toBe(200);
    await vi.waitFor(async () => {
      expect((await ask("GET", `/inbound/${again.json.id}`, admin)).json.state).toBe("quarantined");
    }, 60_000);
    expect((await ask("GET", `/inbound/${item.id}`, admin)).status).toBe(404);
    expect(await health()).toMatchObject({ inbound: { seen: 1, quarantined: 1 } });
  });
});
