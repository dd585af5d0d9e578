import { isLoopback, tlsOf } from "../isLoopback.ts";
import type { ImapAccount, ImapLogin, ImapOptions } from "./ImapOptions.ts";

const wrong = (field: string, what: string) => new Error(`email: ${field} ${what}`);

const partOfUrl = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const fromUrl = (text: string, field: string): ImapOptions => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["imap:", "imaps:"].includes(url.protocol))
    throw wrong(field, "must be like imaps://user:password@imap.example.com");
  const folder = partOfUrl(url.pathname.replace(/^\//, ""));
  return {
    host: url.hostname,
    secure: url.protocol === "imaps:",
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...(url.username === "" ? {} : { auth: { user: partOfUrl(url.username), pass: partOfUrl(url.password) } }),
    ...(folder === "" ? {} : { folders: [folder] }),
  };
};

const loginOf = (auth: ImapLogin | undefined, field: string): ImapLogin => {
  if (auth === undefined || typeof auth.user !== "string" || auth.user === "")
    throw wrong(`${field}.auth`, "must name a user");
  const isComplete =
    "accessToken" in auth ? typeof auth.accessToken === "function" : typeof auth.pass === "string" && auth.pass !== "";
  if (!isComplete) throw wrong(`${field}.auth`, "needs pass, or accessToken as a function that answers a token");
  return auth;
};

const numberOf = (given: number | undefined, otherwise: number, max: number, field: string): number => {
  const value = given ?? otherwise;
  if (typeof value !== "number" || !(value > 0 && value <= max)) throw wrong(field, `must be from 0 to ${max}`);
  return value;
};

/** Completes the settings of an account; throws an Error that names the field that is wrong. */
export const imapAccount = (given: string | ImapOptions, field = "imap"): ImapAccount => {
  const { url, ...rest }: ImapOptions = typeof given === "string" ? { url: given } : given;
  const options: ImapOptions = url === undefined ? rest : { ...fromUrl(url, `${field}.url`), ...rest };
  const { host, secure = true, since, folders = ["INBOX"], afterwards = "keep" } = options;
  if (typeof host !== "string" || host === "") throw wrong(`${field}.host`, "is missing");
  const auth = loginOf(options.auth, field);
  const [first, ...others] = folders.map((folder) => (/^inbox$/i.test(folder) ? "INBOX" : folder));
  if (first === undefined || folders.includes("")) throw wrong(`${field}.folders`, "must name at least one folder");
  if (new Set([first, ...others]).size !== folders.length) throw wrong(`${field}.folders`, "names a folder twice");
  if (since !== undefined && Number.isNaN(since.getTime())) throw wrong(`${field}.since`, "must be a date");
  if (typeof afterwards === "object") {
    if (afterwards.moveTo === "" || folders.includes(afterwards.moveTo))
      throw wrong(`${field}.afterwards.moveTo`, "must be a folder that is not read itself");
  } else if (afterwards !== "keep" && afterwards !== "seen") {
    throw wrong(`${field}.afterwards`, `must be "keep", "seen" or { moveTo }`);
  }
  return {
    name: `${auth.user}@${host}`,
    host,
    port: numberOf(options.port, secure ? 993 : 143, 65_535, `${field}.port`),
    secure,
    allowPlaintext: options.allowPlaintext ?? isLoopback(host),
    auth,
    tls: options.tls ?? tlsOf(host),
    folders: [first, ...others],
    since: since ?? null,
    // Half-open connections and routers that forget need a sign of life well before 10 minutes.
    pollMs: numberOf(options.pollSeconds, 60, 540, `${field}.pollSeconds`) * 1000,
    timeoutMs: numberOf(options.timeoutSeconds, 60, 600, `${field}.timeoutSeconds`) * 1000,
    loginPauseMs: numberOf(options.loginPauseSeconds, 300, 86_400, `${field}.loginPauseSeconds`) * 1000,
    maxBytes: numberOf(options.maxBytes, 25_000_000, 500_000_000, `${field}.maxBytes`),
    afterwards,
  };
};

/** The accounts of one account or a list of them. */
export const imapAccounts = (
  given: string | ImapOptions | ReadonlyArray<string | ImapOptions>,
): ReadonlyArray<ImapAccount> => {
  const isList = (value: typeof given): value is ReadonlyArray<string | ImapOptions> => Array.isArray(value);
  const accounts = isList(given) ? given.map((one, at) => imapAccount(one, `imap[${at}]`)) : [imapAccount(given)];
  const names = accounts.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw wrong("imap", `names the account ${twice} twice`);
  return accounts;
};
