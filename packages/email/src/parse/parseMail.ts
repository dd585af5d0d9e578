import type { Correspondent } from "@deskwright/core";
import { readAddresses } from "./addresses.ts";
import { readBody } from "./body.ts";
import { type Headers, headerOf } from "./headers.ts";
import type { Mail, OwnAddresses } from "./Mail.ts";
import { readPart } from "./part.ts";

const addressesIn = (headers: Headers, ...names: ReadonlyArray<string>): ReadonlyArray<Correspondent> => {
  const found = new Map<string, Correspondent>();
  for (const name of names) {
    for (const { value } of headers.filter((header) => header.name === name)) {
      for (const each of readAddresses(value)) if (!found.has(each.address)) found.set(each.address, each);
    }
  }
  return [...found.values()];
};

const returnPathOf = (headers: Headers): string | null => {
  const value = headerOf(headers, "return-path");
  if (value === null) return null;
  return (
    readAddresses(value)[0]?.address ?? (value.replace(/[<>\s]/g, "") === "" ? "" : value.slice(0, 300).toLowerCase())
  );
};

/** Who wrote it, by whatever names somebody to whom mail can be sent. */
const authorOf = (headers: Headers): Correspondent | null =>
  addressesIn(headers, "from")[0] ??
  addressesIn(headers, "reply-to")[0] ??
  addressesIn(headers, "sender", "resent-from", "x-original-from")[0] ??
  addressesIn(headers, "return-path", "x-envelope-from")[0] ??
  null;

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** An address without its tag: `support@example.com` of `support+t42@example.com`. */
const withoutTag = (address: string): string => address.toLowerCase().replace(/\+[^@]*(?=@)/, "");

/** Whether mail to an address is mail to us. */
export const isOwnAddress = (address: string, own: OwnAddresses): boolean =>
  own.addresses.includes(address.toLowerCase()) || own.addresses.includes(withoutTag(address));

/** Reads the bytes of a mail, whatever they are. */
export const parseMail = (raw: Uint8Array): Mail => {
  const root = readPart(raw);
  const { headers } = root;
  return {
    root,
    headers,
    from: authorOf(headers),
    replyTo: addressesIn(headers, "reply-to"),
    recipients: addressesIn(headers, "to", "cc"),
    returnPath: returnPathOf(headers),
    subject: oneLine(headerOf(headers, "subject") ?? ""),
    body: readBody(root),
  };
};
