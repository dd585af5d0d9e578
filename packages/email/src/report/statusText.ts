// What a server says about a failure, and whether the address itself is what is wrong.

/** The code of a status (RFC 3463) in a text, such as `5.1.1`; null where there is none. */
export const statusIn = (text: string): string | null =>
  text.match(/(?<![\d.])[245]\.[0-7]\.\d{1,3}(?![\d.]*\d)/)?.[0] ?? null;

/** The code of an SMTP reply in a text, such as `550`; null where there is none. */
export const replyIn = (text: string): string | null =>
  text.match(/(?:^|[\s(:;<>[#'"-])([45][0-5]\d)(?=[\s-]+(?:#?[45]\.\d|[<(\p{L}])|[\s-]*$)/u)?.[1] ?? null;

const badStatus = /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)$/;

/** Says that nobody lives there. */
const nobody =
  /\b(?:user|recipient|mailbox|account|address|alias|destination|person|username|inbox)\b[^.\n]{0,60}?\b(?:unknown|not found|does ?n[o']t exist|doesn't have|not exist|invalid|disabled|inactive|no longer|closed|deactivated|suspended|not listed|not known|nonexistent|non-existent|not recognized|unavailable here|not a valid)|\b(?:unknown|no such|invalid|bad|inactive|non-?existent|unrouteable|unroutable|nonexistent|not a valid|no mailbox|not our)\s+(?:local )?(?:user|recipient|mailbox|address|account|customer|alias|destination|person|domain|host)\b|\buserunknown\b|\bno mailbox here\b|\bnot (?:our|a local) (?:customer|user)|\bhost (?:unknown|not found)|name service error|domain (?:name )?(?:not found|does not exist)|\bno such domain\b|\bnxdomain\b|RecipNotFound|does not have an? .{0,20}account|has been disabled|no account by that name|moved to|has moved|no mx record|find a mail exchanger|host does not accept mail|is not (?:a )?(?:valid|known|registered)|not (?:listed|found) in|we don't handle mail for|couldn't find any host|user .{1,60} unknown|can(?:'t|not) (?:find|be found)|пользовател\S+ не найден|нет такого|не существует|ящик .{0,30}(?:не найден|отключ|заблок)|nicht (?:gefunden|bekannt)|unbekannter? (?:empf|benutzer)|existiert nicht|n'existe pas|no existe|inexistente|non esiste|あて先|見つかりません|存在しません/iu;

/** Says that something else is wrong, whatever words of the above it uses as well. */
const otherwise =
  /\b(?:quota|full|over ?limit|exceeds?|exceeded|receiving mail at a rate|mail from:|too (?:large|big|many|much|fast)|spam|blocked|black ?list|block ?list|reputation|policy|greylist|relay(?:ing)? (?:access )?denied|relaying|authenticat|dmarc|spf|dkim|virus|tempor|try again|timed? ?out|timeout|deferred|reverse dns|ptr|helo|access denied|connect(?:ion)? (?:refused|timed)|loop|content|sender (?:address )?(?:rejected|verify|domain)|sender.{0,20}(?:unknown|not exist)|banned|rate limit|refused to talk)\b/i;

/** Whether an address is wrong, by the status and what the server said. */
export const isBadAddress = (status: string | null, reason: string): boolean => {
  if (status?.startsWith("4.") || status?.startsWith("2.")) return false;
  if (status !== null && /^5\.1\.(?:1|2|3|6|10)$/.test(status))
    return !/quota|mailbox (?:is )?full|spam|blocked|blacklist|relay/i.test(reason);
  if (otherwise.test(reason)) return false;
  return nobody.test(reason) || (status !== null && badStatus.test(status));
};
