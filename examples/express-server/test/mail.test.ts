import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Reference, send, startReference } from "./reference.ts";

const directory = mkdtempSync(join(tmpdir(), "express-server-mail-"));
let server: Reference;
beforeAll(async () => {
  server = await startReference({ DATA_DIR: directory });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const page = async (path: string) => (await fetch(server.url + path)).text();
const links = async () =>
  [...(await page("/outbox")).matchAll(/href="(\/outbox\/[^"]+)"/g)].map(([, link = ""]) => link);
const until = async <A>(read: () => Promise<A>, isThere: (found: A) => boolean): Promise<A> => {
  let found = await read();
  await vi.waitFor(
    async () => {
      found = await read();
      expect(isThere(found)).toBe(true);
    },
    { timeout: 60_000, interval: 100 },
  );
  return found;
};

test("a mail becomes a ticket, and the answer through the API is a mail that can be looked at", async () => {
  const [, address = "", port = ""] = /SMTP at ([\d.]+):(\d+)/.exec(server.output()) ?? [];
  const client = createTransport({ host: address, port: Number(port), secure: false, ignoreTLS: true });
  await client.sendMail({
    from: "Bob <bob@example.org>",
    to: "support@example.com",
    subject: "Горит принтер <script>",
    text: "It burns.",
    messageId: "<first@example.org>",
  });
  client.close();

  const tickets = async () => (await send(`${server.url}/support/tickets`, { token: server.admin })).body.items;
  const [ticket] = await until(tickets, (items) => items.length === 1);
  expect(ticket).toMatchObject({ subject: "Горит принтер <script>", channel: "email" });
  const [acknowledgement = ""] = await until(links, (all) => all.length === 1);
  expect(await page(acknowledgement)).toContain("Auto-Submitted: auto-replied");

  const { status } = await send(`${server.url}/support/tickets/${ticket.id}/messages`, {
    method: "POST",
    token: server.admin,
    body: { text: "Use <b>water</b>." },
  });
  expect(status).toBe(201);
  const [answer = ""] = await until(links, (all) => all.length === 2);
  // A browser finds the mail from the address with a slash at its end, too.
  expect(await page("/outbox/")).toContain(`href="${answer}"`);
  const shown = await page(answer);
  expect(shown).toContain(`src="${answer}/html"`);
  expect(shown).toContain("&#60;first@example.org&#62;");
  expect(shown).toContain("Use &#60;b&#62;water&#60;/b&#62;.");
  expect(shown).not.toContain("<script>");
  expect(shown).not.toContain("Auto-Submitted");
  const framed = await fetch(`${server.url}${answer}/html`);
  expect(framed.headers.get("content-security-policy")).toContain("sandbox; default-src 'none'");
  expect(await framed.text()).toContain("water");
});

test("the outbox is for who sits at this machine, under its own name", async () => {
  const ask = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${server.url}/outbox`, { headers: { host } }, ({ statusCode }) => resolve(statusCode))
        .on("error", reject)
        .end();
    });
  expect(await ask("127.0.0.1")).toBe(200);
  expect(await ask("attacker.example")).toBe(404);
  expect((await fetch(`${server.url}/outbox/..%2Fsecret`)).status).toBe(404);
});
