import { describe, expect, test } from "vitest";
import { subjectOf } from "../../src/smtp/subject.ts";

describe("the subject of a mail", () => {
  test.each([
    ["Broken", true, 42, "Re: Broken [#42]"],
    ["Broken", false, 42, "Broken [#42]"],
    ["Broken", false, null, "Broken"],
    ["Re: Broken", true, 42, "Re: Broken [#42]"],
    ["RE: Re: AW: Broken [#42]", true, 42, "Re: Broken [#42]"],
    ["Отв: Сломалось", true, 7, "Re: Сломалось [#7]"],
    ["Re[2]: Broken", true, 7, "Re: Broken [#7]"],
    ["Re: Broken", false, 42, "Re: Broken [#42]"],
    ["Repair needed", true, 1, "Re: Repair needed [#1]"],
    ["", true, 1, "Re: [#1]"],
    ["One\r\nBcc: two@example.com", false, null, "One Bcc: two@example.com"],
  ])("%j, an answer: %s, about %s, is %j", (subject, isAnswer, ticketId, expected) => {
    expect(subjectOf({ subject, isAnswer, ticketId })).toBe(expected);
  });
});
