import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import { FileStore, memoryFiles } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import express from "express";
import { describe, expect, test, vi } from "vitest";
import { sendProblem } from "../src/answers.ts";
import { receiveFiles, sendFile } from "../src/index.ts";
import { askingApp, newApi, newDesk } from "./apiClient.ts";

const ada = { as: "customer:ada" };

const formOf = (
  ...files: ReadonlyArray<readonly [name: string, content: string | Uint8Array<ArrayBuffer>, field?: string]>
) => {
  const form = new FormData();
  for (const [name, content, field = "files"] of files) form.append(field, new Blob([content]), name);
  return form;
};

/** Files in memory, which of them were ever stored whole, and which are kept at the moment. */
const watchedFiles = () => {
  const kept = new Set<string>();
  const stored: Array<string> = [];
  const begun: Array<string> = [];
  const files = Layer.effect(
    FileStore,
    Effect.map(FileStore, (store) => ({
      ...store,
      write: (key: string, content: AsyncIterable<Uint8Array>) => {
        begun.push(key);
        return Effect.tap(store.write(key, content), () => Effect.sync(() => stored.push(key) && kept.add(key)));
      },
      remove: (key: string) => Effect.tap(store.remove(key), () => Effect.sync(() => kept.delete(key))),
    })),
  ).pipe(Layer.provide(memoryFiles()));
  return { files, kept, stored, begun };
};

