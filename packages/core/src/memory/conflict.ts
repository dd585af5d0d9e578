import type { Commit, Row } from "../Commit.ts";
import { jobHasEnded } from "../jobs/change.ts";
import type { Claim } from "../jobs/Job.ts";
import { nameOf, namesOf } from "../names.ts";
import type { State, TenantState } from "./State.ts";

/** What was changed or taken meanwhile. */
export interface Lost {
  readonly kind: string;
  readonly id: string | number;
}

/** The first thing that forbids a commit; null where it may be applied. */
export const conflictOf = (state: State, tenant: TenantState, commit: Commit): Lost | null =>
  lostRow(tenant, rowsOf(commit)) ??
  lostTouch(tenant, commit) ??
  lostKey(tenant, commit) ??
  lostClaim(state, commit) ??
  lostDrop(state, tenant, commit);

/** The rows a commit puts; new messages are rows like any other. */
export const rowsOf = ({ put, add }: Commit): ReadonlyArray<Row> =>
  add.messages.length === 0
    ? put
    : [...put, ...add.messages.map((message): Row => ({ kind: "message", row: { ...message, version: 0 } }))];

const lostRow = (tenant: TenantState, rows: ReadonlyArray<Row>): Lost | null => {
  const taken = new Set<string>();
  for (const row of rows) {
    const [own, ...others] = namesOf(row);
    const before = tenant.named.get(own);
    if (versionOf(before) !== row.row.version || taken.has(own)) return lost(row);
    for (const name of others) {
      const holder = tenant.named.get(name);
      if ((holder !== undefined && holder !== before) || taken.has(name)) return lost(row);
      taken.add(name);
    }
    taken.add(own);
  }
  return null;
};

const lostTouch = (tenant: TenantState, { touch, put }: Commit): Lost | null => {
  for (const { ticketId, version } of touch) {
    const ticket = tenant.ticket.get(ticketId);
    const isNew = ticket === undefined && put.some(({ kind, row }) => kind === "ticket" && row.id === ticketId);
    if (!isNew && (ticket === undefined || (version !== null && version !== ticket.version)))
      return { kind: "ticket", id: ticketId };
  }
  return null;
};

const lostKey = (tenant: TenantState, { once }: Commit): Lost | null => {
  const keys = once.map(({ key }) => key);
  const used = keys.find(
    (key, index) => tenant.named.has(nameOf({ kind: "once", key })) || keys.indexOf(key) !== index,
  );
  return used === undefined ? null : { kind: "once", id: used };
};

const lostClaim = (state: State, { tenant, held, done, add }: Commit): Lost | null => {
  const claim = [...held, ...done].find((claim) => !isHeld(state, claim, tenant));
  if (claim !== undefined) return { kind: "job", id: claim.id };
  const known = add.jobs.find(({ id }) => state.jobs.has(id));
  return known === undefined ? null : { kind: "job", id: known.id };
};

const lostDrop = (state: State, tenant: TenantState, commit: Commit): Lost | null =>
  commit.drop.find(({ kind, id }) => {
    if (kind === "file") return (tenant.file.get(id)?.messageId ?? null) !== null;
    const job = state.jobs.get(id)?.job;
    return job?.tenant === commit.tenant && !jobHasEnded(job);
  }) ?? null;

/** Whether a claim is still the one that holds its job, in any tenant if none is given. */
export const isHeld = (state: State, { id, token }: Claim, tenant: string | null): boolean => {
  const job = state.jobs.get(id);
  return job?.lease?.token === token && (tenant === null || job.job.tenant === tenant);
};

const versionOf = (found: { readonly row: object } | undefined): number =>
  found !== undefined && "version" in found.row ? (found.row.version as number) : 0;

const lost = ({ kind, row }: Row): Lost => ({
  kind,
  id: kind === "conversation" ? row.address : kind === "record" ? row.key : row.id,
});
