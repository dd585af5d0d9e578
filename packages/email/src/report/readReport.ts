import type { ReportedRecipient } from "@deskwright/core";
import { awaySubject, isMachine } from "../nature/silence.ts";
import { readAddresses } from "../parse/addresses.ts";
import { allHeaders, headerOf } from "../parse/headers.ts";
import type { Mail, OwnAddresses } from "../parse/Mail.ts";
import { isOwnAddress } from "../parse/parseMail.ts";
import { leavesOf, type Part } from "../parse/part.ts";
import { failureSubject, readBounceText, saysFailure } from "./bounceText.ts";
import { readNotification } from "./notification.ts";
import type { Report } from "./Report.ts";
import { returnedMail } from "./returnedMail.ts";
import { readDeliveryStatus, readDisposition, readFeedback } from "./statusPart.ts";

const daemon = /^(?:mailer-?daemon|postmaster|mail\.?delivery\.?(?:sub)?system|double-bounce|mail-?daemon)(?:@|$)/i;
const daemonName = /mail(?:er)?[- ]?daemon|mail deliver\w* (?:sub)?system/i;
/** People have these names too. */
const administrator = /mail administrator|system administrator|\bndr\b|postmaster/i;

/** The parts for machines, where they say something about this mail rather than stand in one that is passed on. */
const statusParts = (root: Part, depth = 0): ReadonlyArray<Part> =>
  root.parts.flatMap((part) => (depth > 2 ? [] : [part, ...statusParts(part, depth + 1)]));

const isFromDaemon = ({ headers, from }: Mail): boolean => {
  const sender = headerOf(headers, "from") ?? "";
  return daemon.test(from?.address ?? "") || daemon.test(sender.replace(/[<"'\s]/g, "")) || daemonName.test(sender);
};

/** Whether it may be from a mail server; those who are away, and machines of all kinds, look the same. */
const mayBeServer = ({ headers, returnPath }: Mail): boolean => {
  const sender = headerOf(headers, "from") ?? "";
  return (
    returnPath === "" ||
    sender.replace(/[<>\s]/g, "") === "" ||
    /^<?mailer-daemon/i.test(returnPath ?? "") ||
    administrator.test(sender)
  );
};

/** Whether a mail gives something back, or quotes what a server said. */
const hasEvidence = ({ root, body }: Mail): boolean =>
  leavesOf(root).some(({ type }) => /^(?:message\/rfc822|text\/rfc822-headers)$/.test(type)) ||
  /^[ \t>|]*(?:message-id|received)\s*:/im.test(body.text) ||
  /(?:^|[\s<(:])[45][0-5]\d[ -](?:#?[45]\.\d|<)/m.test(body.text);

/** Whether a mail without a part for machines is a report all the same. */
const readsLikeReport = (mail: Mail): boolean => {
  const { headers, subject, body } = mail;
  if (headerOf(headers, "x-failed-recipients") !== null) return true;
  if (awaySubject.test(subject)) return false;
  const [announces, says] = [failureSubject.test(subject), saysFailure(body.text)];
  if (isFromDaemon(mail)) return announces || says;
  if (!says) return false;
  if (mayBeServer(mail) && announces) return true;
  // Somebody who is away cannot be reached either, and quotes what was sent.
  if (/^\s*auto-replied/i.test(headerOf(headers, "auto-submitted") ?? "")) return false;
  return (mayBeServer(mail) || isMachine(mail.from?.address ?? "")) && hasEvidence(mail);
};

/** What a mail says about one of ours; null where it is no report. */
export const readReport = (mail: Mail, own: OwnAddresses): Report | null => {
  const { root, headers, subject, body } = mail;
  const parts = [root, ...statusParts(root)];
  const of = (type: RegExp) => parts.filter((part) => type.test(part.type));
  const status = of(/^message\/(?:global-)?delivery-status$/);
  const receipts = of(/^message\/(?:global-)?disposition-notification$/);
  const feedback = of(/^message\/feedback-report$/);
  const complaint = readNotification(mail);
  if (complaint !== null) return complaint;
  const isMarked = root.type === "multipart/report" || status.length + receipts.length + feedback.length > 0;
  if (!isMarked && !readsLikeReport(mail)) return null;
  const returned = returnedMail(mail);
  const byMachine = [
    ...status.flatMap(readDeliveryStatus),
    ...receipts.flatMap(readDisposition),
    ...feedback.flatMap((part) => readFeedback(part, returned.to)),
  ];
  const isStranger = (address: string) => !isOwnAddress(address, own) && !daemon.test(address);
  const inText = (named: ReadonlyArray<string>) =>
    readBounceText(subject, body.text, named, returned.to.filter(isStranger), isStranger);
  if (byMachine.length > 0 || feedback.length > 0)
    return { refs: returned.refs, recipients: unique(explained(byMachine, inText)) };
  const named = allHeaders(headers, "x-failed-recipients").flatMap((value) => readAddresses(value));
  return { refs: returned.refs, recipients: inText(named.map(({ address }) => address)) };
};

/** Some servers give the reason to people alone. */
const explained = (
  recipients: ReadonlyArray<ReportedRecipient>,
  inText: (named: ReadonlyArray<string>) => ReadonlyArray<ReportedRecipient>,
): ReadonlyArray<ReportedRecipient> => {
  const isBare = ({ outcome, reason, status }: ReportedRecipient) => outcome === "failed" && reason === status;
  const bare = recipients.filter(isBare).map(({ address }) => address);
  if (bare.length === 0) return recipients;
  const told = new Map(inText(bare).map((said) => [said.address, said]));
  return recipients.map((recipient) => {
    const said = isBare(recipient) ? told.get(recipient.address) : undefined;
    return said === undefined || said.outcome !== "failed"
      ? recipient
      : { ...said, status: precise(recipient.status, said.status) };
  });
};

const precise = (one: string | null, other: string | null): string | null =>
  one === null || /^5\.0\.0$/.test(one) ? (other ?? one) : one;
const unique = (recipients: ReadonlyArray<ReportedRecipient>): ReadonlyArray<ReportedRecipient> => {
  const seen = new Set<string>();
  return recipients.filter(({ address, outcome }) => {
    const key = `${outcome} ${address}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
};
