import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startDesk } from "./desk.ts";
import { everything } from "./wire/everything.ts";

const desk = await startDesk();
afterAll(() => desk.end());

describe("on the embedded database", () => everything(desk));

test("nothing that is written to the disk holds a password", async () => {
  const password = "a password like no other";
  const given = { email: "zoe@example.com", username: "zoe", password };
  expect((await desk.post("/users", given)).status).toBe(201);
  await desk.stop();
  const files = readdirSync(desk.directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  expect(bytes.some((content) => content.includes(given.email))).toBe(true);
  expect(bytes.some((content) => content.includes(password))).toBe(false);
});
