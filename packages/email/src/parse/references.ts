import { type Headers, headerOf } from "./headers.ts";

/** More references than this are not followed. */
const most = 100;
/** Nor is what stands further back. */
const longest = 100_000;

/** Whether a word is a Message-ID without its brackets. */
const isBare = (word: string): boolean => {
  const at = word.indexOf("@", 1);
  return at > 0 && at < word.length - 1 && !/[<>]/.test(word);
};

/** The Message-IDs in a text, with their brackets; blanks in the middle are what folding left. */
export const messageIds = (text: string): ReadonlyArray<string> => {
  const bracketed = (text.slice(0, longest).match(/<[^<>]{1,900}>/g) ?? []).map((id) => id.replace(/\s+/g, ""));
  const ids = bracketed.filter((id) => id.length > 2);
  if (ids.length > 0) return ids;
  const bare = text.slice(0, longest).trim().split(/\s+/);
  return bare.every(isBare) ? bare.map((id) => `<${id}>`) : [];
};

/** A mail's own Message-ID; null where it has none. */
export const ownReference = (headers: Headers): string | null => {
  const value = headerOf(headers, "message-id") ?? headerOf(headers, "x-message-id");
  if (value === null || value.trim() === "") return null;
  return messageIds(value)[0] ?? `<${value.replace(/[\s<>]+/g, "")}>`;
};

/** What a mail answers, the nearest first. */
export const references = (headers: Headers): ReadonlyArray<string> => {
  const of = (name: string) => messageIds(headerOf(headers, name) ?? "");
  return [...new Set([...of("in-reply-to"), ...of("references").toReversed()])].slice(0, most);
};
