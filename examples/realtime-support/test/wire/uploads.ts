import { expect, test } from "vitest";
import { callerOf, type Support, type TestCaller } from "../support.ts";

const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256);

const upload = async (caller: TestCaller, name = "фото.png") => {
  const form = new FormData();
  form.set("file", new File([bytes], name, { type: "image/png" }));
  return await caller.post("/uploads", form);
};
const open = async (caller: TestCaller) =>
  (await caller.post("/", { subject: "Printer", message: "It burns" })).body.id as number;

/** Files on messages. */
export const uploads = (support: Support): void => {
  const download = async (caller: TestCaller, url: string) => {
    const headers: Record<string, string> = caller.token === null ? {} : { Authorization: `Bearer ${caller.token}` };
    const response = await fetch(new URL(url, support.url), { headers });
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  test("an upload's URL goes into a message, and whoever may see the ticket gets the bytes back", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const { status, body } = await upload(user);
    expect(status).toBe(201);
    expect(body).toStrictEqual({ url: expect.any(String) });
    const { body: message, status: sent } = await user.post(`/${id}/messages`, {
      message: "Look",
      attachments: [body.url],
    });
    expect(sent).toBe(201);
    expect(message.attachments).toEqual([body.url]);
    expect((await user.get(`/${id}`)).body.messages[1]).toStrictEqual(message);
    for (const caller of [user, admin, support.admin()]) {
      const file = await download(caller, body.url);
      expect([file.status, file.headers.get("content-type")]).toEqual([200, "image/png"]);
      expect(Buffer.from(file.bytes).equals(bytes)).toBe(true);
    }
    expect((await download(support.user(), body.url)).status).toBe(404);
    expect((await download(callerOf(support.base, null), body.url)).status).toBe(401);
  });

  test("before a message carries it, an upload is its uploader's alone", async () => {
    const user = support.user();
    const { body } = await upload(user);
    expect((await download(user, body.url)).status).toBe(200);
    expect((await download(support.user(), body.url)).status).toBe(404);
    expect((await download(support.admin(), body.url)).status).toBe(404);
  });

  test("nobody can pass on an upload of somebody else's", async () => {
    const { body } = await upload(support.user());
    const thief = support.user();
    const id = await open(thief);
    const answer = await thief.post(`/${id}/messages`, { message: "Mine", attachments: [body.url] });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('"attachments"');
    expect((await thief.get(`/${id}`)).body.messages).toHaveLength(1);
    expect((await download(thief, body.url)).status).toBe(404);
  });

  test("an admin's message carries uploads, too, and the user gets the bytes", async () => {
    const user = support.user();
    const admin = support.admin();
    const id = await open(user);
    const urls = [(await upload(admin)).body.url, (await upload(admin, "b.png")).body.url];
    const { body: message } = await admin.post(`/admin/tickets/${id}/messages`, { message: "Here", attachments: urls });
    expect(message.attachments).toEqual(urls);
    expect(Buffer.from((await download(user, urls[1])).bytes).equals(bytes)).toBe(true);
  });

  test("an upload may be named by its whole address", async () => {
    const user = support.user();
    const id = await open(user);
    const { body } = await upload(user);
    const whole = new URL(body.url, support.url).href;
    const { status, body: message } = await user.post(`/${id}/messages`, { message: "Look", attachments: [whole] });
    expect([status, message.attachments]).toEqual([201, [body.url]]);
    expect((await download(support.admin(), message.attachments[0])).status).toBe(200);
  });

  test("an address elsewhere is kept as it was given, and never fetched", async () => {
    const user = support.user();
    const id = await open(user);
    const given = [
      "https://files.example/a%20b.png?x=1&y=%2F#z",
      "http://пример.рф/фото 1.png",
      'https://x.example/"q"',
    ];
    const { status, body } = await user.post(`/${id}/messages`, { message: "Look", attachments: given });
    expect([status, body.attachments]).toEqual([201, given]);
    expect((await support.admin().get(`/admin/tickets/${id}`)).body.messages[1].attachments).toEqual(given);
  });

  test("an upload can't pass itself off as an address elsewhere", async () => {
    const user = support.user();
    const id = await open(user);
    for (const address of ["javascript:alert(1)", "https://elsewhere.example/"]) {
      const form = new FormData();
      const type = `message/external-body; access-type=URL; URL="${address}"`;
      form.set("file", new File(["bytes"], "a.txt", { type }));
      const { body } = await user.post("/uploads", form);
      const { body: message } = await user.post(`/${id}/messages`, { message: "Look", attachments: [body.url] });
      expect(message.attachments).toEqual([body.url]);
      expect(Buffer.from((await download(user, body.url)).bytes).toString()).toBe("bytes");
    }
  });

  test("an address that a browser would run, or that is none, is refused", async () => {
    const user = support.user();
    const id = await open(user);
    for (const url of ["javascript:alert(1)", "data:text/html,hi", "file:///etc/passwd", "nothing", "", 7, null]) {
      const { status, body } = await user.post(`/${id}/messages`, { message: "Look", attachments: [url] });
      expect([url, status]).toEqual([url, 422]);
      expect(JSON.stringify(body)).toContain('"attachments"');
    }
    expect((await user.get(`/${id}`)).body.messages).toHaveLength(1);
  });

  test("attachments may be null or empty, and are null then", async () => {
    const user = support.user();
    const id = await open(user);
    for (const attachments of [null, []])
      expect((await user.post(`/${id}/messages`, { message: "Look", attachments })).body.attachments).toBeNull();
  });

  test("an upload without a file is refused by the field's name", async () => {
    const user = support.user();
    const { status, body } = await user.post("/uploads", new FormData());
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('"file"');
  });
};
