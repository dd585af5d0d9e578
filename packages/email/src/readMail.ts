import type { AcceptedItem, Correspondent, ReadFile, Reading } from "@deskwright/core";
import { fingerprintOf } from "./fingerprint.ts";
import { isForged } from "./nature/forged.ts";
import { natureOf } from "./nature/nature.ts";
import { silenceOf } from "./nature/silence.ts";
import { contentUrlsIn } from "./parse/contentId.ts";
import { allHeaders, headerOf } from "./parse/headers.ts";
import type { Mail, OwnAddresses } from "./parse/Mail.ts";
import { isOwnAddress, parseMail } from "./parse/parseMail.ts";
import { messageIds, ownReference } from "./parse/references.ts";
import { safeHtml } from "./parse/safeHtml.ts";
import { readReport } from "./report/readReport.ts";
import { threadSigns } from "./thread.ts";
import { isOwnLoopMark, isOwnMessageId, loopHeader } from "./tokens.ts";
import { visibleReply } from "./visible/visibleReply.ts";

export type { OwnAddresses } from "./parse/Mail.ts";

/** Stands for whoever named nobody; no mail can be sent there (RFC 2606). */
const nobody: Correspondent = { address: "unknown@unknown.invalid", name: null };

const forwardSubject =
  /^\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|doorst|pd|přepos|továb|ilt|пересл|переслано|转发|轉寄|転送)\s*:/iu;

/** Whether we sent it ourselves, and it came back: a copy of what was sent, or of a mailing list that we are on. */
const isOurs = ({ headers }: Mail, { tenant, secret }: AcceptedItem): boolean =>
  allHeaders(headers, loopHeader.toLowerCase()).some((mark) => isOwnLoopMark(mark, tenant, secret)) ||
  ["message-id", "x-microsoft-original-message-id"].some((name) =>
    messageIds(headerOf(headers, name) ?? "").some((id) => isOwnMessageId(id, tenant, secret)),
  );

const remarksOf = (about: AcceptedItem["about"]): ReadonlyArray<string> => {
  if (about === null || typeof about !== "object" || Array.isArray(about)) return [];
  const { oversize, leftOut } = about as { readonly oversize?: unknown; readonly leftOut?: unknown };
  if (typeof oversize !== "number") return [];
  const names = Array.isArray(leftOut) ? leftOut.filter((name) => typeof name === "string") : [];
  const size = `${(oversize / 1_000_000).toFixed(1)} MB`;
  return [
    names.length === 0
      ? `The mail has ${size}, which is too large; only its text was read.`
      : `The mail has ${size}, which is too large; these were left out: ${names.join(", ")}.`,
  ];
};

const copiesOf = (mail: Mail, own: OwnAddresses): ReadonlyArray<Correspondent> =>
  mail.recipients.filter(({ address }) => address !== mail.from?.address && !isOwnAddress(address, own));

const messageOf = (mail: Mail, item: AcceptedItem, own: OwnAddresses): Omit<Reading & { type: "message" }, "type"> => {
  const { body, from } = mail;
  const { visible, cut } = visibleReply(body.text, forwardSubject.test(mail.subject));
  const html = body.html === null ? null : safeHtml(body.html);
  const remarks = [...remarksOf(item.about), ...body.remarks];
  if (from === null) remarks.push("The mail does not say who sent it.");
  if (body.html !== null && html === null) remarks.push("Its html is too long to be shown.");
  const shown = contentUrlsIn(html ?? "");
  const files = body.files.map(
    (file): ReadFile => (shown.has(file.inlineAs ?? "") ? file : { ...file, inlineAs: null }),
  );
  const replyTo = mail.replyTo.find(({ address }) => address !== from?.address && !isOwnAddress(address, own));
  return {
    fingerprint: fingerprintOf(item.raw, mail),
    ref: ownReference(mail.headers),
    from: from ?? nobody,
    replyTo: replyTo ?? null,
    copies: copiesOf(mail, own),
    subject: mail.subject,
    text: visible,
    fullText: cut ? body.text.trim() : null,
    html: html === "" ? null : html,
    files,
    thread: threadSigns(mail, item.tenant, item.secret),
    nature: natureOf(mail, own),
    silence: silenceOf(mail, own),
    isForged: isForged(mail, own),
    remarks,
  };
};

/** Understands a mail. Rejects only what is no mail at all. */
export const readMail = async (item: AcceptedItem, own: OwnAddresses): Promise<Reading> => {
  if (Buffer.from(item.raw).toString("latin1", 0, 10_000).trim() === "") throw new Error("The mail is empty.");
  const mail = parseMail(item.raw);
  if (isOurs(mail, item)) return { type: "ignored", reason: "our own mail" };
  const report = readReport(mail, own);
  if (report === null) return { type: "message", ...messageOf(mail, item, own) };
  return {
    type: "report",
    fingerprint: fingerprintOf(item.raw, mail),
    refs: report.refs.toSorted(
      (one, other) =>
        Number(isOwnMessageId(other, item.tenant, item.secret)) - Number(isOwnMessageId(one, item.tenant, item.secret)),
    ),
    recipients: report.recipients,
    text: mail.body.text.trim() || mail.subject,
  };
};
