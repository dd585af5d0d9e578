import type { ReportedRecipient } from "@deskwright/core";
import { headerOf, readHeaders } from "../parse/headers.ts";
import type { Mail } from "../parse/Mail.ts";
import { leavesOf } from "../parse/part.ts";
import { messageIds } from "../parse/references.ts";
import type { Report } from "./Report.ts";
import { isBadAddress, statusIn } from "./statusText.ts";

// Reports in forms of their own: Amazon's as JSON, and Microsoft's complaints, which return the mail and nothing else.

type Fields = Readonly<Record<string, unknown>>;

const object = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
/** More recipients of one mail are not read. */
const most = 500;
const list = (value: unknown): ReadonlyArray<Fields> => (Array.isArray(value) ? value.slice(0, most).map(object) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A JSON text; some servers break its long lines with `!` and a blank. */
const jsonIn = (body: string): Fields => {
  const said = body.trim().replace(/!\r?\n /g, "");
  const end = said.lastIndexOf("}");
  if (!said.startsWith("{") || end < 0) return {};
  try {
    return object(JSON.parse(said.slice(0, end + 1)));
  } catch {
    return {};
  }
};

const bounced = (bounce: Fields): ReadonlyArray<ReportedRecipient> =>
  list(bounce["bouncedRecipients"]).map((recipient) => {
    const reason = text(recipient["diagnosticCode"]).slice(0, 2000) || text(bounce["bounceSubType"]);
    const status = statusIn(text(recipient["status"])) ?? statusIn(reason);
    const outcome = /^transient$/i.test(text(bounce["bounceType"])) ? "delayed" : "failed";
    return {
      address: text(recipient["emailAddress"]).toLowerCase(),
      outcome,
      isAddressBad: outcome === "failed" && isBadAddress(status, reason),
      status,
      reason,
    };
  });

const complained = (complaint: Fields): ReadonlyArray<ReportedRecipient> =>
  list(complaint["complainedRecipients"]).map((recipient) => ({
    address: text(recipient["emailAddress"]).toLowerCase(),
    outcome: "complaint",
    isAddressBad: false,
    status: null,
    reason: text(complaint["complaintFeedbackType"]) || "abuse",
  }));

const arrived = (delivery: Fields): ReadonlyArray<ReportedRecipient> =>
  (Array.isArray(delivery["recipients"]) ? delivery["recipients"].slice(0, most) : []).map((address) => ({
    address: text(address).toLowerCase(),
    outcome: "delivered",
    isAddressBad: false,
    status: statusIn(text(delivery["smtpResponse"])),
    reason: text(delivery["smtpResponse"]),
  }));

const amazon = ({ body }: Mail): Report | null => {
  const outer = jsonIn(body.text);
  const said = text(outer["Type"]) === "Notification" ? jsonIn(text(outer["Message"])) : outer;
  if (!/^(?:bounce|complaint|delivery)$/i.test(text(said["notificationType"]))) return null;
  const mail = object(said["mail"]);
  const common = text(object(mail["commonHeaders"])["messageId"]);
  const sent = list(mail["headers"]).find(({ name }) => /^message-id$/i.test(text(name)));
  const recipients = [
    ...bounced(object(said["bounce"])),
    ...complained(object(said["complaint"])),
    ...arrived(object(said["delivery"])),
  ];
  const given = text(mail["messageId"]);
  const own = given === "" ? [] : [`<${given}@email.amazonses.com>`];
  return { refs: [...messageIds(text(sent?.["value"])), ...messageIds(common), ...own], recipients };
};

const microsoft = ({ root }: Mail): Report | null => {
  for (const part of leavesOf(root).filter(({ type }) => type === "message/rfc822")) {
    const { headers } = readHeaders(part.content);
    const address = headerOf(headers, "x-hmxmroriginalrecipient")?.toLowerCase();
    if (address === undefined) continue;
    const recipient = { address, outcome: "complaint", isAddressBad: false, status: null, reason: "abuse" } as const;
    return { refs: messageIds(headerOf(headers, "message-id") ?? ""), recipients: [recipient] };
  }
  return null;
};

/** What a provider reports in a form of its own; null where it does not. */
export const readNotification = (mail: Mail): Report | null => amazon(mail) ?? microsoft(mail);
