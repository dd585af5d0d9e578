import { once } from "node:events";
import { expect, test } from "vitest";
import { spawnExample } from "../../../scripts/startExample.ts";
import { listen } from "./live.ts";
import { startSupport } from "./support.ts";

test("without a secret it says what is missing and does not start", async () => {
  for (const settings of [{}, { JWT_SECRET: "" }]) {
    const child = spawnExample("realtime-support", settings);
    let output = "";
    child.stderr?.on("data", (data) => {
      output += data;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(output).toContain("JWT_SECRET");
  }
});

test("it says once where it listens, ends in good order with sockets still open, and finds everything again", async () => {
  const first = await startSupport({ DATABASE_URL: "" });
  const user = first.user();
  const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
  const form = new FormData();
  form.set("file", new File(["the bytes"], "note.txt", { type: "text/plain" }));
  const { body: upload } = await user.post("/uploads", form);
  await user.post(`/${ticket.id}/messages`, { message: "Look", attachments: [upload.url] });
  const before = (await user.get(`/${ticket.id}`)).body;
  const socket = await listen(first, `/ws/ticket/${ticket.id}`, user.token);
  await socket.next();
  expect(await first.stop()).toBe(0);
  expect(first.output()).toBe(`listening on ${first.url}\n`);

  const second = await startSupport({ DATA_DIR: first.directory });
  const again = second.user(user.id);
  expect((await again.get(`/${ticket.id}`)).body).toStrictEqual(before);
  const response = await fetch(new URL(upload.url, second.url), {
    headers: { Authorization: `Bearer ${again.token}` },
  });
  expect(await response.text()).toBe("the bytes");
  await second.end();
  await first.end();
});
