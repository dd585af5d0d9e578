import type { Claim, Commit, Job, NewJob, Once, Row, TicketRow } from "@deskwright/core/effect";
import type { RowOf } from "./rows.ts";

interface TwinJob {
  job: Job;
  token: string | null;
  until: Date | null;
  /** Null once the key is free again. */
  unique: NewJob["unique"];
}

const hasEnded = ({ job }: TwinJob) => job.state === "finished" || job.state === "dead";

/** Whether two rows are one and the same. */
const isSame = (a: Row, b: Row): boolean =>
  a.kind === "conversation" && b.kind === "conversation"
    ? a.row.channel === b.row.channel && a.row.address === b.row.address
    : a.kind === b.kind && "id" in a.row && "id" in b.row && a.row.id === b.row.id;

/** Whether two rows want something that only one can have. */
const isRival = (a: Row, b: Row): boolean => {
  if (a.kind === "record" && b.kind === "record")
    return a.row.collection === b.row.collection && a.row.key === b.row.key;
  if (a.kind !== "user" || b.kind !== "user") return false;
  const sharesEmail = a.row.email !== null && a.row.email === b.row.email;
  return sharesEmail || (a.row.externalId !== null && a.row.externalId === b.row.externalId);
};

/**
 * What one tenant of a storage must do, in the slowest and most obvious way: lists that are searched from end to end.
 * It shares no code with any store.
 */
export class Twin {
  rows: ReadonlyArray<Row> = [];
  used: ReadonlyArray<Once> = [];
  events: ReadonlyArray<Commit["add"]["events"][number]> = [];
  jobs: ReadonlyArray<TwinJob> = [];
  readonly tenant: string;

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  all<K extends Row["kind"]>(kind: K): ReadonlyArray<RowOf<K>> {
    return this.rows.filter((row) => row.kind === kind).map(({ row }) => row as RowOf<K>);
  }

  ticket(id: number): TicketRow | undefined {
    return this.all("ticket").find((ticket) => ticket.id === id);
  }

  /** Whether the commit may be applied. */
  accepts(commit: Commit): boolean {
    const isHeld = ({ id, token }: Claim) => this.jobs.some((job) => job.job.id === id && job.token === token);
    return (
      commit.put.every((row) => {
        const before = this.rows.find((other) => isSame(other, row));
        const others = this.rows.filter((other) => other !== before);
        return (before?.row.version ?? 0) === row.row.version && !others.some((other) => isRival(other, row));
      }) &&
      commit.touch.every(({ ticketId, version }) => {
        const ticket = this.ticket(ticketId);
        return ticket !== undefined && (version === null || version === ticket.version);
      }) &&
      commit.once.every(({ key }) => !this.used.some((used) => used.key === key)) &&
      commit.held.every(isHeld) &&
      commit.done.every(isHeld) &&
      commit.drop.every(({ kind, id }) =>
        kind === "job"
          ? this.jobs.every((job) => job.job.id !== id || hasEnded(job))
          : this.all("file").every((file) => file.id !== id || file.messageId === null),
      )
    );
  }

  /** Applies a commit that it accepts. */
  apply(commit: Commit): void {
    for (const row of commit.put) this.#put(row);
    for (const row of commit.add.messages) this.#put({ kind: "message", row });
    for (const { ticketId, updatedAt, sent, read } of commit.touch) {
      const ticket = this.ticket(ticketId) as TicketRow;
      const row: TicketRow = {
        ...ticket,
        updatedAt: new Date(Math.max(Number(updatedAt), Number(ticket.updatedAt))),
        sent: { customer: ticket.sent.customer + sent.customer, agents: ticket.sent.agents + sent.agents },
        read: {
          customer: Math.max(ticket.read.customer, read.customer),
          agents: Math.max(ticket.read.agents, read.agents),
        },
      };
      this.rows = this.rows.map((other) => (other.row === ticket ? { kind: "ticket", row } : other));
    }
    this.used = [...this.used, ...commit.once];
    this.events = [...this.events, ...commit.add.events];
    for (const { id, outcome } of commit.done) this.#end(id, outcome, commit.at);
    for (const { kind, id } of commit.drop) {
      if (kind === "job") this.jobs = this.jobs.filter(({ job }) => job.id !== id);
      else this.rows = this.rows.filter((row) => row.kind !== "file" || row.row.id !== id);
    }
    for (const { unique, ...job } of commit.add.jobs) {
      if (unique !== null && this.jobs.some((other) => other.unique?.key === unique.key)) continue;
      const state = { tenant: this.tenant, state: "waiting", attempts: 0, result: null, error: null } as const;
      const added: Job = { ...job, ...state, createdAt: commit.at, finishedAt: null };
      this.jobs = [...this.jobs, { job: added, token: null, until: null, unique }];
    }
  }

  #put({ kind, row }: Row): void {
    const version = row.version + 1;
    const before = this.rows.find((other) => isSame(other, { kind, row } as Row));
    const kept =
      before?.kind === "ticket"
        ? { sent: before.row.sent, read: before.row.read, updatedAt: before.row.updatedAt }
        : {};
    this.rows = [...this.rows.filter((other) => other !== before), { kind, row: { ...row, ...kept, version } } as Row];
  }

  #end(id: number, outcome: Commit["done"][number]["outcome"], at: Date): void {
    const job = this.jobs.find((job) => job.job.id === id) as TwinJob;
    if (outcome.type === "going") {
      job.job = { ...job.job, payload: outcome.payload };
      return;
    }
    job.token = null;
    if (outcome.type === "retry") {
      job.job = { ...job.job, state: "waiting", runAt: outcome.at, error: outcome.error };
      return;
    }
    job.unique = null;
    const end = outcome.type === "dead" ? { error: outcome.error } : { error: null, result: outcome.result };
    job.job = { ...job.job, ...end, state: outcome.type, finishedAt: at };
  }

  claim(token: string, now: Date, until: Date): ReadonlyArray<Job> {
    const due = this.jobs.filter(
      (job) =>
        (job.job.state === "waiting" && job.job.runAt <= now) || (job.token !== null && (job.until ?? now) <= now),
    );
    for (const job of due) {
      Object.assign(job, { token, until, unique: job.unique?.until === "claimed" ? null : job.unique });
      job.job = { ...job.job, state: "running", attempts: job.job.attempts + 1 };
    }
    return due.map(({ job }) => job);
  }

  extend(claims: ReadonlyArray<Claim>, until: Date | null): ReadonlyArray<number> {
    const held = this.jobs.filter((job) => claims.some(({ id, token }) => id === job.job.id && token === job.token));
    for (const job of held) {
      if (until === null) {
        job.token = null;
        job.job = { ...job.job, state: "waiting", attempts: job.job.attempts - 1 };
      } else job.until = until;
    }
    return held.map(({ job }) => job.id);
  }
}
