import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { readBody } from "../../src/parse/body.ts";
import { readPart } from "../../src/parse/part.ts";
import { multipart, rawMail } from "../rawMail.ts";

const plain = "Content-Type: text/plain; charset=utf-8";
const html = "Content-Type: text/html; charset=utf-8";
const base64 = "Content-Transfer-Encoding: base64";
const encoded = (text: string) => Buffer.from(text).toString("base64");
const read = (...[headers, content]: readonly [ReadonlyArray<string>, (string | Uint8Array)?]) =>
  readBody(readPart(rawMail(["Subject: a", ...headers], content)));
const textOf = (...mail: readonly [ReadonlyArray<string>, (string | Uint8Array)?]) => read(...mail).text;

describe("the text of a mail", () => {
  test("is what stands there", () => {
    expect(textOf([plain], "Hello\r\nworld\r\n")).toBe("Hello\nworld");
    expect(textOf([], "Hello")).toBe("Hello");
    expect(textOf(["Content-Type: text"], "Hello")).toBe("Hello");
    expect(textOf(["Content-Type: nonsense"], "Hello")).toBe("Hello");
  });

  test.each([
    ["base64", encoded("Привет")],
    ["BASE64", `${encoded("При")}\r\n${encoded("вет")}`],
    ["base64", `${encoded("Привет").slice(0, 3)}\r\n${encoded("Привет").slice(3)}`],
    ["base64 ", `${encoded("П")}${encoded("ривет")}`],
    ["quoted-printable", "=D0=9F=D1=80=D0=B8=\r\n=D0=B2=D0=B5=D1=82"],
    ["Quoted-Printable", "=d0=9f=d1=80=d0=b8=  \r\n=d0=b2=d0=b5=d1=82"],
    ["8bit", "Привет"],
    ["7-bit", "Привет"],
    ["what", "Привет"],
  ])("is decoded from %s", (encoding, content) => {
    expect(textOf([plain, `Content-Transfer-Encoding: ${encoding}`], content)).toBe("Привет");
  });

  test("keeps what a mailing list wrote below a base64 text", () => {
    const text = textOf([plain, base64], `${encoded("Hello")}\r\n\r\n_______\r\nlist@example.com, the list\r\n`);
    expect(text).toContain("Hello");
    expect(text).toContain("list@example.com, the list");
  });

  test("stays as it is where it is no quoted-printable", () => {
    expect(textOf([plain, "Content-Transfer-Encoding: quoted-printable"], "1 + 1 = 2, a=b =ZZ")).toBe(
      "1 + 1 = 2, a=b =ZZ",
    );
  });

  test("is put together where its mailer broke the lines", () => {
    const flowed = "Content-Type: text/plain; charset=utf-8; format=flowed";
    expect(textOf([flowed], "One \r\nline\r\nAnother\r\n\r\n-- \r\nAnn")).toBe("One line\nAnother\n\n-- \nAnn");
    expect(textOf([flowed], "> quoted \r\n> on\r\n my own")).toBe("> quoted on\nmy own");
    expect(textOf([`${flowed}; delsp=yes`], "改行 \r\nなし")).toBe("改行なし");
  });

  test("is the UTF-8 that it is where another charset is declared", () => {
    expect(textOf(["Content-Type: text/plain; charset=big5", "Content-Transfer-Encoding: 8bit"], "Grüße, 你好")).toBe(
      "Grüße, 你好",
    );
  });

  test("is in a charset that nobody declared", () => {
    expect(textOf([], iconv.encode("Добрый день, где мой заказ?", "windows-1251"))).toBe("Добрый день, где мой заказ?");
    expect(textOf([], iconv.encode("您好，我的订单还没有收到，请帮我查一下。", "gb2312"))).toBe(
      "您好，我的订单还没有收到，请帮我查一下。",
    );
  });

  test("is the plain one of two alternatives, whatever their order", () => {
    const [one, other] = [[[plain], "Hello"] as const, [[html], "<p>Hello</p>"] as const];
    expect(read(...multipart("alternative", one, other))).toMatchObject({ text: "Hello", html: "<p>Hello</p>" });
    expect(read(...multipart("alternative", other, one))).toMatchObject({ text: "Hello", html: "<p>Hello</p>" });
  });

  test("is that of the html where there is no other, or where the other only says so", () => {
    const body = `<p>${"Good morning, where is my order? ".repeat(20)}</p>`;
    expect(textOf([html], "<p>Hello <b>you</b></p>")).toBe("Hello you");
    expect(textOf(...multipart("alternative", [[plain], "  \r\n"], [[html], body]))).toContain("where is my order");
    expect(textOf(...multipart("alternative", [[plain], "Your mailer cannot show HTML."], [[html], body]))).toContain(
      "where is my order",
    );
  });

  test("is all the texts of a mail with text between its attachments", () => {
    const picture = [["Content-Type: image/png; name=a.png", base64], "iVBORw0KGgo="] as const;
    const { text, files } = read(
      ...multipart("mixed", [[plain], "First"], picture, [[plain], "Second"], picture, [[html], "<p>Third</p>"]),
    );
    expect(text).toBe("First\n\nSecond\n\nThird");
    expect(files.map(({ name }) => name)).toEqual(["a.png", "a.png"]);
  });

  test("is in every html where some parts are html and others are not", () => {
    const body = read(...multipart("mixed", [[plain], "1 < 2"], [[html], "<p>Third</p>"]));
    expect(body.html).toContain("1 &lt; 2");
    expect(body.html).toContain("<p>Third</p>");
  });

  test("is found inside of everything that mailers wrap it in", () => {
    const picture = [["Content-Type: image/png", "Content-ID: <logo>", base64], "iVBORw0KGgo="] as const;
    const related = multipart("related", [[html], 'Hi <img src="cid:logo">'], picture);
    const alternative = multipart("alternative", [[plain], "Hi"], related);
    const signature = [["Content-Type: application/pkcs7-signature; name=smime.p7s", base64], "MIAG"] as const;
    const body = read(
      ...multipart(
        "signed",
        multipart("mixed", alternative, [["Content-Type: application/pdf; name=a.pdf"], "%PDF"]),
        signature,
      ),
    );
    expect(body.text).toBe("Hi");
    expect(body.files.map(({ name, inlineAs }) => [name, inlineAs])).toEqual([
      ["image.png", "cid:logo"],
      ["a.pdf", null],
      ["smime.p7s", null],
    ]);
  });

  test("is found where the boundary is declared wrongly, or not at all, or never closed", () => {
    const content = `Preamble\r\n--right\r\n${plain}\r\n\r\nHello\r\n--right\r\n${html}\r\n\r\n<b>Hello</b>\r\n`;
    for (const type of [
      "multipart/mixed; boundary=wrong",
      "multipart/mixed",
      'multipart/mixed; boundary="right" (what)',
      "multipart/mixed; boundary=right",
    ])
      expect(textOf([`Content-Type: ${type}`], content)).toContain("Hello");
  });

  test("is the whole of a mail that says it has parts and has none", () => {
    expect(textOf(["Content-Type: multipart/mixed; boundary=b"], "Just a text")).toBe("Just a text");
  });

  test("goes on where a line begins as a boundary does", () => {
    const [headers, content] = multipart("mixed", [[plain], "One\r\n--b-mixed\r\nTwo\r\n--b"]);
    expect(textOf(headers, content)).toBe("One\n--b-mixed\nTwo\n--b");
  });

  test("is the passed on mail's own, where there is nothing else", () => {
    const inner = "From: Ann <ann@example.com>\r\nSubject: =?utf-8?B?0JfQsNC60LDQtw==?=\r\n\r\nWhere is it?";
    const { text, files } = read(...multipart("mixed", [["Content-Type: message/rfc822"], inner]));
    expect(text).toBe(
      "---------- Forwarded message ----------\nFrom: Ann <ann@example.com>\nSubject: Заказ\n\nWhere is it?",
    );
    expect(files).toMatchObject([{ name: "Заказ.eml", contentType: "message/rfc822" }]);
    expect(textOf(...multipart("mixed", [[plain], "See below"], [["Content-Type: message/rfc822"], inner]))).toBe(
      "See below",
    );
  });

  test("is empty where nothing is written", () => {
    expect(read([plain], "")).toMatchObject({ text: "", html: null, files: [] });
  });
});

