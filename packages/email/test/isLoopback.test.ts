import { expect, test } from "vitest";
import { isLoopback } from "../src/isLoopback.ts";

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["[::1]", true],
  ["::1", true],
  ["mail.localhost", true],
  ["localhost.example.com", false],
  ["10.0.0.1", false],
  ["127.example.com", false],
  ["", false],
])("%j is this machine: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
