import type { ThreadSigns } from "@deskwright/core";
import { readAddresses } from "./parse/addresses.ts";
import type { Mail } from "./parse/Mail.ts";
import { references } from "./parse/references.ts";
import { ticketOfAddress, ticketOfMessageId } from "./tokens.ts";

/** Where an address may stand to which a mail was sent. */
const delivered = ["to", "cc", "delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-forwarded-to"];

const claimedIn = (subject: string): number | null => {
  const number = Number(subject.match(/\[(?:[\p{L}\p{N} .:-]{0,30}[ :])?#([1-9]\d{0,14})\]/u)?.[1]);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
};

/** How a mail says which ticket it belongs to. */
export const threadSigns = (
  { headers, subject }: Pick<Mail, "headers" | "subject">,
  tenant: string,
  secret: string,
): ThreadSigns => {
  const refs = references(headers);
  const addresses = delivered.flatMap((name) =>
    headers.filter((header) => header.name === name).flatMap(({ value }) => readAddresses(value)),
  );
  const signed =
    addresses.map(({ address }) => ticketOfAddress(address, tenant, secret)).find((ticket) => ticket !== null) ??
    refs.map((ref) => ticketOfMessageId(ref, tenant, secret)).find((ticket) => ticket !== null) ??
    null;
  return { signed, refs, claimed: claimedIn(subject) };
};
