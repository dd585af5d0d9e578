import { expect, test } from "vitest";
import { startDesk } from "./desk.ts";

test("it says once where it listens, ends in good order, and finds everything again", async () => {
  const first = await startDesk({ DATABASE_URL: "", IMAP_URL: "", SMTP_URL: "", MAIL_POLL_SECONDS: "" });
  const user = await first.user();
  await user.post("/tickets", { subject: "Printer", description: "It burns" });
  const before = (await user.get("/tickets")).body;
  expect(first.output()).toBe(`listening on ${first.url}\n`);
  expect(await first.stop()).toBe(0);

  const second = await startDesk({ DATA_DIR: first.directory });
  const again = second.with(user.authorization);
  expect((await again.get("/tickets")).body).toStrictEqual(before);
  await second.end();
  await first.end();
});
