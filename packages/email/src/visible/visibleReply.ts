import { headerBlock } from "./headerBlock.ts";
import { quoteHeader } from "./quoteHeader.ts";
import { beginsSignature, isDeviceLine, mayBeginSignature } from "./signature.ts";
import { above, forwarded, original } from "./words.ts";

/** What somebody wrote, without what they quoted. */
export interface VisibleReply {
  readonly visible: string;
  /** Whether anything was left out. */
  readonly cut: boolean;
}

/** What a line of a mail is to its reader. */
type Kind = "own" | "quoted" | "introduction" | "rest" | "signature";

const originalWords = new RegExp(`^(?:${original})\\s*(?:[-_=*>~:]+\\s*)?$`, "iu");
const forwardedWords = new RegExp(`^(?:${forwarded})[^\\n]{0,40}[-_=*>~\\s]*$`, "iu");
const forwardedField = new RegExp(`^(?:${forwarded})\\s*[:：][-_=*>~\\s]*$`, "iu");
const aboveLine = new RegExp(`^[\\s>#*=_-]*(?:please )?(?:${above})`, "iu");
/** No line of these kinds is longer; what is, is not looked at, as looking would take for ever. */
const longest = 500;

/** A line's marks and what it says behind them, apart, as patterns that fit both would try every place to part them. */
const parted = (line: string): readonly [marks: string, said: string] => {
  const [marks = ""] = line.match(/^[\s>*_=<~-]*/) ?? [];
  return [marks.trimEnd(), line.slice(marks.length)];
};

const isOriginal = (line: string): boolean => {
  if (line.length > longest) return false;
  const [marks, said] = parted(line);
  return /[-_=*<~]{2}$/.test(marks) && /^[\s>*]*[-_=*<~]*$/.test(marks) && originalWords.test(said);
};
const isForwarded = (line: string): boolean => {
  if (line.length > longest) return false;
  const [marks, said] = parted(line);
  if (/^[\s*]*$/.test(marks) && forwardedField.test(said)) return true;
  return /[-_=*<~]{2}$/.test(marks) && /^[\s*]*[-_=*<~]*$/.test(marks) && forwardedWords.test(said);
};
const isAbove = (line: string): boolean => aboveLine.test(line.slice(0, longest));
/** A line such as `>>> Ann <<<` is no quote. */
const isFramed = (line: string): boolean => {
  const text = line.trim();
  return text.length < longest && text.startsWith(">>") && text.endsWith("<<");
};
const isQuoted = (line: string): boolean => /^\s{0,3}>/.test(line) && !isFramed(line);
const isBlank = (line: string): boolean => line.trim() === "";
/** Stands above what is quoted, and belongs to it. */
const isRule = (line: string): boolean => line.length <= longest && /^[\s*]*[-_=*~─—]{3,}\s*$/u.test(line);

/** Below the last line that is filled there is nothing to look for. */
const nextFilled = (lines: ReadonlyArray<string>, from: number): string =>
  lines.slice(from, from + 4).find((line) => !isBlank(line)) ?? "";

