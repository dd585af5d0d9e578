import type { Commit, Row } from "../Commit.ts";
import { jobAdded, jobAfter } from "../jobs/change.ts";
import { nameOf, namesOf } from "../names.ts";
import type { TicketRow } from "../ticket/Ticket.ts";
import { rewritten, touched } from "../ticket/touch.ts";
import { rowsOf } from "./conflict.ts";
import { copy } from "./copy.ts";
import { dropJob, jobKey, putJob } from "./jobs.ts";
import { type State, type TenantState, within } from "./State.ts";

/** Applies a commit that nothing forbids; answers the positions of its events. */
export const apply = (state: State, tenant: TenantState, given: Commit): ReadonlyArray<number> => {
  const commit = copy(given);
  for (const row of rowsOf(commit)) put(tenant, row);
  for (const touch of commit.touch) {
    const before = tenant.ticket.get(touch.ticketId);
    if (before !== undefined) store(tenant, { kind: "ticket", row: touched(before, touch) });
  }
  for (const once of commit.once)
    tenant.named.set(nameOf({ kind: "once", key: once.key }), { kind: "once", row: once });
  applyJobs(state, commit);
  for (const { kind, id } of commit.drop) if (kind === "file") dropFile(tenant, id);
  return commit.add.events.map((event) =>
    // The spread of a union is no union to the compiler.
    state.events.push({ ...event, tenant: commit.tenant, position: state.events.length + 1 } as never),
  );
};

const put = (tenant: TenantState, { kind, row }: Row) => {
  const version = row.version + 1;
  const before = kind === "ticket" ? tenant.ticket.get(row.id) : undefined;
  const after = kind === "ticket" && before !== undefined ? rewritten(before, row) : row;
  store(tenant, { kind, row: { ...after, version } } as Row);
};

/** Replaces a row under all its names and in its list. */
const store = (tenant: TenantState, row: Row) => {
  const names = namesOf(row);
  const before = tenant.named.get(names[0]);
  if (before !== undefined && before.kind !== "once") for (const name of namesOf(before)) tenant.named.delete(name);
  for (const name of names) tenant.named.set(name, row);
  switch (row.kind) {
    case "ticket":
      tally(tenant, tenant.ticket.get(row.row.id), -1);
      tally(tenant, row.row, 1);
      tenant.ticket.set(row.row.id, row.row);
      break;
    case "message":
      if (before?.kind === "message") tenant.message.get(before.row.ticketId)?.delete(row.row.id);
      within(tenant.message, row.row.ticketId).set(row.row.id, row.row);
      break;
    case "user":
      tenant.user.set(row.row.id, row.row);
      break;
    case "file":
      tenant.file.set(row.row.id, row.row);
      break;
    case "record":
      within(tenant.record, row.row.collection).set(row.row.id, row.row);
      break;
  }
};

const tally = ({ tallies }: TenantState, ticket: TicketRow | undefined, change: 1 | -1) => {
  if (ticket === undefined || ticket.deletedAt !== null) return;
  const { status, assignee } = ticket;
  const name = JSON.stringify([status, assignee]);
  const count = (tallies.get(name)?.count ?? 0) + change;
  if (count === 0) tallies.delete(name);
  else tallies.set(name, { status, assignee, count });
};

const dropFile = (tenant: TenantState, id: number) => {
  const file = tenant.file.get(id);
  if (file === undefined) return;
  for (const name of namesOf({ kind: "file", row: file })) tenant.named.delete(name);
  tenant.file.delete(id);
};

/** What ends comes before what begins: a job may be followed by one with its key. */
const applyJobs = (state: State, { tenant, at, done, drop, add }: Commit) => {
  for (const { id, outcome } of done) {
    const stored = state.jobs.get(id);
    if (stored === undefined) continue;
    const job = jobAfter(stored.job, outcome, at);
    putJob(state, { ...stored, job, lease: outcome.type === "going" ? stored.lease : null });
  }
  for (const { kind, id } of drop) if (kind === "job" && state.jobs.get(id)?.job.tenant === tenant) dropJob(state, id);
  for (const added of add.jobs) {
    const { unique } = added;
    if (unique !== null && state.jobKeys.has(jobKey(tenant, unique.key))) continue;
    putJob(state, { job: jobAdded(tenant, at, added), lease: null, unique });
  }
};