describe("an upload", () => {
  test("is answered with what was stored, under its name in any script", async () => {
    const { ask } = await newApi();
    const names = ["report.pdf", "Отчёт за май.pdf", "請求書.pdf", 'a "b" 50%.txt', "../../etc/passwd", "👩‍🚒.png"];
    const body = formOf(...names.map((name) => [name, `the content of ${name}`] as const));
    const uploaded = await ask("POST", "/files", { ...ada, body });
    expect(uploaded.status).toBe(201);
    const stored = uploaded.json.map(({ name }: { name: string }) => name);
    expect(stored).toEqual(names.map((name) => (name.startsWith("..") ? "passwd" : name)));
    for (const [index, { id, sha256 }] of uploaded.json.entries()) {
      const content = `the content of ${names[index]}`;
      expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
      const got = await ask("GET", `/files/${id}/content`, ada);
      expect(got.text).toBe(content);
      const [, saved = ""] = got.headers.get("content-disposition")?.match(/filename\*=UTF-8''(\S+)/) ?? [];
      expect(decodeURIComponent(saved) || "plain").toBe(saved === "" ? "plain" : stored[index]);
    }
    expect(uploaded.text).not.toContain("storageKey");
  });

  test("goes with a message, and is then seen by whoever sees that", async () => {
    const { ask, ticket } = await newApi();
    const [{ id }] = (await ask("POST", "/files", { ...ada, body: formOf(["a.txt", "abc"]) })).json;
    expect((await ask("GET", `/files/${id}`, { as: "agent:greg" })).status).toBe(404);
    const { id: ticketId } = await ticket("customer:ada", { files: [id] });
    const [message] = (await ask("GET", `/tickets/${ticketId}/messages`, ada)).json;
    expect(message.attachments).toEqual([{ id, name: "a.txt", contentType: "application/octet-stream", size: 3 }]);
    expect((await ask("GET", `/files/${id}/content`, { as: "agent:greg" })).text).toBe("abc");
    expect((await ask("GET", `/files/${id}`, ada)).json).toMatchObject({ id, ticketId, messageId: message.id });
  });

  test("may be empty, or exactly as large as allowed", async () => {
    const { ask } = await newApi({ maxFileSize: 1000 });
    const body = formOf(["empty", ""], ["full", "x".repeat(1000)]);
    const sizes = (await ask("POST", "/files", { ...ada, body })).json.map(({ size }: { size: number }) => size);
    expect(sizes).toEqual([0, 1000]);
  });

  test.each([
    ["a file that is too large", formOf(["small", "a"], ["large", "x".repeat(1001)]), 413, "FileTooLarge"],
    ["too many files", formOf(["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]), 422, "InvalidInput"],
    ["a file in another field", formOf(["1", "a"], ["2", "b", "avatar"]), 422, "InvalidInput"],
    ["no file", formOf(), 422, "InvalidInput"],
  ])("is refused for %s, and leaves nothing", async (_, body, status, code) => {
    const { files, kept, stored } = watchedFiles();
    const { ask } = await newApi({ desk: { files }, maxFileSize: 1000, maxFiles: 3 });
    if ([...body.keys()].length === 0) body.append("comment", "only text");
    const answer = await ask("POST", "/files", { ...ada, body });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.json.errors).toEqual([
      { path: [expect.stringMatching(/^(files|avatar)$/)], message: expect.any(String) },
    ]);
    await vi.waitFor(() => expect([...kept]).toEqual([]));
    // The small one came first; of the large one no part was ever taken for a file.
    if (status === 413) expect(stored).toHaveLength(1);
  });

  test.each([
    ["JSON", '{"a":1}', "application/json", 415],
    ["a form without a boundary", "a", "multipart/form-data", 400],
    [
      "a form that ends too early",
      '--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nabc',
      "multipart/form-data; boundary=x",
      400,
    ],
  ])("is refused as %s", async (_, body, type, status) => {
    const { ask } = await newApi();
    expect((await ask("POST", "/files", { ...ada, body, headers: { "content-type": type } })).json).toMatchObject({
      status,
    });
  });

  test("by nobody is refused before it is read", async () => {
    const { files, begun } = watchedFiles();
    const { ask } = await newApi({ desk: { files } });
    expect((await ask("POST", "/files", { body: formOf(["a", "abc"]) })).status).toBe(401);
    expect(begun).toEqual([]);
  });

  test("that the client breaks off leaves nothing", async () => {
    const { files, kept, begun } = watchedFiles();
    const { url } = await newApi({ desk: { files } });
    const headers = { "x-as": "customer:ada", "content-type": "multipart/form-data; boundary=x" };
    const sending = request(`${url}/files`, { method: "POST", headers });
    const gone = new Promise((resolve) => sending.on("error", resolve).on("close", resolve));
    const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n`;
    sending.write(`${part("whole")}abc\r\n${part("half")}`);
    sending.write(randomBytes(300_000));
    await vi.waitFor(() => expect([begun.length, kept.size]).toEqual([2, 1]));
    sending.destroy();
    await gone;
    await vi.waitFor(() => expect(kept.size).toBe(0));
  });

  test("is handed to the file store piece by piece", async () => {
    const seen: Array<number> = [];
    const files = Layer.succeed(FileStore, {
      write: (_key: string, content: AsyncIterable<Uint8Array>) =>
        Effect.promise(async () => {
          let size = 0;
          for await (const chunk of content) {
            size += chunk.length;
            seen.push(chunk.length);
          }
          return { size, sha256: "0".repeat(64) };
        }),
      read: () => Effect.succeed(null),
      remove: () => Effect.void,
    });
    const { ask } = await newApi({ desk: { files }, maxFileSize: 50_000_000 });
    const [{ size }] = (await ask("POST", "/files", { ...ada, body: formOf(["big", new Uint8Array(40_000_000)]) }))
      .json;
    expect(size).toBe(40_000_000);
    expect(Math.max(...seen)).toBeLessThan(1_000_000);
  });
});

describe("a download", () => {
  const digits = "0123456789";
  const uploaded = async (name = "digits.txt") => {
    const api = await newApi();
    const [file] = (await api.ask("POST", "/files", { ...ada, body: formOf([name, digits]) })).json;
    const get = (headers: Record<string, string> = {}, method = "GET") =>
      api.ask(method, `/files/${file.id}/content`, { ...ada, headers });
    return { get, file, tag: `"${file.sha256}"` };
  };

  test("is the whole file, to be saved and never run", async () => {
    const { get, tag } = await uploaded("evil.html");
    const { status, text, headers } = await get();
    expect([status, text]).toEqual([200, digits]);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-length": "10",
      "content-disposition": 'attachment; filename="evil.html"',
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      etag: tag,
    });
  });

  test.each([
    ["bytes=2-5", "2345", "bytes 2-5/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=0-99", digits, "bytes 0-9/10"],
  ])("of %s is that range", async (range, text, contentRange) => {
    const { get } = await uploaded();
    const answer = await get({ range });
    expect([answer.status, answer.text, answer.headers.get("content-range")]).toEqual([206, text, contentRange]);
    expect(answer.headers.get("content-length")).toBe(String(text.length));
  });

  test("of a range behind the end is refused with the size", async () => {
    const { get } = await uploaded();
    const answer = await get({ range: "bytes=10-" });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect(answer.json).toMatchObject({ code: "RangeNotSatisfiable" });
  });

  test("of several ranges, or of an older content, is the whole file", async () => {
    const { get, tag } = await uploaded();
    expect((await get({ range: "bytes=0-1,4-5" })).status).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": tag })).status).toBe(206);
    expect((await get({ range: "bytes=0-1", "if-range": '"older"' })).text).toBe(digits);
    expect((await get({ range: "bytes=0-1", "if-range": `W/${tag}` })).status).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": "Sat, 21 Nov 2026 00:00:00 GMT" })).status).toBe(200);
  });

  test("is not sent again to who has it", async () => {
    const { get, tag } = await uploaded();
    const answer = await get({ "if-none-match": `"other", ${tag}` });
    expect([answer.status, answer.text, answer.headers.get("etag")]).toEqual([304, "", tag]);
  });

  test("by HEAD tells the size, whatever range is asked for", async () => {
    const { get } = await uploaded();
    const answer = await get({ range: "bytes=0-1" }, "HEAD");
    expect([answer.status, answer.text, answer.headers.get("content-length")]).toEqual([200, "", "10"]);
  });

  test("of what is no file's number names the field", async () => {
    const { ask } = await newApi();
    for (const id of ["x", "-1", "1.0"])
      expect((await ask("GET", `/files/${id}/content`, ada)).json, id).toMatchObject({
        status: 422,
        errors: [{ path: ["id"] }],
      });
  });

  test("whose bytes are lost breaks off, and leaves the server well", async () => {
    const files = Layer.effect(
      FileStore,
      Effect.map(FileStore, (store) => ({
        ...store,
        read: () =>
          Effect.succeed(
            (async function* () {
              yield new Uint8Array(3);
              throw new Error("The disk is gone");
            })(),
          ),
      })),
    ).pipe(Layer.provide(memoryFiles()));
    const { ask } = await newApi({ desk: { files } });
    const [{ id }] = (await ask("POST", "/files", { ...ada, body: formOf(["a", digits]) })).json;
    await expect(ask("GET", `/files/${id}/content`, ada)).rejects.toThrow();
    expect((await ask("GET", `/files/${id}`, ada)).status).toBe(200);
  });
});

describe("a host's own routes", () => {
  test("receive and send files with the same parts", async () => {
    const desk = await newDesk();
    const me = desk.as({ role: "agent", user: { externalId: "greg" } });
    const app = express();
    app.post("/avatar", async (req, res) => {
      try {
        const [file] = await receiveFiles(req, res, me, { field: "file", maxFileSize: 100, maxFiles: 1 });
        res.json({ url: `/avatar/${file?.id}`, caption: req.body.caption });
      } catch (error) {
        sendProblem(res, error);
      }
    });
    app.get("/avatar/:id", (req, res) =>
      sendFile(req, res, me, Number(req.params.id)).catch((error) => sendProblem(res, error)),
    );
    const ask = await askingApp(app);
    const body = formOf(["a.png", "png", "file"]);
    body.append("caption", "Ich");
    const { url, caption } = (await ask("POST", "/avatar", { body })).json;
    expect(caption).toBe("Ich");
    expect((await ask("GET", url, { headers: { range: "bytes=1-1" } })).text).toBe("n");
    expect((await ask("GET", "/avatar/999")).status).toBe(404);
    expect((await ask("POST", "/avatar", { body: formOf(["a", "x".repeat(101), "file"]) })).status).toBe(413);
  });
});
