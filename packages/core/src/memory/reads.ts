import type { File } from "../file/File.ts";
import { jobMatches, tallyJobs } from "../jobs/change.ts";
import type { Job } from "../jobs/Job.ts";
import { nameOf } from "../names.ts";
import type {
  EventPage,
  EventQuery,
  Found,
  JobQuery,
  JobTally,
  MessageQuery,
  RowKey,
  TicketQuery,
  UserQuery,
} from "../Query.ts";
import type { Message } from "../ticket/Message.ts";
import { compareBy, isAfter, matches } from "../ticket/matches.ts";
import type { TicketRow } from "../ticket/Ticket.ts";
import type { TicketFilter } from "../ticket/TicketQuery.ts";
import type { User } from "../user/User.ts";
import { emptyTenant, type State, type TenantState } from "./State.ts";

/** What a tenant has, for a look: an unknown one has nothing and gets no place by being asked for. */
export const lookAt = (state: State, tenant: string): TenantState => state.tenants.get(tenant) ?? emptyTenant();

export const find = (state: State, tenant: string, key: RowKey): Found | null => {
  if (key.kind !== "job") return lookAt(state, tenant).named.get(nameOf(key)) ?? null;
  const job = state.jobs.get(key.id)?.job;
  return job?.tenant === tenant ? { kind: "job", row: job } : null;
};

export const listTickets = (tenant: TenantState, query: TicketQuery): ReadonlyArray<TicketRow> => {
  const { filter, sort, after, offset, limit } = query;
  return matching(tenant, filter)
    .filter((ticket) => after === null || isAfter(after, sort, ticket))
    .sort(compareBy(sort))
    .slice(offset, offset + limit);
};

export const matching = (tenant: TenantState, filter: TicketFilter): Array<TicketRow> =>
  [...tenant.ticket.values()].filter((ticket) => ticket.deletedAt === null && matches(filter, ticket));

export const listMessages = (tenant: TenantState, query: MessageQuery): ReadonlyArray<Message> =>
  page(tenant.message.get(query.ticketId)?.values() ?? [], query, ({ note }) => query.notes || !note);

export const listUsers = (tenant: TenantState, query: UserQuery): ReadonlyArray<User> =>
  page(
    tenant.user.values(),
    query,
    ({ role, active }) =>
      (query.role === null || role === query.role) && (query.active === null || active === query.active),
  );

export const listJobs = (state: State, query: JobQuery): ReadonlyArray<Job> =>
  page(jobsOf(state), query, (job) => jobMatches(query, job));

export const listFiles = (
  state: State,
  { unattachedBefore, limit }: { readonly unattachedBefore: Date; readonly limit: number },
): ReadonlyArray<{ readonly tenant: string; readonly file: File }> =>
  [...state.tenants]
    .flatMap(([tenant, { file }]) => [...file.values()].map((file) => ({ tenant, file })))
    .filter(({ file }) => file.messageId === null && file.createdAt < unattachedBefore)
    .sort((a, b) => a.file.id - b.file.id)
    .slice(0, limit);

export const countJobs = (state: State, tenant: string, kind: string): ReadonlyArray<JobTally> =>
  tallyJobs(jobsOf(state).filter((job) => job.tenant === tenant && job.kind === kind));

const jobsOf = ({ jobs }: State): ReadonlyArray<Job> => [...jobs.values()].map(({ job }) => job);

export const listEvents = ({ events }: State, { tenant, ticketId, after, limit }: EventQuery): EventPage => {
  const found: Array<EventPage["events"][number]> = [];
  let position = after ?? events.length;
  // An event's position is its index plus one.
  while (position < events.length && found.length < limit) {
    const event = events[position++] as EventPage["events"][number];
    const isAbout = ticketId === null || ("ticketId" in event && event.ticketId === ticketId);
    if (isAbout && (tenant === null || event.tenant === tenant)) found.push(event);
  }
  return { events: found, position };
};

const page = <A extends { readonly id: number }>(
  rows: Iterable<A>,
  { after, limit }: { readonly after: number; readonly limit: number },
  isWanted: (row: A) => boolean,
): ReadonlyArray<A> =>
  [...rows]
    .filter((row) => row.id > after && isWanted(row))
    .sort((a, b) => a.id - b.id)
    .slice(0, limit);
