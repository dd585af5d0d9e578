import { headerOf } from "../parse/headers.ts";
import type { Mail, OwnAddresses } from "../parse/Mail.ts";

const isOurServer = (value: string, own: OwnAddresses): boolean => {
  const server = value.match(/^[^;\s]*/)?.[0].toLowerCase() ?? "";
  const domains = [own.domain, ...own.addresses.map((address) => address.split("@")[1] ?? "")];
  return domains.some((domain) => domain !== "" && (server === domain || server.endsWith(`.${domain}`)));
};

/** Whether our own server says that a mail is not from whom it names (DMARC). */
export const isForged = ({ headers }: Pick<Mail, "headers">, own: OwnAddresses): boolean => {
  // Only what our own server wrote counts, and it writes above everything that came with the mail.
  const ours = headerOf(headers, "authentication-results");
  return ours !== null && isOurServer(ours, own) && /\bdmarc=fail\b/i.test(ours);
};
