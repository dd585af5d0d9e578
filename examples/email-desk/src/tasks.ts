import { setTimeout as pause } from "node:timers/promises";
import { type Channel, DeliveryError, type Desk, type Inbound, type Job, type JobHandler } from "@deskwright/core";
import { unreadIn } from "./unread.ts";

/** The kinds of the tasks that the API starts. */
export const readMailbox = "read-mailbox";
export const sendMail = "send-mail";

/** What a reading task came to: messages, and the last item of the mailbox that it knows of. */
export type Read = {
  readonly messages: Array<number>;
  readonly upTo: number;
};

/** A mail on its way; `token` makes the same Message-ID for each try, so that whoever gets it twice can tell. */
export type Mail = {
  readonly token: string;
  readonly to: string;
  readonly subject: string;
  readonly message: string;
};

/** What a sending task came to. */
export type Sending = { readonly sent: string } | { readonly failed: string };

// Nothing is looked up by the signatures of a mail that belongs to no ticket, so they need no secret.
const unsigned = { tenant: "default", secret: "", ticketId: null };

/** How the tasks are done; without a way to send, mail waits for a process that has one. */
export const taskHandlers = (channel: Channel | null): Readonly<Record<string, JobHandler>> => ({
  [readMailbox]: (_, desk) => read(desk, channel),
  ...(channel && { [sendMail]: (payload) => send(channel, payload as unknown as Mail) }),
});

/** How long a task waits for what is being read, before it leaves the worker to others and comes back later. */
const patienceMs = 5_000;

/** The messages of all that came in since the task before, and lies in the mailbox by now. */
const read = async (desk: Desk, channel: Channel | null): Promise<Read> => {
  const unread = channel === null ? [] : await unreadIn(desk, channel);
  const deadline = Date.now() + patienceMs;
  const before = await lastRead(desk);
  while (true) {
    const items = await inboundAfter(desk, before);
    const isThere = (key: string) => items.some((item) => item.key === key);
    if (unread.every(isThere) && items.every(({ state }) => state !== "accepted"))
      return {
        messages: items.flatMap(({ state, messageId }) => (state === "processed" && messageId ? [messageId] : [])),
        upTo: items.at(-1)?.id ?? before,
      };
    if (Date.now() > deadline) throw new Error("The mailbox is still being read");
    await pause(100);
  }
};

const lastRead = async (desk: Desk): Promise<number> => {
  const jobs = await every<Job>((after) => desk.jobs.list({ kind: readMailbox, state: "finished", after, limit }));
  return Math.max(0, ...jobs.map(({ result }) => (result as unknown as Read).upTo));
};

const inboundAfter = (desk: Desk, id: number): Promise<ReadonlyArray<Inbound>> =>
  every((after) => desk.inbound.list({ after: Math.max(id, after), limit }));

const limit = 1000;

const every = async <A extends { readonly id: number }>(
  pageAfter: (id: number) => Promise<ReadonlyArray<A>>,
): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = [];
  for (let page: ReadonlyArray<A>, after = 0; ; after = page.at(-1)?.id ?? 0) {
    page = await pageAfter(after);
    all.push(...page);
    if (page.length < limit) return all;
  }
};

/** What surely went out, or surely never will, is not tried again; anything else is, under the same Message-ID. */
const send = async (channel: Channel, { token, to, subject, message }: Mail): Promise<Sending> => {
  const ref = channel.newRef({ ...unsigned, token });
  try {
    await channel.send({
      ...{ ...unsigned, ref, subject, thread: [], automatic: null, attempt: 1 },
      ...{ to: [{ address: to, name: null }], copies: [], only: null, text: message, html: null, files: [] },
    });
    return { sent: ref };
  } catch (error) {
    if (error instanceof DeliveryError && error.outcome === "final") return { failed: error.reason };
    throw error;
  }
};
