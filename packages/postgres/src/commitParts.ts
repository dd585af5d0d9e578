import type { Commit, Row, TicketRow, Touch } from "@deskwright/core/effect";

/** Fields that stand for the columns of the same name. */
export type Entry = Readonly<Record<string, unknown>>;

/** Rows of one commit that are written in one way. */
export interface Part {
  readonly name: string;
  readonly entries: ReadonlyArray<Entry>;
  /** What is lost where an entry can't be written, and which field says which one. */
  readonly kind: string;
  readonly key: string;
}

/**
 * A commit by the ways its rows are written, none of them empty: what must be new stands apart from what exists. Rows
 * are in one order in all commits, so that two of them seldom lock common rows crosswise.
 */
export const partsOf = ({ at, put, touch, add, drop, once, held, done }: Commit): ReadonlyArray<Part> => {
  const parts: Array<Part> = [];
  const part = (name: string, kind: string, entries: ReadonlyArray<object>, key = "id") => {
    if (entries.length > 0) parts.push({ name, kind, key, entries: inOrder(entries as ReadonlyArray<Entry>, key) });
  };
  const rows = (name: string, kind: string, entries: ReadonlyArray<{ readonly version: number }>, key = "id") => {
    const isNew = ({ version }: { readonly version: number }) => version === 0;
    part(`new_${name}`, kind, entries.filter(isNew), key);
    part(name, kind, entries.length === 0 ? entries : entries.filter((entry) => !isNew(entry)), key);
  };
  const ofKind = <Kind extends Row["kind"]>(kind: Kind) =>
    put.flatMap((row) => (row.kind === kind ? [row.row as Extract<Row, { kind: Kind }>["row"]] : []));
  const isDone = (claim: Commit["held"][number]) =>
    done.some(({ id, token }) => id === claim.id && token === claim.token);

  const ended = done.map(({ id, token, outcome }) => ({ id, token, endedAt: at, ...outcome }));
  part("done", "job", ended);
  part("held", "job", done.length === 0 ? held : held.filter((claim) => !isDone(claim)));
  part("once", "once", once, "key");
  rows("users", "user", ofKind("user"));
  rows("records", "record", ofKind("record"), "key");
  const conversations = ofKind("conversation").map(({ user: userId, ...row }) => ({ ...row, userId }));
  rows("conversations", "conversation", conversations, "address");
  rows("files", "file", ofKind("file"));
  const touches = merged(touch);
  const tickets = ofKind("ticket").map((row) => ticketEntry(row, touches.get(row.id)));
  for (const { id } of tickets) touches.delete(id);
  rows("tickets", "ticket", tickets);
  part("touches", "ticket", [...touches.values()]);
  rows("messages", "message", [...ofKind("message"), ...add.messages.map((message) => ({ ...message, version: 0 }))]);
  for (const kind of ["job", "file"] as const)
    part(`drop_${kind}s`, kind, drop.length === 0 ? drop : drop.filter((one) => one.kind === kind));
  const jobs = add.jobs.map(({ unique, ...job }) => {
    return { ...job, createdAt: at, uniqueKey: unique?.key ?? null, uniqueUntil: unique?.until ?? null };
  });
  part("jobs", "job", jobs);
  if (add.events.length > 0)
    parts.push({ name: "events", kind: "event", key: "at", entries: add.events.map(eventEntry) });
  return parts;
};

/** The rows that a commit writes, by name. */
export const keysOf = (parts: ReadonlyArray<Part>): ReadonlyArray<string> =>
  parts.flatMap(({ name, kind, key, entries }) =>
    name === "events" ? [] : entries.map((entry) => `${kind} ${String(entry[key])}`),
  );

/** Several commits as one; their events follow each other. */
export const together = (commits: ReadonlyArray<ReadonlyArray<Part>>): ReadonlyArray<Part> => {
  const byName = new Map<string, Part>();
  for (const part of commits.flat()) {
    const before = byName.get(part.name);
    byName.set(part.name, before === undefined ? part : { ...part, entries: before.entries.concat(part.entries) });
  }
  return [...byName.values()].map((part) =>
    part.name === "events" ? part : { ...part, entries: inOrder(part.entries, part.key) },
  );
};

const inOrder = (entries: ReadonlyArray<Entry>, key: string): ReadonlyArray<Entry> => {
  if (entries.length === 1) return entries;
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return entries.toSorted((a, b) => compare(a[key] as string | number, b[key] as string | number));
};

const eventEntry = ({ at, ...data }: Commit["add"]["events"][number]): Entry => ({
  ticketId: "ticketId" in data ? data.ticketId : null,
  at,
  data,
});

interface TouchEntry {
  readonly id: number;
  /** The version that it insists on; null = any. */
  readonly version: number | null;
  readonly updatedAt: Date | null;
  readonly sentCustomer: number;
  readonly sentAgents: number;
  readonly readCustomer: number;
  readonly readAgents: number;
}

const touchEntry = ({ ticketId, version, updatedAt, sent, read }: Touch): TouchEntry => ({
  id: ticketId,
  version,
  updatedAt,
  sentCustomer: sent.customer,
  sentAgents: sent.agents,
  readCustomer: read.customer,
  readAgents: read.agents,
});

/** No ticket has this version. */
const never = -1;

const both = (a: TouchEntry, b: TouchEntry): TouchEntry => ({
  id: a.id,
  version: a.version === null || b.version === null || a.version === b.version ? (a.version ?? b.version) : never,
  updatedAt: b.updatedAt === null || (a.updatedAt !== null && a.updatedAt > b.updatedAt) ? a.updatedAt : b.updatedAt,
  sentCustomer: a.sentCustomer + b.sentCustomer,
  sentAgents: a.sentAgents + b.sentAgents,
  readCustomer: Math.max(a.readCustomer, b.readCustomer),
  readAgents: Math.max(a.readAgents, b.readAgents),
});

const merged = (touches: ReadonlyArray<Touch>): Map<number, TouchEntry> => {
  const byTicket = new Map<number, TouchEntry>();
  for (const touch of touches) {
    const [before, entry] = [byTicket.get(touch.ticketId), touchEntry(touch)];
    byTicket.set(entry.id, before === undefined ? entry : both(before, entry));
  }
  return byTicket;
};

/** A ticket with its touches. Of one that exists they alone change what a put leaves as it is. */
const ticketEntry = ({ sent, read, updatedAt, ...row }: TicketRow, touch: TouchEntry | undefined) => {
  const none = { customer: 0, agents: 0 };
  const isNew = row.version === 0;
  const begin = isNew ? { updatedAt, sent, read } : { updatedAt: null, sent: none, read: none };
  const own = touchEntry({ ticketId: row.id, version: null, ...begin });
  const all = touch === undefined ? own : both(own, touch);
  const agrees = isNew || all.version === null || all.version === row.version;
  return { ...row, ...all, version: agrees ? row.version : never, deleted: row.deletedAt !== null };
};
