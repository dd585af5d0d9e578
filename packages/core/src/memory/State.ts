import type { RecordRow } from "../Commit.ts";
import type { Event } from "../Event.ts";
import type { File } from "../file/File.ts";
import type { Job, NewJob } from "../jobs/Job.ts";
import type { Found, Tally } from "../Query.ts";
import type { Message } from "../ticket/Message.ts";
import type { TicketRow } from "../ticket/Ticket.ts";
import type { User } from "../user/User.ts";

/** What one tenant has. Values in here are never changed, only replaced. */
export interface TenantState {
  tickets: number;
  /** Every row and used key by each of its names. */
  readonly named: Map<string, Exclude<Found, { kind: "job" }>>;
  readonly ticket: Map<number, TicketRow>;
  /** By ticket. */
  readonly message: Map<number, Map<number, Message>>;
  readonly user: Map<number, User>;
  readonly file: Map<number, File>;
  /** By collection. */
  readonly record: Map<string, Map<number, RecordRow>>;
  readonly tallies: Map<string, Tally>;
}

/** A job with who holds it until when, and the key that keeps others like it out. */
export interface StoredJob {
  readonly job: Job;
  readonly lease: { readonly token: string; readonly until: Date } | null;
  readonly unique: NewJob["unique"];
}

/** All that a memory store keeps. */
export interface State {
  ids: number;
  readonly tenants: Map<string, TenantState>;
  readonly jobs: Map<number, StoredJob>;
  /** The ids of jobs that have not ended. */
  readonly openJobs: Set<number>;
  /** Which job has a key in `unique`. */
  readonly jobKeys: Map<string, number>;
  /** In order; an event's position is its index plus one. */
  readonly events: Array<Event>;
}

export const emptyState = (): State => ({
  ids: 0,
  tenants: new Map(),
  jobs: new Map(),
  openJobs: new Set(),
  jobKeys: new Map(),
  events: [],
});

/** What a tenant has, for a change: one that is new gets its place. */
export const tenantOf = (state: State, tenant: string): TenantState => {
  const known = state.tenants.get(tenant) ?? emptyTenant();
  state.tenants.set(tenant, known);
  return known;
};

export const emptyTenant = (): TenantState => ({
  tickets: 0,
  named: new Map(),
  ticket: new Map(),
  message: new Map(),
  user: new Map(),
  file: new Map(),
  record: new Map(),
  tallies: new Map(),
});

/** The inner map under a key, made when it is missing. */
export const within = <K, Id, A>(maps: Map<K, Map<Id, A>>, key: K): Map<Id, A> => {
  const map = maps.get(key) ?? new Map<Id, A>();
  maps.set(key, map);
  return map;
};
