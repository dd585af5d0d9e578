import { allHeaders, headerOf } from "../parse/headers.ts";
import type { Mail, OwnAddresses } from "../parse/Mail.ts";
import { awaySubject, silenceRules } from "./silence.ts";

/** Who or what sent a mail. */
export type Nature = "person" | "list" | "auto-reply";

const autoresponders = [
  "x-autoreply",
  "x-autorespond",
  "x-autoresponse",
  "x-autoreply-from",
  "x-mail-autoreply",
  "x-ms-exchange-inbox-rules-loop",
];

/** What only a machine that answers mail writes. */
const isAutoresponse = ({ headers, subject }: Mail): boolean =>
  allHeaders(headers, "auto-submitted").some((value) => /^\s*(?:auto-replied|auto-reply|vacation)/i.test(value)) ||
  autoresponders.some((name) => allHeaders(headers, name).some((value) => !/^\s*(?:no|false|0)\s*$/i.test(value))) ||
  allHeaders(headers, "precedence").some((value) => /^\s*auto_reply/i.test(value)) ||
  allHeaders(headers, "delivered-to").some((value) => /^\s*autoresponder/i.test(value)) ||
  /autoresponder|^\s*9\s*;/i.test(headerOf(headers, "x-post-messageclass") ?? "") ||
  // Exchange says nothing but this about some of them, and people do not ask for silence.
  (awaySubject.test(subject) && (answers({ headers }) || headerOf(headers, "x-auto-response-suppress") !== null));

const answers = ({ headers }: Pick<Mail, "headers">): boolean =>
  ["in-reply-to", "references"].some((name) => (headerOf(headers, name) ?? "") !== "");

const isOnList = ({ headers }: Pick<Mail, "headers">): boolean =>
  ["list-id", "list-post"].some((name) => headerOf(headers, name) !== null);

/** Rules of silence that a mail to many people, or by a program, breaks; the others say nothing about who wrote it. */
const impersonal = new Set([
  "no sender on the envelope",
  "sent automatically",
  "a report",
  "failed recipients",
  "bulk",
  "a list",
  "an autoresponder",
  "an autoresponder by name",
  "a notification",
  "from a machine",
]);

/** Who or what sent a mail. */
export const natureOf = (mail: Mail, own: OwnAddresses): Nature => {
  if (isAutoresponse(mail)) return "auto-reply";
  const impersonalSign = silenceRules.find(({ name, sign }) => impersonal.has(name) && sign(mail, own) !== null);
  if (impersonalSign === undefined) return "person";
  // A program that answers is an autoresponder that does not say so; on a list it is people who answer each other.
  return answers(mail) && !isOnList(mail) ? "auto-reply" : "list";
};
