import { type FetchMessageObject, ImapFlow, type MessageStructureObject } from "imapflow";
import type { Waiting } from "./batches.ts";
import type { ImapAccount } from "./ImapOptions.ts";
import { namesLeftOut, reducedMail, textParts } from "./reducedMail.ts";

/** The server does not let us in; trying again at once would lock the account. */
export class LoginRefused extends Error {}

/** A mail of which only the headers and the text were read. */
export interface ReducedMail {
  readonly raw: Uint8Array;
  readonly leftOut: ReadonlyArray<string>;
}

/** Answers by which a server says that it cannot tell now whether a login is good. */
const passing = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];

const textLimit = 1_000_000;

const saidOf = (error: unknown): string => {
  const { response, responseText, message } = error as { response?: unknown; responseText?: string; message?: string };
  return responseText ?? (typeof response === "string" ? response : (message ?? String(error)));
};

const asError = (account: ImapAccount, error: unknown): Error => {
  const { authenticationFailed, serverResponseCode = "" } = error as {
    authenticationFailed?: boolean;
    serverResponseCode?: string;
  };
  if (authenticationFailed === true && !passing.includes(serverResponseCode)) {
    const what = "accessToken" in account.auth ? "token" : "password";
    return new LoginRefused(
      `${account.host} refuses the login of ${account.auth.user}: ${saidOf(error)}. Check the user and the ${what}.`,
    );
  }
  return new Error(`${account.name}: ${saidOf(error)}`, { cause: error });
};

/** One connection to an account. Whoever has it asks one thing at a time. */
export class Mailbox {
  private readonly account: ImapAccount;
  private readonly client: ImapFlow;
  /** Why the connection ended, where the server or the network said so. */
  private trouble: Error | null = null;
  private hasNews = false;
  private readonly letGo: () => void;

  private constructor(account: ImapAccount, client: ImapFlow, signal: AbortSignal) {
    this.account = account;
    this.client = client;
    // Without a listener an error of the connection would end the whole process.
    client.on("error", (error) => {
      this.trouble = error;
    });
    client.on("exists", () => {
      this.hasNews = true;
    });
    const close = () => client.close();
    signal.addEventListener("abort", close);
    this.letGo = () => signal.removeEventListener("abort", close);
  }

