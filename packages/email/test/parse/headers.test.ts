import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { allHeaders, headerOf, readHeaders } from "../../src/parse/headers.ts";
import { readParameters } from "../../src/parse/parameters.ts";
import { decodeWords } from "../../src/parse/words.ts";

const read = (text: string | Buffer, hint?: string) => readHeaders(Buffer.from(text), hint);

describe("headers", () => {
  test("end at the first empty line, whatever the line ends", () => {
    for (const end of ["\r\n", "\n"]) {
      const text = `Subject: a${end}X: b${end}${end}body`;
      const { headers, bodyAt } = read(text);
      expect(headers).toEqual([
        { name: "subject", value: "a" },
        { name: "x", value: "b" },
      ]);
      expect(text.slice(bodyAt)).toBe("body");
    }
  });

  test("are unfolded", () => {
    expect(headerOf(read("Subject: one\r\n two\r\n\tthree\r\n\r\n").headers, "subject")).toBe("one two\tthree");
  });

  test("may follow the line of a mailbox file, an empty line and a byte order mark", () => {
    expect(headerOf(read("From mike Mon Jan  1 00:00:00 2024\nSubject: a\n\nb").headers, "subject")).toBe("a");
    expect(headerOf(read("\r\n\r\nSubject: a\r\n\r\nb").headers, "subject")).toBe("a");
    expect(headerOf(read("\ufeffSubject: a\r\n\r\nb").headers, "subject")).toBe("a");
  });

  test("go on after a line that is none", () => {
    const { headers, bodyAt } = read("Subject: a\nthis is no header\nTo: b@example.com\n\nbody");
    expect(headerOf(headers, "to")).toBe("b@example.com");
    expect(bodyAt).toBeGreaterThan(40);
  });

  test("end where the text begins without an empty line", () => {
    const text = "Subject: a\nHello, this is the text.\nAnd more of it.\n";
    const { headers, bodyAt } = read(text);
    expect(headerOf(headers, "subject")).toBe("a");
    expect(text.slice(bodyAt)).toBe("Hello, this is the text.\nAnd more of it.\n");
  });

  test("may be in raw bytes of UTF-8, or of what the text is declared to be in", () => {
    expect(headerOf(read("Subject: Привет\r\n\r\n").headers, "subject")).toBe("Привет");
    const koi8 = Buffer.concat([Buffer.from("Subject: "), iconv.encode("Заказ", "koi8-r"), Buffer.from("\r\n\r\n")]);
    expect(headerOf(read(koi8, "koi8-r").headers, "subject")).toBe("Заказ");
  });

  test("of one name are all there", () => {
    expect(allHeaders(read("X: 1\nx: 2\nY: 3\n\n").headers, "x")).toEqual(["1", "2"]);
  });

  test("of endless length are read to the end", () => {
    expect(headerOf(read(`Subject: a\n${" b\n".repeat(100_000)}\nbody`).headers, "subject")).toMatch(/b b$/);
    expect(headerOf(read(`Subject: a\n${"no header\n".repeat(100_000)}\nbody`).headers, "subject")).toBe("a");
  });
});

describe("encoded words", () => {
  test.each([
    ["=?utf-8?B?0J/RgNC40LLQtdGC?=", "Привет"],
    ["=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=", "Grüße aus München"],
    ["=?koi8-r?B?8NLJ18XU?=", "Привет"],
    ["Re: =?UTF-8?q?caf=C3=A9?= today", "Re: café today"],
    // Blanks between words are not part of the text.
    ["=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"],
    ["=?utf-8?Q?a?=\t  =?utf-8?Q?b?= c", "ab c"],
    // A character that was cut in the middle.
    ["=?utf-8?Q?=D0?= =?utf-8?Q?=9F?=", "П"],
    ["=?utf-8?B?0A==?= =?utf-8?B?nw==?=", "П"],
    // Japanese that ends in the middle of an escape, and goes on in the next word.
    ["=?ISO-2022-JP?B?GyRCJUYlORsoQg==?= =?ISO-2022-JP?B?GyRCJUgbKEI=?=", "テスト"],
    ["=?ISO-2022-JP?B?GyRCJUYlOQ==?= =?ISO-2022-JP?B?JUgbKEI=?=", "テスト"],
    ["=?utf-8*en?Q?hi?=", "hi"],
    ["=?windows-1252?Q?=80_5?=", "€ 5"],
    ["=?iso-8859-1?Q?a?b?=", "a?b"],
    ["=?utf-8?B?w6Q", "=?utf-8?B?w6Q"],
    ["=?utf-8?X?abc?=", "=?utf-8?X?abc?="],
    ["a = b ? c =", "a = b ? c ="],
    ["=?x-nobody-knows?Q?plain?=", "plain"],
    ["=?utf-8?B?0J/RgNC40LLQtdGC?==?utf-8?B?ISE=?=", "Привет!!"],
  ])("%s say %s", (value, expected) => {
    expect(decodeWords(value)).toBe(expected);
  });
});

describe("parameters", () => {
  const named = (header: string, name: string) => readParameters(header).named.get(name);

  test.each([
    ["text/plain; charset=utf-8", "charset", "utf-8"],
    ['text/plain; charset="utf-8"; format=flowed', "format", "flowed"],
    ["text/plain ; CHARSET = UTF-8", "charset", "UTF-8"],
    ["text/plain; charset=utf-8 (a comment)", "charset", "utf-8"],
    ['attachment; filename="a; b.pdf"', "filename", "a; b.pdf"],
    ["attachment; filename=Invoice(1).pdf", "filename", "Invoice(1).pdf"],
    ["attachment; filename=a name with blanks.pdf", "filename", "a name with blanks.pdf"],
    ['attachment; filename="say \\"hi\\".txt"', "filename", 'say "hi".txt'],
    ['attachment; filename="=?utf-8?B?0YHRh9GR0YIucGRm?="', "filename", "счёт.pdf"],
    ["attachment; filename*=utf-8''%D1%81%D1%87%D1%91%D1%82.pdf", "filename", "счёт.pdf"],
    ["attachment; filename*=koi8-r'ru'%D3%DE%C5%D4.pdf", "filename", "счет.pdf"],
    ["attachment; filename*0*=utf-8''%D1%81%D1%87; filename*1*=%D1%91%D1%82; filename*2=.pdf", "filename", "счёт.pdf"],
    ['attachment; filename*1="b.pdf"; filename*0="a-"', "filename", "a-b.pdf"],
    // A character that is cut between two pieces.
    ["attachment; filename*0*=utf-8''%D1; filename*1*=%87.pdf", "filename", "ч.pdf"],
    ["attachment; filename=plain.pdf; filename*=utf-8''%C3%A4.pdf", "filename", "ä.pdf"],
    ["attachment; filename*=utf-8''%C3%A4.pdf; filename=plain.pdf", "filename", "ä.pdf"],
    ["multipart/mixed; boundary=one; boundary=two", "boundary", "one"],
    ['multipart/mixed; boundary="a=b"', "boundary", "a=b"],
    ["text/plain; charset", "charset", undefined],
  ])("%s has %s = %s", (header, name, expected) => {
    expect(named(header, name)).toBe(expected);
  });

  test("belong to a value in lower case, without comments", () => {
    expect(readParameters("Text/HTML (what else)").value).toBe("text/html");
    expect(readParameters("").value).toBe("");
  });
});
