import { sanitized } from "./sanitized.ts";

// The text of a mail that has html alone, with quotes marked as they are in text, so that one set of rules finds them.

const blocks = new Set(
  "address article aside blockquote center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);
const spaced = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote", "dl"]);

/** What makes a blockquote a quote rather than an indented paragraph. */
const isCite = (attributes: string): boolean =>
  /\btype="cite"|\bcite="|\bclass="[^"]*(?:quote|cite)|border-left/i.test(attributes);

/** How often a `>` may stand before a line. */
const deepest = 20;
/** Lines that Outlook's paragraphs would otherwise hold apart. */
const isMsoParagraph = (attributes: string): boolean => /\bclass="[^"]*\bMso(?:Normal|PlainText)/.test(attributes);

const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

interface Open {
  readonly tag: string;
  readonly isQuote: boolean;
  readonly isPre: boolean;
  readonly href: string | null;
  readonly textAt: number;
}

/** What a link says besides its address, as text has no links. */
const linkTarget = (href: string | null, said: string): string => {
  if (href === null || !/^https?:/i.test(href)) return "";
  const bare = (url: string) => url.trim().replace(/^https?:\/\/(?:www\.)?|\/$/gi, "");
  return said.trim() === "" || bare(said) === bare(href) || href.length > 300 ? "" : ` <${href}>`;
};

/** Lines as they come to be; the one that is not finished is kept in pieces. */
class Lines {
  readonly #lines: Array<string> = [];
  #pieces: Array<string> = [];
  #endsBlank = true;
  #quotes = 0;
  #filled = "";

  /** How many pieces the line has so far. */
  get pieces(): number {
    return this.#pieces.length;
  }

  /** The last line that says something. */
  get tail(): string {
    const line = this.#pieces.join("").trim();
    return line || this.#filled;
  }

  /** What the line says from a piece on, or as much of it as tells one address from another. */
  said(from: number): string {
    let text = "";
    for (let at = from; at < this.#pieces.length && text.length < 1000; at++) text += this.#pieces[at] ?? "";
    return text;
  }

  add(text: string, isPre: boolean): void {
    if (!isPre) {
      const single = text.replace(/[ \t\r\n\f]+/g, " ");
      this.#push(this.#endsBlank && single.startsWith(" ") ? single.slice(1) : single);
      return;
    }
    const [first = "", ...rest] = text.split(/\r?\n/);
    this.#push(first);
    for (const line of rest) {
      this.break();
      this.#push(line);
    }
  }

  #push(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#endsBlank = piece.endsWith(" ");
  }

  break(): void {
    const text = this.#pieces.join("").replaceAll("\u00a0", " ").trimEnd();
    this.#lines.push(this.#quotes > 0 ? `${">".repeat(this.#quotes)} ${text}`.trimEnd() : text);
    if (text.replace(/^[> ]+/, "") !== "") this.#filled = this.#lines.at(-1)?.trim() ?? "";
    this.#pieces = [];
    this.#endsBlank = true;
  }

  /** Ends the line, if there is one. */
  end(): void {
    // A hard space alone is how editors write an empty line.
    if (this.#pieces.some((piece) => /[^ \t\r\n]/.test(piece))) this.break();
    this.#pieces = [];
    this.#endsBlank = true;
  }

  /** Leaves one line empty, unless one is. */
  space(): void {
    this.end();
    const last = this.#lines.at(-1);
    if (last !== undefined && last.replace(/^[> ]+/, "") !== "") this.break();
  }

  quote(by: 1 | -1): void {
    this.space();
    this.#quotes = Math.min(Math.max(this.#quotes + by, 0), deepest);
  }

  toString(): string {
    this.end();
    return this.#lines
      .join("\n")
      .replace(/\n{4,}/g, "\n\n\n")
      .trim();
  }
}

/** The text that a reader of html sees. */
export const htmlToText = (html: string): string => {
  // Well-formed afterwards, with no entities but four, so that what follows can be simple.
  const plain = sanitized(html, {
    allowedTags: [...blocks, "br", "a", "img", "span"],
    allowedAttributes: { "*": ["class", "type", "cite", "style", "alt"], a: ["href"] },
    nonTextTags: ["style", "script", "title", "textarea", "option", "noscript", "head", "xml"],
    parseStyleAttributes: false,
    allowVulnerableTags: true,
  });
  if (plain === null) return unescaped(html.replace(/<[^<>]*>/g, " ")).trim();
  const lines = new Lines();
  const open: Array<Open> = [];
  for (const [token, close, tag = "", attributes = ""] of plain.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>|[^<]+|</g)) {
    if (tag === "") lines.add(unescaped(token), open.at(-1)?.isPre ?? false);
    else if (close === "/") closeTag(lines, open, tag);
    else openTag(lines, open, tag, attributes);
  }
  return lines.toString();
};

const openTag = (lines: Lines, open: Array<Open>, tag: string, attributes: string): void => {
  if (tag === "br") lines.break();
  if (tag === "img") lines.add(attributes.match(/\balt="([^"]{1,200})"/)?.[1] ?? "", false);
  if (tag === "hr") {
    lines.end();
    lines.add("________________________________", true);
    lines.break();
  }
  if (["br", "img", "hr"].includes(tag)) return;
  const isPre = tag === "pre" || (open.at(-1)?.isPre ?? false);
  const isQuote = tag === "blockquote" && (isCite(attributes) || /[:：]/.test(lines.tail.slice(-1)));
  if (isQuote) lines.quote(1);
  else if (spaced.has(tag) && !isMsoParagraph(attributes)) lines.space();
  else if (blocks.has(tag) && tag !== "td" && tag !== "th") lines.end();
  else if (tag === "td" || tag === "th") lines.add(" ", false);
  if (tag === "li") lines.add("- ", true);
  const href = tag === "a" ? unescaped(attributes.match(/\bhref="([^"]*)"/)?.[1] ?? "") : null;
  open.push({ tag, isQuote, isPre, href, textAt: lines.pieces });
};

const closeTag = (lines: Lines, open: Array<Open>, tag: string): void => {
  const at = open.findLastIndex((each) => each.tag === tag);
  const element = open[at];
  if (element === undefined) return;
  open.splice(at);
  if (tag === "a") lines.add(linkTarget(element.href, lines.said(element.textAt)), false);
  if (element.isQuote) lines.quote(-1);
  else if (spaced.has(tag) && tag !== "p") lines.space();
  else if (blocks.has(tag) && tag !== "td" && tag !== "th") lines.end();
};
