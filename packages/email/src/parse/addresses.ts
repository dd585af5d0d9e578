import type { Correspondent } from "@deskwright/core";
import { type Address, addressParser } from "postal-mime";
import { decodeWords } from "./words.ts";

/** Whether something is an address that mail can be sent to. */
const isAddress = (text: string): boolean => /^[^\s@<>(),;:"[\]]{1,64}@[^\s@<>(),;:"[\]]{1,255}$/.test(text);

/** An address as it stands in a text, not too greedy: what stands around it is punctuation. */
export const addressInText = /[^\s@<>(),;:"[\]]{1,64}@[^\s@<>(),;:"'[\]]{1,250}[^\s@<>(),;:"'[\].?!]/;

const quoted = (text: string): string => `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;

/** A decoded name is put into quotes, as its commas and brackets would otherwise make addresses of it. */
const decoded = (value: string): string =>
  value.includes("=?")
    ? // What is not closed ends at the end, as it would otherwise be looked at again from each of its quotes.
      value.replace(/"(?:\\[\s\S]?|[^"\\])*("|$)|[^"]+/g, (piece, end) =>
        end === '"' ? decodeWords(piece, (text) => quoted(text).slice(1, -1)) : decodeWords(piece, quoted),
      )
    : value;

/** An address in a comment or in square brackets, where none is in its place, is put there. */
const inPlace = (header: string): string =>
  header.replace(/(?:"(?:\\[\s\S]?|[^"\\])*(?:"|$)|\([^()]*\)|<[^<>]*>|[^",;(<]|[(<])+/g, (entry) => {
    if (!/[([][^([]*@/.test(entry)) return entry;
    const outside = entry.replace(/\([^()]*\)|\[mailto:[^[\]]*\]/gi, "");
    return outside.includes("@")
      ? entry
      : entry.replace(/[([]\s{0,9}(?:mailto:)?([^\s()<>@[\]]+@[^\s()<>@[\]]+)\s{0,9}[)\]]/i, "<$1>");
  });

const cleaned = (address: string): string =>
  address
    .trim()
    .replace(/^(?:mailto:|smtp:)/i, "")
    // A route of old times (RFC 822) before the address.
    .replace(/^@[^:]*:/, "")
    .replace(/^[<'"[]+|(?<![>'"\],;])[>'"\],;]+$/g, "")
    .toLowerCase();

const named = (name: string | undefined): string | null => {
  const text = (name ?? "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^'(.*)'$/, "$1");
  return text === "" ? null : text.slice(0, 300);
};

const correspondentOf = ({ name, address }: { readonly name: string; readonly address?: string }) => {
  const plain = cleaned(address ?? "");
  if (isAddress(plain)) {
    const known = named(name);
    return [{ address: plain, name: known?.toLowerCase() === plain ? null : known }];
  }
  // `Name (name@example.com)`, `mailto:` and the like: the address is where no address should be.
  const text = `${name} ${address ?? ""}`;
  const found = text.match(addressInText)?.[0];
  if (found === undefined) return [];
  const rest = text.replace(found, " ").replace(/\(\s*\)|<\s*>|\[\s*(?:mailto:\s*)?\]|mailto:/gi, " ");
  return [{ address: cleaned(found), name: named(rest) }];
};

const members = (address: Address): ReadonlyArray<Correspondent> => {
  if (address.group === undefined) return correspondentOf(address);
  const inside = address.group.flatMap(correspondentOf);
  return inside.length > 0 ? inside : correspondentOf({ name: address.name });
};

/** The addresses of a header that is still encoded, without those that nothing can be sent to. */
export const readAddresses = (header: string | null): ReadonlyArray<Correspondent> => {
  if (header === null) return [];
  const seen = new Set<string>();
  // What is left of encoded words is broken, and the parser would look at it again and again.
  const plain = decoded(header.slice(0, 100_000)).replaceAll("=?", "= ?");
  return addressParser(inPlace(plain))
    .flatMap(members)
    .filter(({ address }) => !seen.has(address) && seen.add(address) !== undefined);
};
