import { type Headers, headerOf } from "./headers.ts";

/** More references than this are not followed. */
const most = 100;

/** The Message-IDs in a text, with their brackets; blanks in the middle are what folding left. */
export const messageIds = (text: string): ReadonlyArray<string> => {
  const bracketed = (text.slice(0, 100_000).match(/<[^<>]{1,900}>/g) ?? []).map((id) => id.replace(/\s+/g, ""));
  const ids = bracketed.filter((id) => id.length > 2);
  if (ids.length > 0) return ids;
  const bare = text.trim().match(/^[^\s<>]+@[^\s<>]+(?:\s+[^\s<>]+@[^\s<>]+)*$/)?.[0];
  return bare === undefined ? [] : bare.split(/\s+/).map((id) => `<${id}>`);
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
