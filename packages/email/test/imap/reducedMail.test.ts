import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { namesLeftOut, reducedMail, type Structure, textParts } from "../../src/imap/reducedMail.ts";

const plain: Structure = { part: "1.1", type: "text/plain", parameters: { charset: "utf-8" }, encoding: "base64" };
const html: Structure = { part: "1.2", type: "text/html", parameters: { charset: "koi8-r" }, encoding: "8bit" };
const film: Structure = { part: "2", type: "video/mp4", dispositionParameters: { filename: "film.mp4" } };
const notes: Structure = {
  part: "3",
  type: "text/plain",
  disposition: "attachment",
  parameters: { name: "notes.txt" },
};
const whole: Structure = {
  type: "multipart/mixed",
  childNodes: [{ type: "multipart/alternative", part: "1", childNodes: [plain, html] }, film, notes],
};
const headers = Buffer.from(
  [
    "From: Anna <anna@customer.example>",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed;",
    ' boundary="outer"',
    "Subject: A film",
    "Content-Transfer-Encoding: 7bit",
    "References: <a@b>",
    " <c@d>",
    "",
    "",
  ].join("\r\n"),
);

describe("a mail of which only the text is read", () => {
  test("keeps what somebody wrote and names the rest", () => {
    expect(textParts(whole)).toEqual([plain, html]);
    expect(namesLeftOut(whole)).toEqual(["film.mp4", "notes.txt"]);
  });

  test("is a mail again, with its headers and each text in its charset", async () => {
    const raw = reducedMail(headers, [
      { structure: plain, content: Buffer.from(Buffer.from("Grüße").toString("base64")) },
      { structure: html, content: Buffer.from([0x3c, 0x70, 0x3e, 0xf0, 0xd2]) },
    ]);
    const { subject, from, references, text, html: shown, attachments } = await PostalMime.parse(raw);
    expect(subject).toBe("A film");
    expect(from).toMatchObject({ address: "anna@customer.example" });
    expect(references).toBe("<a@b> <c@d>");
    expect(text?.trim()).toBe("Grüße");
    expect(shown?.trim()).toContain("<p>Пр");
    expect(attachments).toEqual([]);
  });

  test("shows an empty text where there is none", async () => {
    const { subject, text } = await PostalMime.parse(reducedMail(headers, []));
    expect(subject).toBe("A film");
    expect(text?.trim()).toBe("");
  });

  test("cannot be ended by what stands in it", async () => {
    const structure = { type: "text/plain", encoding: "7bit" };
    const raw = reducedMail(headers, [{ structure, content: Buffer.from("one\r\n--deskwright-reduced--\r\ntwo") }]);
    expect((await PostalMime.parse(raw)).text).toContain("two");
  });
});