  static async connect(account: ImapAccount, signal: AbortSignal): Promise<Mailbox> {
    const { auth, host, port, secure, allowPlaintext, tls, timeoutMs, maxBytes } = account;
    const login =
      "accessToken" in auth
        ? { user: auth.user, accessToken: await unlessAborted(auth.accessToken(), signal) }
        : { user: auth.user, pass: auth.pass };
    const client = new ImapFlow({
      ...{ host, port, secure, tls, auth: login, logger: false },
      // Without it somebody on the way could hide that the server offers TLS, and read the password.
      ...(secure || allowPlaintext ? {} : { doSTARTTLS: true }),
      // Its own watch over the socket gives IDLE up, and waits for ever where the server fell silent as IDLE began.
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: 4 * timeoutMs },
      // When nobody asks for it, IDLE begins late; and servers that lie about sizes must not fill the memory.
      ...{ disableAutoIdle: true, maxLiteralSize: 4 * maxBytes + 1_000_000 },
    });
    const mailbox = new Mailbox(account, client, signal);
    try {
      await unlessAborted(mailbox.unlessSilent(client.connect()), signal);
      return mailbox;
    } catch (error) {
      mailbox.close();
      throw asError(account, error);
    }
  }

  get isOpen(): boolean {
    return this.client.usable;
  }

  close(): void {
    this.letGo();
    this.client.close();
  }

  /** Turns to a folder and answers its UIDVALIDITY; null where there is no such folder. */
  async open(folder: string): Promise<number | null> {
    try {
      return Number((await this.unlessSilent(this.client.mailboxOpen(folder))).uidValidity);
    } catch (error) {
      if ((error as { mailboxMissing?: boolean }).mailboxMissing === true) return null;
      throw this.failure(error);
    }
  }

  /** The mails of the open folder from a UID on, lowest first, some at a time: of a full one the first come at once. */
  async *from(next: number): AsyncGenerator<ReadonlyArray<Waiting>> {
    this.hasNews = false;
    const { mailbox } = this.client;
    // Some servers take `1:*` of an empty folder for a mistake.
    if (mailbox !== false && mailbox.exists === 0) return;
    const { since } = this.account;
    // A day of a search is one of the server's time zone.
    const from = since === null ? {} : { since: new Date(since.getTime() - 2 * 86_400_000) };
    const found = await this.ask(this.client.search({ uid: `${next}:*`, ...from }, { uid: true }));
    if (found === false || found === undefined) throw this.failure(new Error("the server cannot search"));
    // `next:*` names the last mail even where it is older.
    const uids = (found as ReadonlyArray<number>).filter((uid) => uid >= next).sort((a, b) => a - b);
    for (let at = 0; at < uids.length; at += 200) {
      const some = await this.fetch(uids.slice(at, at + 200), { size: true, internalDate: true });
      const isOld = ({ internalDate }: FetchMessageObject) =>
        since !== null && internalDate !== undefined && new Date(internalDate) < since;
      const waiting = some.filter((mail) => !isOld(mail)).map(({ uid, size = 0 }) => ({ uid, bytes: size }));
      yield waiting.sort((a, b) => a.uid - b.uid);
    }
  }

  /** The bytes of mails by UID; those that are gone, or that the server does not hand over, are left out. */
  async read(uids: ReadonlyArray<number>): Promise<ReadonlyMap<number, Uint8Array>> {
    if (uids.length === 0) return new Map();
    const found = await this.fetch(uids, { source: true });
    return new Map(found.flatMap(({ uid, source }) => (source instanceof Uint8Array ? [[uid, source]] : [])));
  }

  /** Whether a mail is still there, which another client may have moved or deleted. */
  async has(uid: number): Promise<boolean> {
    // Only now the server may say what others deleted.
    await this.ask(this.client.noop());
    return (await this.fetch([uid], { size: true })).length > 0;
  }

  /** The headers and the text of a mail; null where it is gone. */
  async readReduced(uid: number): Promise<ReducedMail | null> {
    const [found] = await this.fetch([uid], { headers: true, bodyStructure: true });
    const { headers, bodyStructure } = found ?? {};
    if (!(headers instanceof Uint8Array) || bodyStructure === undefined) return null;
    const structures = textParts(bodyStructure);
    const bodyParts = structures.map((structure) => ({ key: partOf(structure), start: 0, maxLength: textLimit }));
    const [filled] = bodyParts.length === 0 ? [] : await this.fetch([uid], { bodyParts });
    const parts = structures.map((structure) => ({
      structure,
      content: filled?.bodyParts?.get(partOf(structure).toLowerCase()) ?? Buffer.alloc(0),
    }));
    return { raw: reducedMail(headers, parts), leftOut: namesLeftOut(bodyStructure) };
  }

  /** Does with mails what the settings want done afterwards; answers in a sentence what did not work. */
  async settle(uids: ReadonlyArray<number>): Promise<string | null> {
    const { afterwards } = this.account;
    if (afterwards === "keep" || uids.length === 0) return null;
    if (afterwards === "seen") {
      await this.ask(this.client.messageFlagsAdd(uids.join(","), ["\\Seen"], { uid: true }));
      return null;
    }
    const moved = await this.ask(this.client.messageMove(uids.join(","), afterwards.moveTo, { uid: true }));
    return moved === false || moved === undefined
      ? `Mail could not be moved to the folder ${afterwards.moveTo}; does it exist?`
      : null;
  }

  /** Waits until the server announces new mail, or for `ms`; rejects when the connection ends or is dead. */
  async news(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; !this.hasNews && left > 0; left = end - performance.now()) {
      await this.announced(Math.min(left, this.account.timeoutMs));
      // What is silent because nothing happens still answers.
      if (!this.hasNews) await this.ask(this.client.noop());
    }
  }

  private announced(ms: number): Promise<void> {
    const { client } = this;
    if (!client.usable) return Promise.reject(this.failure(new Error("the connection ended")));
    return new Promise<void>((resolve, reject) => {
      const settle = (then: () => void) => () => {
        clearTimeout(timer);
        client.off("exists", arrived);
        client.off("close", ended);
        then();
      };
      const arrived = settle(resolve);
      const ended = settle(() => reject(this.failure(new Error("the server closed the connection"))));
      const timer = setTimeout(arrived, ms);
      client.on("exists", arrived);
      client.on("close", ended);
      // The next question ends it. Where it fails there is still the timer, or `close`.
      if (client.capabilities.has("IDLE")) client.idle().catch(() => undefined);
    });
  }

  private async fetch(uids: ReadonlyArray<number>, query: Parameters<ImapFlow["fetchAll"]>[1]) {
    const all = await this.ask(this.client.fetchAll(uids.join(","), { ...query, uid: true }, { uid: true }));
    return all.filter(({ uid }: FetchMessageObject) => uids.includes(uid));
  }

  /** Waits for an answer; a client that was disconnected answers some questions with nothing instead of failing. */
  private async ask<A>(answer: Promise<A>): Promise<A> {
    try {
      const given = await this.unlessSilent(answer);
      if (this.client.usable && this.client.mailbox !== false) return given;
    } catch (error) {
      throw this.failure(error);
    }
    throw this.failure(new Error("the server closed the connection"));
  }

  /** Waits for an answer as long as the server says something, at most for so long between two words. */
  private async unlessSilent<A>(answer: Promise<A>): Promise<A> {
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const heard = () => this.client.stats().received;
    let before = heard();
    const watch = setInterval(() => {
      if (heard() === before) {
        this.client.close();
        reject(new Error("the server fell silent"));
      }
      before = heard();
    }, this.account.timeoutMs);
    try {
      return await Promise.race([answer, silence]);
    } finally {
      clearInterval(watch);
    }
  }

  private failure(error: unknown): Error {
    return asError(this.account, this.trouble ?? error);
  }
}

const partOf = ({ part }: Pick<MessageStructureObject, "part">): string => part ?? "1";

/** What is left undone goes on unheard. */
const unlessAborted = async <A>(work: Promise<A>, signal: AbortSignal): Promise<A> => {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
};
