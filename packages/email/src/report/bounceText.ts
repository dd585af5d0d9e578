import type { ReportedRecipient } from "@deskwright/core";
import { addressInText } from "../parse/addresses.ts";
import { isBadAddress, replyIn, statusIn } from "./statusText.ts";

// Bounces that only people can read: nearly half of them have no part for machines.

/** Where the returned mail begins. */
const returned =
  /^(?:-{2,}\s*(?:below this line is a copy|this is a copy|the header of the original|original message|returned message|message (?:header|text)|undelivered message|unsent message|included is a copy|the following is|a copy of|forwarded message)|={3,}|-{5,}\s*(?:original|returned|message)|(?:the )?(?:original message (?:follows|headers)|headers of the (?:original|returned)|original mail|start of returned message|bounced e-?mail|message headers? follows?|received):|received: |return-path: <|\|?-{3,}.{0,20}message (?:text|header))/im;

/** What a machine says about a mail that did not arrive, in its subject. */
export const failureSubject =
  /\b(?:undeliver(?:ed|able)|(?:mail|message|delivery)(?: delivery)?[\s:-]*(?:has )?(?:fail|problem|error|not)|delivery (?:status|notification|failure|report|has failed|error)|failure notice|failed (?:delivery|mail)|failure delivery|returned (?:mail|to sender|message)|mail (?:delivery|system) (?:failed|error|failure|status|subsystem)|non[- ]?deliver|could ?n[o']t be delivered|returning (?:message|mail)? ?to sender|error sending your (?:mail|message)|error in mail|bounce|warning: (?:could not send|message .{1,60} delayed)|delayed mail|(?:could not|cannot|can't|unable to) (?:send|deliver)|rejected|postfix smtp server: errors|was not delivered|delivery delayed|\(failure\)|\(delay\))|unzustellbar|nicht zugestellt|zustellung|non remis|échec|non distribu|no se (?:ha )?(?:podido|pudo)|no entregado|devuelto|não (?:foi )?entreg|falha na entrega|mancata consegna|non recapitat|onbestelbaar|niet bezorgd|не ?достав|невозможно доставить|не доставлено|недоставлен|niedostarcz|nie dostarczon|nedoručen|エラー|配信(?:不能|失敗|エラー)|退信|投递失败|무효|반송/iu;

