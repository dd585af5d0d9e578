import { createHmac, timingSafeEqual } from "node:crypto";

// What we sign with the tenant's secret so that mail which comes back says, unforgeably, what it belongs to.

/** Upper and lower case of an address get lost on the way, so a signature has letters of one case only. */
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

const signature = (secret: string, what: ReadonlyArray<string>, length: number): string =>
  Array.from(
    createHmac("sha256", secret).update(JSON.stringify(what)).digest().subarray(0, length),
    (byte) => alphabet[byte & 31],
  ).join("");

const isSame = (given: string, expected: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
};

const ticketNumber = (digits: string): number | null => {
  const ticketId = Number(digits);
  return Number.isSafeInteger(ticketId) && ticketId > 0 ? ticketId : null;
};

const addressSignature = (ticketId: number, tenant: string, secret: string) =>
  signature(secret, ["address", tenant, `${ticketId}`], 10);

/** An address of ours under which mail about a ticket arrives: `support+t42.abcdefghij@example.com`. */
export const signedAddress = (address: string, ticketId: number, tenant: string, secret: string): string => {
  const at = address.lastIndexOf("@");
  const sign = addressSignature(ticketId, tenant, secret);
  return `${address.slice(0, at)}+t${ticketId}.${sign}${address.slice(at)}`;
};

/** The ticket that a signed address names; null where none is named, or the signature is not ours. */
export const ticketOfAddress = (address: string, tenant: string, secret: string): number | null => {
  const [, digits = "", sign = ""] = address.toLowerCase().match(/\+t([1-9]\d{0,15})\.([a-z2-7]{10})@[^@]+$/) ?? [];
  const ticketId = ticketNumber(digits);
  return ticketId !== null && isSame(sign, addressSignature(ticketId, tenant, secret)) ? ticketId : null;
};

const messageSignature = (about: string, token: string, tenant: string, secret: string) =>
  signature(secret, ["message-id", tenant, about, token], 16);

/** A Message-ID of ours; `token` is one that nobody else has, in letters, digits, `-` and `_`. */
export const newMessageId = (about: {
  readonly tenant: string;
  readonly ticketId: number | null;
  readonly secret: string;
  readonly token: string;
  readonly domain: string;
}): string => {
  const { tenant, ticketId, secret, token, domain } = about;
  const ticket = ticketId === null ? "n" : `t${ticketId}`;
  return `<${ticket}.${token}.${messageSignature(ticket, token, tenant, secret)}@${domain}>`;
};

/** What an own Message-ID is about, such as `t42` or `n`; null where it is not ours. */
const aboutOf = (ref: string, tenant: string, secret: string): string | null => {
  const [, about = "", token = "", sign = ""] =
    ref.trim().match(/^<?(t[1-9]\d{0,15}|n)\.([^\s@<>]{1,200})\.([a-z2-7]{16})@[^\s@<>]+>?$/) ?? [];
  return about !== "" && isSame(sign, messageSignature(about, token, tenant, secret)) ? about : null;
};

/** The ticket that a Message-ID of ours is about; null where it is not ours, or about none. */
export const ticketOfMessageId = (ref: string, tenant: string, secret: string): number | null =>
  ticketNumber(aboutOf(ref, tenant, secret)?.slice(1) ?? "");

/** Whether a Message-ID is one that we made for this tenant. */
export const isOwnMessageId = (ref: string, tenant: string, secret: string): boolean =>
  aboutOf(ref, tenant, secret) !== null;

/** The header by which we know our own mail where Message-IDs are rewritten. */
export const loopHeader = "X-Deskwright-Loop";

/** The value of `loopHeader` on every mail of a tenant. */
export const loopMark = (tenant: string, secret: string): string => signature(secret, ["loop", tenant], 16);

/** Whether a value of `loopHeader` is this tenant's. */
export const isOwnLoopMark = (value: string, tenant: string, secret: string): boolean =>
  isSame(value.trim(), loopMark(tenant, secret));
