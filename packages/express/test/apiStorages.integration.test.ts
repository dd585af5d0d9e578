import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localFiles } from "@deskwright/files";
import { postgres } from "@deskwright/postgres";
import { embedded } from "@deskwright/postgres/embedded";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { newApi } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const greg = { as: "agent:greg" };

const newFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "deskwright-api-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const storages = {
  PostgreSQL: () =>
    postgres({ url: inject("databaseUrl"), schema: `api_${randomUUID().replaceAll("-", "").slice(0, 12)}` }),
  "the embedded database": () => embedded({ directory: newFolder() }),
};

describe.each(Object.entries(storages))("the API on %s", (_, storage) => {
  test("does what it does in memory", async () => {
    const { ask } = await newApi({ desk: { storage: storage(), files: localFiles(newFolder()) } });

    const open = (key: string, body: object = {}) =>
      ask("POST", "/tickets", {
        ...ada,
        body: { subject: "Printer \u0000 on fire", text: "Помогите 👩‍🚒", custom: { a: [1, { b: null }] }, ...body },
        headers: { "Idempotency-Key": key },
      });
    const opened = await Promise.all(Array.from({ length: 8 }, () => open("one")));
    expect(opened.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(new Set(opened.map(({ json }) => json.id)).size).toBe(1);
    const { id } = opened[0]?.json ?? {};
    expect(opened[0]?.json).toMatchObject({ subject: "Printer \uFFFD on fire", custom: { a: [1, { b: null }] } });

    const changes = await Promise.all(
      ["low", "high", "urgent", "low"].map((priority) =>
        ask("PATCH", `/tickets/${id}`, { ...greg, body: { priority }, headers: { "If-Match": '"1"' } }),
      ),
    );
    expect(changes.map(({ status }) => status).sort((a, b) => a - b)).toContain(412);
    expect(changes.filter(({ status, json }) => status === 200 && json.version === 2).length).toBe(1);

    for (const path of [
      "/tickets/999999999999",
      "/messages/9007199254740991",
      "/files/9007199254740991",
      "/users/5000000000",
    ])
      expect((await ask("GET", path, greg)).json, path).toMatchObject({ status: 404, code: "NotFound" });
    expect((await ask("GET", `/tickets/${id}`, { as: "customer:eve" })).status).toBe(404);

    const form = new FormData();
    form.append("files", new Blob(["0123456789"]), "Отчёт.txt");
    const [file] = (await ask("POST", "/files", { ...ada, body: form })).json;
    const said = await ask("POST", `/tickets/${id}/messages`, { ...ada, body: { text: "See", files: [file.id] } });
    expect(said.json.attachments).toEqual([
      { id: file.id, name: "Отчёт.txt", contentType: "application/octet-stream", size: 10 },
    ]);
    const part = await ask("GET", `/files/${file.id}/content`, { ...greg, headers: { range: "bytes=2-4" } });
    expect([part.status, part.text]).toEqual([206, "234"]);

    for (const key of ["two", "three"]) await open(key);
    const first = (await ask("GET", "/tickets?limit=2&total=true", ada)).json;
    expect([first.items.length, first.total]).toEqual([2, 3]);
    const rest = (await ask("GET", `/tickets?limit=2&after=${encodeURIComponent(first.next)}`, ada)).json;
    expect(rest.items.map((ticket: { id: number }) => ticket.id)).toEqual([id]);

    const { events } = (await ask("GET", `/events?after=0&ticketId=${id}`, ada)).json;
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      "TicketOpened",
      "PriorityChanged",
      "MessageReceived",
      "FileAdded",
    ]);
    expect((await ask("GET", "/stats", greg)).json).toMatchObject({ total: 3, byStatus: { open: 3 } });
  });
});
