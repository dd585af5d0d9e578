import { describe, expect, test } from "vitest";
import {
  isOwnLoopMark,
  isOwnMessageId,
  loopMark,
  newMessageId,
  signedAddress,
  ticketOfAddress,
  ticketOfMessageId,
} from "../src/tokens.ts";

const secret = "of the tenant";
const about = { tenant: "acme", ticketId: 42, secret, token: "k3-_Z", domain: "example.com" };

describe("a signed address", () => {
  const address = signedAddress("support@example.com", 42, "acme", secret);

  test("looks like the mailbox with a tag", () => {
    expect(address).toMatch(/^support\+t42\.[a-z2-7]{10}@example\.com$/);
  });

  test("names its ticket, whatever the case it comes back in", () => {
    expect(ticketOfAddress(address, "acme", secret)).toBe(42);
    expect(ticketOfAddress(address.toUpperCase(), "acme", secret)).toBe(42);
  });

  test("can be made of an address that has a tag already", () => {
    const tagged = signedAddress("desk+team@example.com", 7, "acme", secret);
    expect(tagged.startsWith("desk+team+t7.")).toBe(true);
    expect(ticketOfAddress(tagged, "acme", secret)).toBe(7);
  });

  test("names nothing where the number, the tenant, the secret or the signature is another", () => {
    expect(ticketOfAddress(address.replace("t42", "t43"), "acme", secret)).toBeNull();
    expect(ticketOfAddress(address, "other", secret)).toBeNull();
    expect(ticketOfAddress(address, "acme", "another")).toBeNull();
    expect(
      ticketOfAddress(
        address.replace(/.@/, (end) => (end === "a@" ? "b@" : "a@")),
        "acme",
        secret,
      ),
    ).toBeNull();
  });

  test.each(["", "support@example.com", "support+t42@example.com", "+t0.aaaaaaaaaa@example.com", "no at"])(
    "%j names no ticket",
    (address) => {
      expect(ticketOfAddress(address, "acme", secret)).toBeNull();
    },
  );
});

describe("a Message-ID of ours", () => {
  const ref = newMessageId(about);

  test("names its ticket, with its brackets and without", () => {
    expect(ref).toMatch(/^<t42\.k3-_Z\.[a-z2-7]{16}@example\.com>$/);
    expect(ticketOfMessageId(ref, "acme", secret)).toBe(42);
    expect(ticketOfMessageId(` ${ref.slice(1, -1)} `, "acme", secret)).toBe(42);
    expect(isOwnMessageId(ref, "acme", secret)).toBe(true);
  });

  test("can be about no ticket", () => {
    const none = newMessageId({ ...about, ticketId: null });
    expect(none.startsWith("<n.")).toBe(true);
    expect(isOwnMessageId(none, "acme", secret)).toBe(true);
    expect(ticketOfMessageId(none, "acme", secret)).toBeNull();
  });

  test("may have a token with dots", () => {
    expect(ticketOfMessageId(newMessageId({ ...about, token: "a.b.c" }), "acme", secret)).toBe(42);
  });

  test.each([
    ["another ticket", ref.replace("t42", "t4")],
    ["another token", ref.replace("k3", "k4")],
    ["no ticket", ref.replace("t42", "n")],
    ["another case", ref.replace(/\.[a-z2-7]{16}@/, (sign) => sign.toUpperCase())],
    ["a stranger's", "<20261120@mail.example.org>"],
    ["nothing", ""],
  ])("is not one that says %s", (_, forged) => {
    expect(isOwnMessageId(forged, "acme", secret)).toBe(false);
    expect(ticketOfMessageId(forged, "acme", secret)).toBeNull();
  });

  test("is not one of another tenant or secret", () => {
    expect(isOwnMessageId(ref, "other", secret)).toBe(false);
    expect(isOwnMessageId(ref, "acme", "another")).toBe(false);
  });

  test("is not read off an endless one in any noticeable time", () => {
    expect(isOwnMessageId(`<t42.${".a".repeat(100_000)}@example.com>`, "acme", secret)).toBe(false);
  });
});

test("the loop mark is one tenant's own", () => {
  expect(isOwnLoopMark(` ${loopMark("acme", secret)}`, "acme", secret)).toBe(true);
  expect(isOwnLoopMark(loopMark("other", secret), "acme", secret)).toBe(false);
  expect(isOwnLoopMark("", "acme", secret)).toBe(false);
});
