import { describe, expect, test } from "vitest";
import { attachment } from "../src/disposition.ts";

describe("a file's name in Content-Disposition", () => {
  test.each([
    ["report.pdf", 'attachment; filename="report.pdf"'],
    ["my report (1).pdf", 'attachment; filename="my report (1).pdf"'],
    ['a"b\\c.txt', "attachment; filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b%5Cc.txt"],
    ["50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"],
    ["it's (ü)*.txt", "attachment; filename=\"it's (_)*.txt\"; filename*=UTF-8''it%27s%20%28%C3%BC%29%2A.txt"],
    ["Отчёт.pdf", "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.pdf"],
    ["👩‍🚒.png", "attachment; filename=\"___.png\"; filename*=UTF-8''%F0%9F%91%A9%E2%80%8D%F0%9F%9A%92.png"],
    ["cut \uD83D", "attachment; filename=\"cut _\"; filename*=UTF-8''cut%20%EF%BF%BD"],
  ])("%s is written %s", (name, header) => {
    expect(attachment(name)).toBe(header);
  });

  test("can't break out of its header", () => {
    expect(attachment('x"; evil="1\r\nSet-Cookie: a=b')).toMatch(/^attachment; filename="[^"\r\n]*"; filename\*=\S+$/);
  });
});
