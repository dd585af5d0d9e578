import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { decodeText } from "../../src/parse/charset.ts";

const russian = "Здравствуйте! Не могу войти в личный кабинет, пишет что пароль неверный.";
const ukrainian = "Добрий день! Не можу увійти до свого облікового запису, підкажіть будь ласка.";
const german = "Schöne Grüße aus München, die Rechnung fehlt noch.";
const french = "Bonjour, je n'ai pas reçu ma commande. À bientôt, Frédéric";
const chinese = "您好，我的订单还没有收到，请帮我查一下发货时间，谢谢。";
const traditional = "您好，我的訂單還沒有收到，請幫我查一下出貨時間，謝謝。";
const japanese = "お世話になっております。ログインできないので、確認をお願いします。";
const korean = "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다. 확인 부탁드립니다.";

describe("text is decoded", () => {
  test.each([
    ["windows-1251", russian],
    ["koi8-r", russian],
    ["iso-8859-5", russian],
    ["cp866", russian],
    ["windows-1251", ukrainian],
    ["windows-1252", german],
    ["iso-8859-1", french],
    ["gb2312", chinese],
    ["big5", traditional],
    ["shift_jis", japanese],
    ["euc-jp", japanese],
    ["iso-2022-jp", japanese],
    ["euc-kr", korean],
    ["ks_c_5601-1987", korean],
    ["utf-16le", russian],
    ["utf-7", german],
    ["utf-8", japanese],
  ])("from %s where that is declared", (charset, text) => {
    const bytes = charset === "iso-2022-jp" ? iso2022(text) : iconv.encode(text, charset);
    expect(decodeText(bytes, charset)).toBe(text);
    expect(decodeText(bytes, ` "${charset.toUpperCase()}";`)).toBe(text);
  });

  test.each([
    ["windows-1251", russian],
    ["koi8-r", russian],
    ["iso-8859-5", russian],
    ["cp866", russian],
    ["windows-1251", ukrainian],
    ["windows-1252", german],
    ["windows-1252", french],
    ["gb2312", chinese],
    ["big5", traditional],
    ["shift_jis", japanese],
    ["euc-jp", japanese],
    ["iso-2022-jp", japanese],
    ["euc-kr", korean],
  ])("from %s where nothing is declared, or that it is ASCII, or what nobody knows", (charset, text) => {
    const bytes = charset === "iso-2022-jp" ? iso2022(text) : iconv.encode(text, charset);
    for (const declared of [undefined, "us-ascii", "x-unknown", "NONE"]) expect(decodeText(bytes, declared)).toBe(text);
  });

  test.each(["big5", "windows-1251", "iso-8859-1", "gb2312", "us-ascii", ""])(
    "as the UTF-8 that it is, not as the %s it says",
    (declared) => {
      for (const text of [russian, chinese, german]) expect(decodeText(Buffer.from(text), declared)).toBe(text);
    },
  );

  test("from a guess, where it is declared as UTF-8 and is none", () => {
    expect(decodeText(iconv.encode(russian, "windows-1251"), "utf-8")).toBe(russian);
    expect(decodeText(iconv.encode(german, "windows-1252"), "utf-8")).toBe(german);
  });

  test("as UTF-8 with a hole where a few bytes are damaged or the end is cut", () => {
    const bytes = Buffer.from(russian);
    expect(decodeText(bytes.subarray(0, bytes.length - 2), "utf-8")).toBe(`${russian.slice(0, -2)}\ufffd`);
    bytes[40] = 0x20;
    expect(decodeText(bytes, "utf-8").slice(-20)).toBe(russian.slice(-20));
  });

  test("with the characters of Windows, which are not in the smaller charset that is declared", () => {
    expect(decodeText(Uint8Array.of(0x93, 0x68, 0x69, 0x94, 0x20, 0x80), "iso-8859-1")).toBe("“hi” €");
    expect(decodeText(iconv.encode("镕㐂", "gb18030"), "gb2312")).toBe("镕㐂");
  });

  test("without its byte order mark", () => {
    expect(decodeText(Buffer.from([0xef, 0xbb, 0xbf, 0x68, 0x69]))).toBe("hi");
    expect(decodeText(Buffer.from([0xff, 0xfe, 0x68, 0, 0x69, 0]))).toBe("hi");
  });

  test("to something, whatever the bytes", () => {
    const bytes = Uint8Array.from({ length: 512 }, (_, at) => at % 256);
    for (const declared of [
      undefined,
      "utf-8",
      "gb2312",
      "iso-2022-jp",
      "hz-gb-2312",
      "utf-7",
      "utf-16",
      "utf-32",
      "%",
    ])
      expect(decodeText(bytes, declared).length).toBeGreaterThan(100);
  });
});

/** Hiragana, katakana and kanji in seven bits, from the eight of EUC. */
const iso2022 = (text: string): Buffer => {
  const out: Array<number> = [];
  for (const char of text) {
    const bytes = iconv.encode(char, "euc-jp");
    if (bytes.length === 1) out.push(...bytes);
    else out.push(0x1b, 0x24, 0x42, ...bytes.map((byte) => byte & 0x7f), 0x1b, 0x28, 0x42);
  }
  return Buffer.from(out);
};