describe("the files of a mail", () => {
  const named = (...headers: ReadonlyArray<string>) =>
    read(...multipart("mixed", [[plain], "Hi"], [headers, "content"])).files.map(({ name }) => name);

  test.each([
    ["application/pdf", "attachment; filename=a.pdf", "a.pdf"],
    ["application/pdf; name=b.pdf", "attachment", "b.pdf"],
    ["application/pdf; name=b.pdf", 'inline; filename="a.pdf"', "a.pdf"],
    ["application/pdf", 'attachment; filename="счёт.pdf"', "счёт.pdf"],
    ["application/pdf", 'attachment; filename="=?koi8-r?B?08/e1A==?= 1.pdf"', "сочт 1.pdf"],
    ["application/pdf", 'attachment; filename="C:\\Users\\ann\\a.pdf"', "a.pdf"],
    ["application/pdf", 'attachment; filename="../../etc/passwd"', "passwd"],
    ["application/pdf", 'attachment; filename=".."', "attachment.pdf"],
    ["text/plain", "attachment; filename=notes.txt", "notes.txt"],
    ["text/plain; name=notes.txt", "", "notes.txt"],
    ["text/calendar; method=REQUEST", "", "invitation.ics"],
    ["image/jpeg", "inline", "image.jpg"],
    ["application/octet-stream", "attachment", "attachment.bin"],
    ["message/delivery-status", "", "attachment.txt"],
  ])("of type %s and disposition %s are named %s", (type, disposition, name) => {
    expect(
      named(`Content-Type: ${type}`, ...(disposition === "" ? [] : [`Content-Disposition: ${disposition}`])),
    ).toEqual([name]);
  });

  test("have names that fit everywhere", () => {
    const [name = ""] = named(
      "Content-Type: application/pdf",
      `Content-Disposition: attachment; filename="${"a".repeat(500)}.pdf"`,
    );
    expect(name).toHaveLength(150);
    expect(name.endsWith(".pdf")).toBe(true);
  });

  test("have the bytes that were sent", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const part = [["Content-Type: application/zip", base64], bytes.toString("base64")] as const;
    expect(Buffer.from(read(...multipart("mixed", part)).files[0]?.content ?? []).equals(bytes)).toBe(true);
  });

  test("may be in the coding of Unix-to-Unix copy", () => {
    const part = [
      ["Content-Type: text/csv; name=a.csv", "Content-Transfer-Encoding: x-uuencode"],
      "begin 644 a.csv\r\n%:&5L;&\\\r\n`\r\nend",
    ] as const;
    expect(Buffer.from(read(...multipart("mixed", part)).files[0]?.content ?? []).toString()).toBe("hello");
  });

  test("say by what name html may show them", () => {
    const picture = (...id: ReadonlyArray<string>) =>
      [["Content-Type: image/png", ...id, base64], "iVBORw0KGgo="] as const;
    const { files } = read(
      ...multipart(
        "mixed",
        picture("Content-ID: <a@b>"),
        picture("Content-ID: c%40d"),
        picture("Content-ID: <>"),
        picture(),
      ),
    );
    expect(files.map(({ inlineAs }) => inlineAs)).toEqual(["cid:a@b", "cid:c@d", null, null]);
  });
});

