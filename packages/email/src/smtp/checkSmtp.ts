import type { SmtpOptions } from "./SmtpOptions.ts";

const wrong = (field: string, what: string) => new Error(`email: ${field} ${what}`);

const checkUrl = (url: string, field: string) => {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "" };
  if (!["smtp:", "smtps:"].includes(protocol) || hostname === "")
    throw wrong(field, "must be like smtps://user:password@smtp.example.com");
};

/** Throws an Error that names the field that is wrong, so that a mistake shows at the start and not with the first mail. */
export const checkSmtp = (settings: string | SmtpOptions | undefined): void => {
  if (settings === undefined || settings === null) throw wrong("smtp", "is missing");
  if (typeof settings === "string") {
    checkUrl(settings, "smtp");
    return;
  }
  const { url, host, service, auth, timeoutSeconds } = settings;
  if (url !== undefined) checkUrl(url, "smtp.url");
  else if (!host && !service) throw wrong("smtp.host", "is missing");
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0)) throw wrong("smtp.timeoutSeconds", "must be above 0");
  if (auth === undefined) return;
  if (typeof auth.user !== "string" || auth.user === "") throw wrong("smtp.auth", "must name a user");
  const isComplete =
    "accessToken" in auth ? typeof auth.accessToken === "function" : typeof auth.pass === "string" && auth.pass !== "";
  if (!isComplete) throw wrong("smtp.auth", "needs pass, or accessToken as a function that answers a token");
};
