import { expect, test } from "vitest";
import { emailFromEnvironment } from "../src/index.ts";

const mail = { MAIL_FROM: "Support <support@example.com>", SMTP_URL: "smtps://a:b@smtp.example.com" };
const IMAP_URL = "imaps://a:b@imap.example.com";

test("mail that the environment names is sent, and read where it says so", async () => {
  const [sent, both] = [emailFromEnvironment(mail), emailFromEnvironment({ ...mail, IMAP_URL })];
  expect([sent?.sources, both?.sources?.map(({ name }) => name)]).toEqual([[], ["a@imap.example.com"]]);
  await Promise.all([sent?.close?.(), both?.close?.()]);
});

test("without any of them there is none", () => {
  expect([emailFromEnvironment({}), emailFromEnvironment({ IMAP_URL: "", SMTP_URL: "" })]).toEqual([null, null]);
});

test.each([
  ["IMAP_URL", { IMAP_URL }],
  ["MAIL_FROM", { ...mail, SMTP_URL: "" }],
  ["SMTP_URL", { ...mail, MAIL_FROM: "" }],
  ["from", { ...mail, MAIL_FROM: "nobody" }],
  ["smtp", { ...mail, SMTP_URL: "smtp.example.com" }],
  ["imap.url", { ...mail, IMAP_URL: "imap.example.com" }],
  ["imap.pollSeconds", { ...mail, IMAP_URL, MAIL_POLL_SECONDS: "often" }],
])("what is wrong is named: %s", (field, env) => {
  expect(() => emailFromEnvironment(env)).toThrow(`email: ${field} `);
});
