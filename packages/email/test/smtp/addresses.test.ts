import { describe, expect, test } from "vitest";
import { domainOf, isAddress, namedAddress, oneLine, onTheWire, sameAddress } from "../../src/smtp/addresses.ts";

describe("addresses of mail", () => {
  test.each([
    ["anna@example.com", true],
    ["anna+tag@example.com", true],
    ['"anna b"@example.com', true],
    ["анна@пример.рф", true],
    ["o'neil@example.co.uk", true],
    ["anna", false],
    ["@example.com", false],
    ["anna@", false],
    ["anna@example.com, bob@example.com", false],
    ["anna@example.com\r\nRCPT TO:<bob@example.com>", false],
    ["anna@example.com> NOTIFY=<", false],
    ["anna@b@example.com", false],
  ])("are told from what is none: %s", (text, expected) => {
    expect(isAddress(text)).toBe(expected);
  });

  test("come with a name or without", () => {
    expect(namedAddress("Support <support@example.com>")).toEqual({ name: "Support", address: "support@example.com" });
    expect(namedAddress('"Support, EU" <s@example.com>')).toEqual({ name: "Support, EU", address: "s@example.com" });
    expect(namedAddress("s@example.com")).toEqual({ name: null, address: "s@example.com" });
    expect(namedAddress("Поддержка <s@пример.рф>")).toEqual({ name: "Поддержка", address: "s@пример.рф" });
    for (const wrong of ["Support", "Support <>", "a@b, c@d", ""]) expect(namedAddress(wrong)).toBeNull();
  });

  test("are the same whatever their case, their tag and the spelling of their domain", () => {
    expect(sameAddress("Support+t42.abc@Bücher.Example")).toBe("support@xn--bcher-kva.example");
    expect(sameAddress("support@xn--bcher-kva.example")).toBe("support@xn--bcher-kva.example");
    expect(sameAddress("+support@example.com")).toBe("+support@example.com");
    expect(domainOf("s@Example.COM")).toBe("example.com");
    expect(onTheWire("Anna@пример.рф")).toBe("Anna@xn--e1afmkfd.xn--p1ai");
  });

  test("and names never have a second line", () => {
    expect(oneLine(" Anna\r\nBcc: evil@example.com\u2028\tx ")).toBe("Anna Bcc: evil@example.com x");
  });
});
