import type { ReportedRecipient } from "@deskwright/core";
import { addressInText } from "../parse/addresses.ts";
import { decodeText } from "../parse/charset.ts";
import type { Part } from "../parse/part.ts";
import { type Fields, readFields, withoutKind } from "./fields.ts";
import { isBadAddress, statusIn } from "./statusText.ts";

// The parts that machines read: of bounces (RFC 3464), receipts (RFC 8098) and complaints (RFC 5965).

const outcomes: Readonly<Record<string, ReportedRecipient["outcome"]>> = {
  failed: "failed",
  delayed: "delayed",
  deferred: "delayed",
  delivered: "delivered",
  relayed: "delivered",
  expanded: "delivered",
};

const outcomeOf = (action: string, status: string | null, reason: string): ReportedRecipient["outcome"] => {
  const said = outcomes[action.toLowerCase().match(/[a-z]+/)?.[0] ?? ""];
  if (said !== undefined) return said;
  const digit = status?.[0] ?? reason.match(/\b([245])\d\d\b/)?.[1];
  return digit === "2" ? "delivered" : digit === "4" ? "delayed" : "failed";
};

const addressOf = (fields: Fields, ...names: ReadonlyArray<string>): string | null => {
  for (const name of names) {
    const address = withoutKind(fields.get(name) ?? "").match(addressInText)?.[0];
    if (address !== undefined) return address.toLowerCase();
  }
  return null;
};

const textOf = (part: Part): string => decodeText(part.content, part.parameters.get("charset"));

const delivered = (fields: Fields): ReadonlyArray<ReportedRecipient> => {
  const address = addressOf(fields, "original-recipient", "x-actual-recipient", "final-recipient", "recipient");
  const action = fields.get("action") ?? "";
  if (address === null && action === "") return [];
  const diagnostic = withoutKind(fields.get("diagnostic-code") ?? "").slice(0, longest);
  const given = statusIn(fields.get("status") ?? "");
  const said = statusIn(diagnostic);
  // Exim and others say 5.0.0 where the server's own words are precise.
  const status = given === null || /^[245]\.0\.0$/.test(given) ? (said ?? given) : given;
  const outcome = outcomeOf(action, status, diagnostic);
  return [
    {
      address: address ?? "",
      outcome,
      isAddressBad: outcome === "failed" && isBadAddress(status, diagnostic),
      status,
      reason: diagnostic || status || outcome,
    },
  ];
};

/** More of what a server said is not read, and more recipients of one mail are not. */
const [longest, most] = [2000, 500];

/** What a delivery status says about each recipient. */
export const readDeliveryStatus = (part: Part): ReadonlyArray<ReportedRecipient> =>
  readFields(textOf(part))
    .flatMap(delivered)
    .filter(({ address }) => address !== "");

/** What a receipt says: shown, deleted unread, or thrown away by a rule. */
export const readDisposition = (part: Part): ReadonlyArray<ReportedRecipient> =>
  readFields(textOf(part)).flatMap((fields): ReadonlyArray<ReportedRecipient> => {
    const address = addressOf(fields, "original-recipient", "final-recipient");
    const disposition = fields.get("disposition") ?? "";
    if (address === null || disposition === "") return [];
    const isFailed = /failed|error/i.test(disposition.split(";")[1] ?? "");
    return [
      { address, outcome: isFailed ? "failed" : "delivered", isAddressBad: false, status: null, reason: disposition },
    ];
  });

/** What a complaint says; nothing where a program only reports how it checked a mail. */
export const readFeedback = (part: Part, fallback: ReadonlyArray<string>): ReadonlyArray<ReportedRecipient> => {
  const text = textOf(part);
  const type = text.match(/^feedback-type\s*:\s*(\S+)/im)?.[1]?.toLowerCase() ?? "abuse";
  if (/^(?:not-spam|auth-failure|dmarc|dkim)/.test(type)) return [];
  const named = [...text.matchAll(/^(?:original-rcpt-to|removal-recipient|final-recipient)\s*:\s*(.*)$/gim)].flatMap(
    ([, value = ""]) => withoutKind(value).match(addressInText)?.[0]?.toLowerCase() ?? [],
  );
  return [...new Set(named.length > 0 ? named : fallback)].slice(0, most).map((address) => ({
    address,
    outcome: "complaint",
    isAddressBad: false,
    status: null,
    reason: type,
  }));
};