/** What it says in the text. */
const failureText =
  /(?:could ?n[o']t|can ?not|can't|was ?n[o']t|were ?n[o']t|not (?:yet )?been|unable to (?:be )?|has(?: not|n't) been|failed to (?:be )?|not able to|wasn't able to|trouble|has failed|did not) ?(?:be )?(?:successfully )?(?:deliver|reach|sen[dt]\b)|delivery (?:to the following|has failed|failed|attempts? (?:have )?failed|status)|permanent(?:ly)? (?:fatal )?(?:error|failure|failed)|following (?:address|recipient|error)|undeliverable|returned to (?:you|sender)|(?:could not|cannot) be delivered|delivery (?:temporarily )?(?:suspended|delayed|failure)|transcript of session follows|not member|was rejected|rejected by|did not reach|delivery error|rejected and discarded|mailbox (?:is )?full|не (?:было |может быть |удалось )?достав|konnte nicht|nicht zugestellt|n'a pas (?:pu|été)|no (?:se )?(?:ha )?(?:podido|pudo)|配信|配送|届け|送信できません/iu;

/** Why it may still arrive. */
const delayText =
  /\b(?:delayed|still being retried|not yet been delivered|has not yet|will (?:be )?(?:retr|keep try|continue)|delivery attempts will continue|temporarily (?:deferred|delayed|suspended)|warning message only|do not need to resend|will try again|\(delay\)|no action is required)/i;
const endText =
  /\b(?:given up|giving up|gave up|permanent|returned to sender|could not be delivered|too long|retry (?:time|timeout) .{0,20}exceeded|has been returned|failed permanently|bounced)\b/i;

/** The part of a text that a machine wrote itself; what is beyond this is no longer about it. */
const ownWords = (whole: string): string => {
  const text = whole.slice(0, 50_000);
  const at = text.search(returned);
  return at > 40 ? text.slice(0, at) : text;
};

/** Whether a text says that something did not arrive. */
export const saysFailure = (text: string): boolean => failureText.test(ownWords(text).slice(0, 20_000));

const isDelay = (subject: string, text: string): boolean =>
  delayText.test(`${subject}\n${text}`) && !endText.test(text);

const everyAddress = new RegExp(addressInText.source, "g");

/** Whether a line names somebody the mail did not reach, rather than a server or a sender. */
const namesRecipient = (line: string): boolean =>
  !/^[\s>]*(?:references|in-reply-to|x-[\w-]+)\s*:|\b(?:from|sender|postmaster|mailer-daemon|contact|please|reply|id)\b\s*[:<=]|\bfrom\s+<?\S+@|mail from|postmaster@|mailer-daemon@|message-id|abuse@|https?:|mailto:|in reply to|<<<.*mail from/i.test(
    line.slice(0, 500),
  );

/** The lines about an address: those below it, up to the next one's. */
const near = (lines: ReadonlyArray<string>, at: number, address: string): string => {
  const below = lines.slice(at + 1, at + 8);
  const next = below.findIndex(
    (line) => namesRecipient(line) && (line.match(everyAddress) ?? []).some((other) => other.toLowerCase() !== address),
  );
  return [lines[at] ?? "", ...(next < 0 ? below : below.slice(0, next))].join(" ").slice(0, 2000);
};

/**
 * What a bounce without a part for machines says about its recipients: those that it names, or else `fallback`, to whom
 * the returned mail was sent.
 */
export const readBounceText = (
  subject: string,
  text: string,
  named: ReadonlyArray<string>,
  fallback: ReadonlyArray<string>,
  strangers: (address: string) => boolean,
): ReadonlyArray<ReportedRecipient> => {
  const own = ownWords(text);
  const lines = own.split("\n");
  const found = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (!namesRecipient(line)) continue;
    for (const address of line.match(everyAddress) ?? []) {
      const lower = address.toLowerCase();
      if (strangers(lower) && !found.has(lower)) found.set(lower, at);
    }
  }
  const bracketed = own.match(/(?<=\bto:? <)[^<>\s]{1,64}@[^<>\s]{1,255}(?=>)/i)?.[0];
  const anybody = fallback.length > 0 || bracketed === undefined ? fallback : [bracketed.toLowerCase()];
  const addresses = named.length > 0 ? named : [...found.keys()];
  const outcome = isDelay(subject, own) ? "delayed" : "failed";
  const [statusOfAll, replyOfAll] = [statusIn(own), replyIn(own)];
  const told = (about: string) => {
    const words = `${about} ${subject}`.replace(/\s+/g, " ").trim();
    const status = statusIn(about) ?? statusOfAll ?? statusOfReply(replyIn(about) ?? replyOfAll, outcome);
    const isAddressBad = outcome === "failed" && isBadAddress(status, words);
    return { outcome, isAddressBad, status, reason: about.replace(/\s+/g, " ").trim().slice(0, 500) } as const;
  };
  let ofAll: ReturnType<typeof told> | undefined;
  return [...new Set(addresses.length > 0 ? addresses : anybody)].slice(0, 100).map((address) => {
    const at = found.get(address);
    if (at !== undefined) return { address, ...told(near(lines, at, address)) };
    // The whole text is read once, however many it is said of.
    ofAll ??= told(own);
    return { address, ...ofAll };
  });
};

const statusOfReply = (reply: string | null, outcome: "delayed" | "failed"): string | null =>
  reply === null ? null : outcome === "delayed" ? "4.0.0" : `${reply[0]}.0.0`;