describe("remarks say", () => {
  test.each([
    [["Content-Type: application/pkcs7-mime; name=smime.p7m; smime-type=enveloped-data", base64], "MIAG", /S\/MIME/],
    [[plain], "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA", /encrypted with PGP/],
    [[plain], "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHi", /signed with PGP/],
  ] as const)("that a mail with %j is not as it seems", (headers, content, remark) => {
    expect(read(headers, content).remarks.join()).toMatch(remark);
  });

  test("that a mail is encrypted in parts", () => {
    const version = [["Content-Type: application/pgp-encrypted"], "Version: 1"] as const;
    const secret = [["Content-Type: application/octet-stream"], "-----BEGIN PGP MESSAGE-----"] as const;
    expect(read(...multipart("encrypted", version, secret)).remarks).toEqual([
      "It is encrypted with PGP and was not decrypted.",
    ]);
  });

  test("nothing about a mail that anybody can read", () => {
    expect(read([plain], "Hi").remarks).toEqual([]);
  });

  test("that Outlook packed the files", () => {
    const { remarks } = read(
      ...multipart("mixed", [[plain], "Hi"], [["Content-Type: application/ms-tnef; name=winmail.dat", base64], "eJ8+"]),
    );
    expect(remarks.join()).toContain("winmail.dat");
  });
});
