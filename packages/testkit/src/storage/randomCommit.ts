import type { Commit, NewJob, Outcome, Row, TicketRow } from "@deskwright/core/effect";
import type { Random } from "../Random.ts";
import { commitOf, type Parts } from "./Desk.ts";
import {
  conversationRow,
  fileRow,
  messageRow,
  newEvent,
  newJob,
  put,
  recordRow,
  ticketEvent,
  ticketRow,
  time,
  touchOf,
  userRow,
} from "./rows.ts";
import type { Twin } from "./Twin.ts";

/** What a random history is made in. */
export interface Scene {
  readonly twin: Twin;
  readonly random: Random;
  /** The next unused id of a kind. */
  readonly id: (kind: "ticket" | "message" | "user" | "file" | "record" | "job") => number;
  readonly kind: string;
  /** Milliseconds since the history began. */
  readonly now: number;
  /** The users that are there from the beginning. */
  readonly people: ReadonlyArray<number>;
  /** Claims that were answered so far, many of them lost by now. */
  readonly claims: ReadonlyArray<{ readonly id: number; readonly token: string }>;
}

/**
 * A commit that makes sense in the scene, or (about one in three) carries one stale, taken or lost thing. Few names and
 * keys are used, so that commits meet.
 */
export const randomCommit = (scene: Scene): Commit => {
  const { twin, random, now } = scene;
  const tickets = twin.all("ticket");
  const ticketPuts = someTickets(scene);
  const known = [...tickets.map(({ id }) => id), ...ticketPuts.map(({ id }) => id)];
  const others = [user, conversation, record, file, edit].flatMap((make) => (random.chance(0.25) ? make(scene) : []));
  const parts: Parts = {
    at: time(now),
    put: [...ticketPuts.map((row) => put("ticket", row)), ...others],
    touch: times(tickets.length === 0 ? 0 : random.int(3), () => {
      const { id, version } = random.pick(tickets);
      return touchOf(id, {
        version: random.chance(0.5) ? null : stale(random, version),
        updatedAt: random.chance(0.3) ? null : time(random.int(now + 1)),
        sent: { customer: random.int(2), agents: random.int(2) },
        read: { customer: random.int(5), agents: random.int(5) },
      });
    }),
    messages: times(known.length === 0 ? 0 : random.int(3), () =>
      messageRow(scene.id("message"), random.pick(known), {
        note: random.chance(0.3),
        text: `text ${random.int(1000)}`,
        createdAt: time(now),
      }),
    ),
    events: times(random.int(3), (n) =>
      known.length > 0 && random.chance(0.5)
        ? ticketEvent(random.pick(known), random.pick(scene.people))
        : newEvent(now + n),
    ),
    jobs: times(random.int(2), () => job(scene)),
    once: random.chance(0.2) ? [{ key: `key-${random.int(20)}`, result: { now } }] : [],
    drop: drops(scene, others),
    ...ended(scene),
  };
  return commitOf(twin.tenant, parts);
};

const times = <A>(count: number, make: (n: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, n) => make(n));

/** The version itself, or rarely another. */
const stale = (random: Random, version: number) => (random.chance(0.06) ? version + random.pick([-1, 1]) : version);

const someTickets = ({ twin, random, id, people, now }: Scene): ReadonlyArray<TicketRow> => {
  const changed = random
    .some(twin.all("ticket"))
    .slice(0, random.int(3))
    .map((ticket) => ({ ...ticket, version: stale(random, ticket.version) }));
  const added = random.chance(0.3)
    ? [ticketRow(id("ticket"), random.pick(people), { createdAt: time(now), updatedAt: time(now) })]
    : [];
  return [...changed, ...added].map((ticket) => ({
    ...ticket,
    status: random.pick(["open", "waiting", "closed"]),
    priority: random.pick(["low", "high"]),
    queue: random.pick([null, "sales", "billing"]),
    tags: random.some(["a", "b", "c"]),
    assignee: random.pick([null, ...people]),
    custom: random.chance(0.2) ? { changed: now } : ticket.custom,
    deletedAt: random.chance(0.1) ? time(now) : null,
  }));
};

