import type { ReadFile } from "@deskwright/core";
import { decodeText } from "./charset.ts";
import { contentUrl } from "./contentId.ts";
import { fileName, givenName } from "./fileName.ts";
import { unflow } from "./flowed.ts";
import { headerOf, rawHeader } from "./headers.ts";
import { htmlToText } from "./htmlText.ts";
import { type Part, readPart } from "./part.ts";
import { escapedHtml } from "./safeHtml.ts";

/** What a mail says, and what came with it. */
export interface Body {
  readonly text: string;
  /** As it came, not yet safe; null where there is text alone. */
  readonly html: string | null;
  /** Inline as far as they have a name to be shown by, whether or not the html shows them. */
  readonly files: ReadonlyArray<ReadFile>;
  readonly remarks: ReadonlyArray<string>;
}

/** Longer html is no letter. */
const longestHtml = 2_000_000;

const textOf = (part: Part): string => {
  const text = decodeText(part.content, part.parameters.get("charset")).replaceAll("\r\n", "\n").replaceAll("\0", "");
  return part.parameters.get("format")?.toLowerCase() === "flowed"
    ? unflow(text, part.parameters.get("delsp")?.toLowerCase() === "yes")
    : text;
};

const htmlOf = (part: Part): string => {
  const said = part.content.toString("latin1", 0, 5000).match(/<meta[^>]{1,300}charset\s*=\s*["']?([\w.:-]+)/i)?.[1];
  return decodeText(part.content, part.parameters.get("charset") ?? said).replaceAll("\0", "");
};

/** Whether a part is what is read, rather than a file. */
const isRead = (part: Part, isFirst: boolean): boolean => {
  if (part.type !== "text/plain" && part.type !== "text/html") return false;
  if (part.disposition.value === "attachment") return false;
  if (part.disposition.named.has("filename"))
    return isFirst && part.disposition.value === "inline" && !part.parameters.has("name");
  return isFirst || givenName(part) === null;
};

/** A text, an html, or both of the same. */
interface Passage {
  text?: string;
  html?: string;
}

class Reader {
  readonly passages: Array<Passage> = [];
  readonly files: Array<Part> = [];

  read(part: Part, alternative: Passage | null): void {
    if (part.type === "multipart/alternative" && part.parts.length > 0) {
      const passage: Passage = {};
      const [before, filesBefore] = [this.passages.length, this.files.length];
      for (const each of part.parts) this.read(each, passage);
      if (passage.text !== undefined || passage.html !== undefined) this.passages.splice(before, 0, passage);
      // Nothing to read in any of them: they are files like any others.
      else if (this.passages.length === before && this.files.length === filesBefore) this.files.push(...part.parts);
      return;
    }
    if (part.parts.length > 0) {
      for (const each of part.parts) this.read(each, alternative);
      return;
    }
    if (part.type === "text/x-amp-html" && alternative !== null) return;
    if (!isRead(part, this.passages.length === 0 && (alternative === null || Object.keys(alternative).length === 0))) {
      this.files.push(part);
      return;
    }
    const [kind, said] =
      part.type === "text/html" ? (["html", htmlOf(part)] as const) : (["text", textOf(part)] as const);
    if (alternative === null) this.passages.push({ [kind]: said });
    else alternative[kind] = alternative[kind] === undefined ? said : `${alternative[kind]}\n${said}`;
  }
}

const contentId = (part: Part): string =>
  (rawHeader(part.headers, "content-id") ?? "").slice(0, 1000).trim().replace(/^<|>$/g, "").trim();

const fileOf = (part: Part): ReadFile => {
  const id = contentId(part);
  return {
    name: fileName(part),
    contentType: part.type,
    // A copy, as the whole mail would otherwise be kept for the smallest of its files.
    content: Uint8Array.from(part.content),
    inlineAs: id === "" ? null : contentUrl(id),
  };
};

const remarksOn = (leaves: ReadonlyArray<Part>, root: Part, text: string): ReadonlyArray<string> => {
  const has = (type: RegExp) => type.test(root.type) || leaves.some((part) => type.test(part.type));
  const isSmime = has(/^application\/(?:x-)?pkcs7-mime$/);
  return [
    ...(isSmime ? ["It is encrypted or sealed with S/MIME; its content is in the attachment smime.p7m."] : []),
    ...(has(/^(?:multipart\/encrypted|application\/pgp-encrypted)$/) || /^-----BEGIN PGP MESSAGE-----/m.test(text)
      ? ["It is encrypted with PGP and was not decrypted."]
      : []),
    ...(has(/^application\/(?:x-)?pkcs7-signature$/)
      ? ["It is signed with S/MIME; the signature was not checked."]
      : []),
    ...(has(/^application\/pgp-signature$/) || /^-----BEGIN PGP SIGNED MESSAGE-----/m.test(text)
      ? ["It is signed with PGP; the signature was not checked."]
      : []),
    ...(has(/^application\/(?:ms-tnef|vnd\.ms-tnef)$/)
      ? ["Outlook packed its attachments into winmail.dat, which only Outlook opens."]
      : []),
    ...(has(/^message\/partial$/) ? ["It is one piece of a mail that was sent in several."] : []),
  ];
};

/** A plain text that says nothing but that there is html. */
const isPlaceholder = (text: string, fromHtml: string): boolean =>
  text.length < 300 && fromHtml.length > text.length * 3 && /html/i.test(text);

/** A forwarded mail's own text, where a mail has nothing else to say. */
const forwardedText = (files: ReadonlyArray<Part>, depth: number): string => {
  const inner = files.find((part) => part.type === "message/rfc822");
  if (inner === undefined || depth > 3) return "";
  const mail = readPart(inner.content);
  const header = ["From", "Date", "To", "Subject"]
    .map((name) => [name, headerOf(mail.headers, name.toLowerCase())] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  const { text } = readBody(mail, depth + 1);
  return ["---------- Forwarded message ----------", ...header, "", text].join("\n");
};

/** What the parts of a mail say. */
export const readBody = (root: Part, depth = 0): Body => {
  const reader = new Reader();
  reader.read(root, null);
  const hasHtml = reader.passages.some(({ html }) => html !== undefined);
  const html = reader.passages.map((passage) => passage.html ?? escapedHtml(passage.text ?? "")).join("\n");
  const texts = reader.passages.map(({ text, html }) => {
    if (html === undefined) return text ?? "";
    const fromHtml = text !== undefined && text.trim().length >= 300 ? "" : htmlToText(html.slice(0, longestHtml));
    return text === undefined || text.trim() === "" || isPlaceholder(text.trim(), fromHtml) ? fromHtml : text;
  });
  const joined = texts.map((text) => text.replace(/^(?:[ \t]*\n)+/, "").trimEnd()).filter((text) => text !== "");
  const text = joined.join("\n\n") || forwardedText(reader.files, depth);
  return {
    text,
    html: hasHtml && html.trim() !== "" ? html : null,
    files: reader.files.filter((part) => part.content.length > 0 || givenName(part) !== null).map(fileOf),
    remarks: remarksOn(reader.files, root, text),
  };
};
