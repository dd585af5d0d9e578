/** What Nodemailer says of a mail that did not go out. */
export interface SmtpFailure {
  readonly message?: string;
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  /** What the server answered, such as `550 5.1.1 No such user`. */
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly rejectedErrors?: ReadonlyArray<SmtpFailure> | undefined;
  readonly recipient?: string | undefined;
}

export interface Outcome {
  readonly outcome: "retryable" | "final" | "unknown";
  readonly reason: string;
}

const isLogin = ({ code = "", command = "", responseCode = 0 }: SmtpFailure) =>
  ["EAUTH", "ENOAUTH", "EOAUTH2"].includes(code) ||
  command.startsWith("AUTH") ||
  // The server wants a login, or a better one, before it takes any mail.
  [530, 534, 535, 538].includes(responseCode);

/** Mistakes in the mail or the settings, found before anything was sent. */
const mistakes = ["EENVELOPE", "EMESSAGE", "EMAXRECIPIENTS", "ECONFIG", "EREQUIRETLS", "EFILEACCESS", "EURLACCESS"];

/** Whether the server spoke about the mail, and not about the connection or who we are. */
const isAboutMail = ({ code = "", rejectedErrors }: SmtpFailure) =>
  code === "EENVELOPE" || code === "EMESSAGE" || rejectedErrors !== undefined;

const saidOf = ({ response, message = "no reason given" }: SmtpFailure) => response ?? message;

const reasonOf = (failure: SmtpFailure): string =>
  failure.rejectedErrors === undefined || failure.rejectedErrors.length === 0
    ? saidOf(failure)
    : failure.rejectedErrors.map((each) => `${each.recipient ?? "?"}: ${saidOf(each)}`).join("; ");

/**
 * What became of a mail that did not go out, by what is known for sure. `isHandedOver`: the last byte was given to the
 * connection, so that the server may have taken the mail although its answer never came.
 */
export const outcomeOf = (failure: SmtpFailure, isHandedOver: boolean): Outcome => {
  const { code = "", responseCode } = failure;
  if (isLogin(failure)) return { outcome: "retryable", reason: `The server refuses the login: ${saidOf(failure)}` };
  if (responseCode !== undefined && responseCode >= 400) {
    // 503 is about the order of commands: the mail itself was not judged.
    const isFinal = responseCode >= 500 && responseCode !== 503 && isAboutMail(failure);
    const reason = isAboutMail(failure) ? reasonOf(failure) : (failure.message ?? saidOf(failure));
    return { outcome: isFinal ? "final" : "retryable", reason };
  }
  if (isHandedOver) {
    return {
      outcome: "unknown",
      reason: `The server got the mail and never said what became of it: ${saidOf(failure)}`,
    };
  }
  return { outcome: mistakes.includes(code) ? "final" : "retryable", reason: reasonOf(failure) };
};

/** Whether the server may have refused the empty sender that automatic mail has, and not the mail. */
export const mayBeAboutSender = ({ code, command, responseCode = 0 }: SmtpFailure): boolean =>
  code === "EENVELOPE" && responseCode >= 500 && (command === "MAIL FROM" || command === "RCPT TO");
