import { once } from "node:events";
import { expect, test } from "vitest";
import { spawnExample } from "../../../scripts/startExample.ts";
import { startDesk } from "./desk.ts";

test("it says once where it listens, ends in good order, and finds everything again", async () => {
  const desk = await startDesk({ DATABASE_URL: "", IMAP_URL: "", SMTP_URL: "", MAIL_POLL_SECONDS: "" });
  await desk.open();
  const before = (await desk.get("/tickets/")).body;
  expect(desk.output()).toBe(`listening on ${desk.url()}\n`);
  expect(await desk.stop()).toBe(0);
  await desk.restart();
  expect((await desk.get("/tickets/")).body).toStrictEqual(before);
  await desk.end();
});

test("with settings of mail that are no good it says which and does not start", async () => {
  const good = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "support@example.com" };
  const wrong = [
    ["MAIL_FROM", { ...good, MAIL_FROM: "" }],
    ["from", { ...good, MAIL_FROM: "nobody" }],
    ["smtp", { ...good, SMTP_URL: "nowhere" }],
    ["imap", { ...good, IMAP_URL: "http://127.0.0.1" }],
    ["pollSeconds", { ...good, IMAP_URL: "imap://a:b@127.0.0.1", MAIL_POLL_SECONDS: "often" }],
  ] as const;
  const ended = wrong.map(async ([named, settings]) => {
    const child = spawnExample("email-desk", settings);
    let output = "";
    child.stderr?.on("data", (data) => {
      output += data;
    });
    const [code] = await once(child, "close");
    expect([named, code]).toEqual([named, 1]);
    expect(output).toContain(named);
  });
  await Promise.all(ended);
});

test("it starts while the servers of mail are away", async () => {
  const mail = { IMAP_URL: "imap://a:b@127.0.0.1:1", SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "support@example.com" };
  const desk = await startDesk(mail);
  const ticket = await desk.open();
  const operator_id = await desk.operator();
  expect((await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Later" })).status).toBe(201);
  const { task_id } = (await desk.post("/emails/async")).body;
  expect((await desk.get(`/emails/async/${task_id}`)).body).toMatchObject({ result: null });
  expect(await desk.stop()).toBe(0);
});