const user = ({ twin, random, id }: Scene): ReadonlyArray<Row> => {
  const users = twin.all("user");
  const before = users.length > 0 && random.chance(0.6) ? random.pick(users) : userRow(id("user"));
  const changes = {
    version: stale(random, before.version),
    name: `name ${random.int(100)}`,
    email: random.pick([null, before.email, `${random.int(12)}@example.com`]),
    externalId: random.pick([null, before.externalId, `u-${random.int(12)}`]),
    active: random.chance(0.8),
  };
  return [put("user", { ...before, ...changes })];
};

const conversation = ({ twin, random, people }: Scene): ReadonlyArray<Row> => {
  const address = `address-${random.int(6)}`;
  const before = twin.all("conversation").find((row) => row.address === address);
  const tickets = twin.all("ticket").map(({ id }) => id);
  const row = before ?? conversationRow(address, random.pick(people));
  return [
    put("conversation", { ...row, version: stale(random, row.version), ticketId: random.pick([null, ...tickets]) }),
  ];
};

const record = ({ twin, random, id }: Scene): ReadonlyArray<Row> => {
  const records = twin.all("record");
  const isNew = records.length === 0 || random.chance(0.4);
  const row = isNew ? recordRow(id("record"), { collection: random.pick(["queue", "rule"]) }) : random.pick(records);
  const key = isNew || random.chance(0.2) ? `key-${random.int(12)}` : row.key;
  return [put("record", { ...row, key, version: stale(random, row.version), data: { rank: random.int(100) } })];
};

const file = ({ twin, random, id, now }: Scene): ReadonlyArray<Row> => {
  const files = twin.all("file");
  const messages = twin.all("message");
  const row =
    files.length === 0 || random.chance(0.6) ? fileRow(id("file"), { createdAt: time(now) }) : random.pick(files);
  const to = messages.length > 0 && random.chance(0.4) ? random.pick(messages) : null;
  const attached = to === null ? {} : { messageId: to.id, ticketId: to.ticketId };
  return [put("file", { ...row, ...attached, version: stale(random, row.version) })];
};

const edit = ({ twin, random, now }: Scene): ReadonlyArray<Row> => {
  const messages = twin.all("message");
  if (messages.length === 0) return [];
  const row = random.pick(messages);
  return [put("message", { ...row, version: stale(random, row.version), text: `edited ${now}`, editedAt: time(now) })];
};

const job = ({ random, id, kind, now }: Scene): NewJob =>
  newJob(id("job"), kind, {
    payload: { now },
    runAt: time(now + random.int(20_000)),
    unique: random.chance(0.5) ? { key: `job-${random.int(4)}`, until: random.pick(["claimed", "ended"]) } : null,
  });

const drops = ({ twin, random }: Scene, puts: ReadonlyArray<Row>): Commit["drop"] => {
  if (random.chance(0.8)) return [];
  // Mostly what may go, sometimes what may not.
  const isBold = random.chance(0.15);
  const jobs = twin.jobs.filter(({ job }) => job.finishedAt !== null || (isBold && job.state === "waiting"));
  const files = twin
    .all("file")
    .filter(({ messageId }) => isBold || messageId === null)
    .filter(({ id }) => !puts.some(({ kind, row }) => kind === "file" && row.id === id));
  return [
    ...random
      .some(jobs)
      .map(({ job }) => ({ kind: "job", id: job.id }) as const)
      .slice(0, 2),
    ...random
      .some(files)
      .map(({ id }) => ({ kind: "file", id }) as const)
      .slice(0, 2),
  ];
};

/** Ends or moves on some claimed jobs; a few of them by claims that were lost. */
const ended = ({ twin, random, claims, now }: Scene): Pick<Commit, "done" | "held"> => {
  const running = twin.jobs.flatMap(({ job, token }) => (token === null ? [] : [{ id: job.id, token }]));
  const lost = random.chance(0.08) ? random.some(claims).slice(0, 1) : [];
  const outcome = (): Outcome =>
    random.pick<Outcome>([
      { type: "finished", result: { now } },
      { type: "retry", at: time(now + random.int(10_000)), error: `failed at ${now}` },
      { type: "dead", error: `died at ${now}` },
      { type: "going", payload: { cursor: now } },
    ]);
  const [first, ...others] = random.some(running);
  const done = [...(first === undefined ? [] : [first]), ...lost.filter(({ id }) => id !== first?.id)];
  return { done: done.map((claim) => ({ ...claim, outcome: outcome() })), held: others.slice(0, 1) };
};
