import { describe, expect, test } from "vitest";
import { isForged } from "../../src/nature/forged.ts";
import { silenceOf } from "../../src/nature/silence.ts";
import { parseMail } from "../../src/parse/parseMail.ts";
import { rawMail } from "../rawMail.ts";

const own = { addresses: ["support@example.com", "sales@shop.example"], domain: "example.com" };
const result = (value: string) => `Authentication-Results: ${value}`;
const mail = (...headers: ReadonlyArray<string>) =>
  parseMail(rawMail([...headers, "From: Ann Lee <ann@customer.example>", "To: support@example.com"]));

describe("a mail is forged where our own server says so", () => {
  test.each([
    ["example.com; dmarc=fail"],
    ["mx.example.com; spf=pass; dmarc=fail (p=none) header.from=customer.example"],
    ["MX.Example.COM 1; DMARC=FAIL"],
    ["mx.shop.example;\r\n dkim=fail;\r\n dmarc=fail"],
  ])("with %j", (value) => {
    expect(isForged(mail(result(value)), own)).toBe(true);
    expect(silenceOf(mail(result(value)), own)).toBe("DMARC failed");
  });

  test.each([
    ["mx.example.com; dmarc=pass"],
    ["mx.example.com; spf=fail; dkim=fail; dmarc=none"],
    ["mx.example.com; dmarc=failed-to-look"],
    ["mx.example.com"],
    [""],
    // Anybody can write this.
    ["mx.elsewhere.example; dmarc=fail"],
    ["notexample.com; dmarc=fail"],
    ["example.com.elsewhere.example; dmarc=fail"],
  ])("and not with %j", (value) => {
    expect(isForged(mail(result(value)), own)).toBe(false);
    expect(silenceOf(mail(result(value)), own)).toBeNull();
  });

  test("and not where nobody says anything", () => {
    expect(isForged(mail(), own)).toBe(false);
  });

  test("and only by what stands above all that came with the mail", () => {
    const [fails, passes] = [result("mx.example.com; dmarc=fail"), result("mx.example.com; dmarc=pass")];
    expect(isForged(mail(fails, passes), own)).toBe(true);
    expect(isForged(mail(passes, fails), own)).toBe(false);
    expect(isForged(mail(result("mx.elsewhere.example; dmarc=pass"), fails), own)).toBe(false);
  });
});
