import { device } from "./words.ts";

// What is added below a letter: a signature, the name of a device, the footer of a mailing list.

const deviceLine = new RegExp(
  `^[\\s*_>]*(?:${device})(?:\\s[^.,!?;:]{0,60}|['’]?\\S{0,20})(?:\\.\\d[^,!?;:]{0,20})?(?:[<(\\[]?\\s?https?:\\S*\\s?[>)\\]]?)?[.*_\\s]*$`,
  "iu",
);
/** Languages that say it the other way round. */
const deviceAtEnd =
  /^\s*(?:(?:my )?iPhone\S*|iPad\S*|Android\S*|Outlook\S*|.{2,30}['’]?[uı]mdan)\s*(?:から送信|için Outlook|gönderildi|sent)\s*$|^\s*(?:发自我?的?|發自我?的?|從我的\s?|寄自|나의 ).{2,40}$|^\s*.{2,30}(?:에서 보냄|から送信)\s*$/iu;

/** Whether a line says by itself what a mail was written with. */
export const isDeviceLine = (line: string): boolean => {
  const text = line.trim();
  // A sentence such as `Sent from my desk, is much easier` is somebody's own.
  return text.length <= 300 && (deviceLine.test(text) || deviceAtEnd.test(text));
};

/** The lines a signature has at most where its dashes may be a divider as well. */
const mostLines = 12;

const isShort = (lines: ReadonlyArray<string>, from: number, end: number): boolean => {
  let filled = 0;
  for (let at = from; at < end && filled <= mostLines; at++) if ((lines[at] ?? "").trim() !== "") filled++;
  return filled <= mostLines;
};

const isListFooter = (lines: ReadonlyArray<string>): boolean =>
  /mailing list|listinfo|unsubscribe|google groups|mailman|list-|рассылк|abbestell|désabonn|desuscri|cancellar/i.test(
    lines.join("\n").slice(0, 1000),
  );

/** Whether a line is one with which signatures and footers begin, so that what follows is worth a look. */
export const mayBeginSignature = (line: string): boolean => /^(?:--\s*|_{2,}\s*)$/.test(line) || isDeviceLine(line);

/** Whether a signature or a footer begins with a line, and goes on to `end`, where the next quote is. */
export const beginsSignature = (lines: ReadonlyArray<string>, at: number, end: number): boolean => {
  const line = lines[at] ?? "";
  if (/^-- $/.test(line) || isDeviceLine(line)) return true;
  if (!isShort(lines, at + 1, end)) return false;
  return /^--/.test(line) || isListFooter(lines.slice(at + 1, Math.min(at + 5, end)));
};
