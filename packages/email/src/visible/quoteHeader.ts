import { opener, wrote } from "./words.ts";

// `On Monday, John Doe <john@example.com> wrote:` in every language and order, over one line or several.

/** What no line before a quote is longer than, and what it does not take more lines than. */
const [longest, mostLines] = [400, 4];
/** What is longer before it is joined is no such line, whatever is left of it then. */
const longestRaw = 1000;

const clock = /(?<!\d)\d{1,2}\s?[:.h時点時시]\s?\d{2}(?!\d)/;
const day =
  /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}\s?[年년]|(?:19|20)\d{2})(?!\d)|\b\d{1,2}\.?[ -][\p{L}.]{3,12}\b|\b\p{L}{3,12}\.? \d{1,2}\b/u;
const mailbox =
  /[<([]\s*(?:mailto:)?[^\s@<>()[\]]{1,80}\s?@\s?[^\s@<>()[\]]{2,200}(?:<\s*mailto:[^>]{3,200}>)?\s*[>)\]]|[^\s@<>"]{1,80}@[^\s@<>"]{2,200}/;

const verb = new RegExp(`(?:^|[\\s,>)"'])(?:${wrote})(?=$|[\\s:：,(.<"])|写道|寫道|写到|작성|書きました`, "iu");
const endsInVerb = new RegExp(`(?:${wrote})\\s*[:：]?\\s*$`, "iu");
const opens = new RegExp(`^(?:${opener})[\\s,]`, "iu");
/** A weekday, a number or the like: what a line begins with that begins with a date. */
const opensWithDate = /^(?:\p{L}{2,12}\.?,?\s+(?:den\s+)?)?(?:\p{L}{3,10}\.?\s+)?\d/u;

/** How surely lines say that a quote follows: `certain` is enough, `likely` needs quoted lines below it. */
export type Certainty = "certain" | "likely";

const judge = (line: string): Certainty | null => {
  if (line.length > longest || line.length < 8) return null;
  const [hasClock, hasDay, hasMailbox, said] = [clock, day, mailbox, verb].map((sign) => sign.test(line));
  const hasDate = hasClock || hasDay;
  const endsInColon = /[:：]$/.test(line);
  const begins = opens.test(line) || opensWithDate.test(line);
  const endsInMailbox = /(?:[>)\]]|@[^\s@]{2,200})\s*[:：]$/.test(line);
  if (hasDate && hasMailbox && endsInColon && (said || (begins && endsInMailbox))) return "certain";
  if (hasDate && hasMailbox && begins && endsInVerb.test(line)) return "certain";
  if (hasClock && hasDay && said && begins && endsInColon) return "certain";
  if (hasDate && hasMailbox && (begins || endsInColon)) return "likely";
  if (endsInColon && said && (hasMailbox || hasDate || opens.test(line))) return "likely";
  return null;
};

/** One line of several; a mailer's own break in the middle of an address leaves no blank. */
const joined = (lines: ReadonlyArray<string>): string =>
  lines
    .map((line) =>
      line
        .replaceAll(/[\u200e\u200f\u202a-\u202e]/g, "")
        .replaceAll("\u00a0", " ")
        .trim(),
    )
    .join(" ")
    .replace(/<\s+/g, "<")
    .replace(/(?<!\s)\s+>/g, ">")
    .replace(/^\*+|(?<!\*)\*+$/g, "");

/** Lines that say who wrote what follows, and how surely they do. */
export interface QuoteHeader {
  readonly lines: number;
  readonly certainty: Certainty;
}

/** What every one of them has, somewhere. */
const mayIntroduce = (line: string): boolean => line.includes("@") || /[:：]\s*$/.test(line.slice(-20));

const matchAt = (lines: ReadonlyArray<string>, at: number): QuoteHeader | null => {
  if (!lines.slice(at, at + mostLines).some(mayIntroduce)) return null;
  let likely: QuoteHeader | null = null;
  for (let count = 1; count <= mostLines; count++) {
    const last = lines[at + count - 1];
    if (last === undefined || last.length > longestRaw || last.trim() === "") break;
    // Only the end of an address that was cut may look like a quote.
    if (/^\s*>/.test(last) && !/^\s*>\s*[:：]/.test(last)) break;
    const certainty = judge(joined(lines.slice(at, at + count)));
    if (certainty === "certain") return { lines: count, certainty };
    if (certainty === "likely" && likely === null) likely = { lines: count, certainty };
  }
  return likely;
};

/** Where lines from `at` say who wrote what follows; null where they do not. */
export const quoteHeader = (lines: ReadonlyArray<string>, at: number): QuoteHeader | null => {
  const found = matchAt(lines, at);
  if (found === null || found.lines === 1 || beginsItself(lines[at] ?? "")) return found;
  // The customer's own lines above it, which the rest does without.
  for (let start = at + 1; start < at + found.lines; start++) if (matchAt(lines, start) !== null) return null;
  return found;
};

const beginsItself = (line: string): boolean => {
  const text = line.trim();
  return (opens.test(text) || opensWithDate.test(text)) && (clock.test(text) || day.test(text));
};
