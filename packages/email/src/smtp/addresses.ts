import { domainToASCII } from "node:url";

/** An address with the name shown beside it. */
export interface NamedAddress {
  readonly address: string;
  readonly name: string | null;
}

const address =
  /^(?:[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}]){1,62}")@[^\s<>()\\,;:"@\p{Cc}]{1,255}$/u;

/** Whether mail can be sent to it at all. */
export const isAddress = (text: string): boolean => address.test(text);

/** What is shown of a name or a subject: one line, nothing that could end a header. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();

/** Reads `Support <support@example.com>` or a bare address; null where it is neither. */
export const namedAddress = (text: string): NamedAddress | null => {
  const [, name = "", inside] = text.match(/^([^<>]*)<([^<>]*)>\s*$/) ?? [];
  const found = { address: (inside ?? text).trim(), name: oneLine(name.trim().replace(/^"(.*)"$/, "$1")) || null };
  return isAddress(found.address) ? found : null;
};

/** The domain of an address as it is in headers and on the wire. */
export const domainOf = (text: string): string => {
  const domain = text.slice(text.lastIndexOf("@") + 1).toLowerCase();
  return domainToASCII(domain) || domain;
};

/** An address as servers spell it. */
export const onTheWire = (text: string): string => `${text.slice(0, text.lastIndexOf("@"))}@${domainOf(text)}`;

/** The form in which two addresses are one: lower case, domain as on the wire, without what follows a `+`. */
export const sameAddress = (text: string): string => {
  const local = text.slice(0, text.lastIndexOf("@")).toLowerCase();
  return `${local.replace(/(?<=.)\+.*$/, "")}@${domainOf(text)}`;
};