/** A quoted line that a mailer broke: its end has no mark, begins in the middle of a sentence, and more quote follows. */
const isBrokenQuote = (lines: ReadonlyArray<string>, at: number): boolean => {
  const [before = "", line = "", after = ""] = lines.slice(at - 1, at + 2);
  return (
    isQuoted(before) &&
    isQuoted(after) &&
    before.trimEnd().length >= 60 &&
    !/[.?!:;…]$/.test(before.trimEnd()) &&
    /^[\p{Ll}\d"')]/u.test(line)
  );
};

/** The end of an address that its mailer broke: `>  <name@example.com>`. */
const endsLink = (line: string, before: string): boolean =>
  /^\s*>/.test(line) && before.lastIndexOf("<") > before.lastIndexOf(">") && /https?:|@/.test(before);

/** For every line, where the next quote from there begins. */
const nextQuotesOf = (lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  const next = new Array<number>(lines.length + 1).fill(lines.length);
  for (let at = lines.length - 1; at >= 0; at--)
    next[at] = isQuoted(lines[at] ?? "") || quoteHeader(lines, at) !== null ? at : (next[at + 1] ?? lines.length);
  return next;
};

const classify = (lines: ReadonlyArray<string>, isForward: boolean): ReadonlyArray<Kind> => {
  const kinds: Array<Kind> = [];
  const put = (kind: Kind, count: number) => {
    for (let left = count; left > 0; left--) kinds.push(kind);
  };
  let hasOwn = false;
  let nextQuotes: ReadonlyArray<number> | undefined;
  while (kinds.length < lines.length) {
    const at = kinds.length;
    const line = lines[at] ?? "";
    const rest = lines.length - at;
    // What is passed on is why it was sent.
    if (isForwarded(line)) {
      put("own", rest);
      break;
    }
    if (isAbove(line) || (isOriginal(line) && !isForward)) {
      put("rest", rest);
      break;
    }
    const header = quoteHeader(lines, at);
    const block = header?.certainty !== "certain" && !isForward ? headerBlock(lines, at) : 0;
    const introduced = block || (header?.lines ?? 0);
    if (introduced > 0) {
      const quotes = isQuoted(nextFilled(lines, at + introduced));
      if (quotes || header?.certainty === "certain" || block > 0) {
        if (quotes) put("introduction", introduced);
        else put("rest", rest);
        continue;
      }
    }
    if (isQuoted(line) && !endsLink(line, lines[at - 1] ?? "")) {
      put("quoted", 1);
      continue;
    }
    if (kinds.at(-1) === "quoted" && isBrokenQuote(lines, at)) {
      put("quoted", 1);
      continue;
    }
    if (mayBeginSignature(line)) {
      nextQuotes ??= nextQuotesOf(lines);
      const end = nextQuotes[at + 1] ?? lines.length;
      if (beginsSignature(lines, at, end)) {
        // Above everything else a device says nothing about what follows.
        put("signature", isDeviceLine(line) && !hasOwn ? 1 : end - at);
        continue;
      }
    }
    hasOwn ||= !isBlank(line);
    put("own", 1);
  }
  return kinds;
};

/** Own lines that stand below a quote, in how many pieces. */
const answersBelow = (lines: ReadonlyArray<string>, kinds: ReadonlyArray<Kind>): number => {
  let [pieces, inPiece, seen] = [0, false, false];
  for (const [at, kind] of kinds.entries()) {
    if (kind === "quoted") [seen, inPiece] = [true, false];
    else if (kind === "own" && seen && !isBlank(lines[at] ?? "")) {
      if (!inPiece) pieces++;
      inPiece = true;
    }
  }
  return pieces;
};

/** Rules and blank lines right above a quote belong to it. */
const withRules = (lines: ReadonlyArray<string>, kinds: ReadonlyArray<Kind>): ReadonlyArray<Kind> => {
  const result = [...kinds];
  for (let at = lines.length - 1; at > 0; at--) {
    const below = result[at];
    if ((below === "introduction" || below === "rest") && result[at - 1] === "own") {
      const line = lines[at - 1] ?? "";
      if (isRule(line) || (isBlank(line) && isRule(lines[at - 2] ?? ""))) result[at - 1] = below;
    }
  }
  return result;
};

/**
 * Leaves out what a reply quotes and how it is signed; `isForward` where the mail says that it passes another one on.
 *
 * Answers between the lines of a quote keep the lines they answer, and where nothing would be left, everything is.
 */
export const visibleReply = (text: string, isForward = false): VisibleReply => {
  const whole = text.replaceAll("\r\n", "\n");
  const lines = whole.split("\n");
  const kinds = withRules(lines, classify(lines, isForward));
  const between = answersBelow(lines, kinds) > 1;
  const lastOwn = kinds.findLastIndex((kind, at) => kind === "own" && !isBlank(lines[at] ?? ""));
  const shown = lines.filter((_, at) => {
    const kind = kinds[at];
    return kind === "own" || (between && at < lastOwn && (kind === "quoted" || kind === "introduction"));
  });
  const visible = shown
    .join("\n")
    .replace(/\n{4,}/g, "\n\n\n")
    .trim();
  if (visible === "") return { visible: whole.trim(), cut: false };
  return { visible, cut: visible !== whole.replace(/\n{4,}/g, "\n\n\n").trim() };
};
