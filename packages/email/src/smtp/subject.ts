import { oneLine } from "./addresses.ts";

/** What mail programs put in front of the subject of an answer, in the languages that do not say `Re:`. */
const answers =
  /^(?:(?:re|aw|antw|sv|vs|odp|rif|res|ref|отв|ответ|на|відп|回复|回覆|答复|返信)\s*(?:\[\d+\])?\s*[:：]\s*)+/i;

/** The subject of a mail: `Re:` once where it answers, and once the number by which an answer finds its ticket. */
export const subjectOf = (about: {
  readonly subject: string;
  readonly isAnswer: boolean;
  readonly ticketId: number | null;
}): string => {
  const { isAnswer, ticketId } = about;
  const number = ticketId === null ? "" : `[#${ticketId}]`;
  const whole = oneLine(about.subject);
  const bare = whole.replace(answers, "").slice(0, 800);
  const subject = isAnswer ? `Re: ${bare}` : whole.slice(0, 800);
  return number === "" || subject.includes(number) ? subject.trim() : `${subject.trim()} ${number}`.trim();
};
