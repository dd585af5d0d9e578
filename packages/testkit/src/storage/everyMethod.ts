import type { Storage } from "@deskwright/core/effect";
import type * as Effect from "effect/Effect";
import { commitOf } from "./Desk.ts";
import { time } from "./rows.ts";

type Port = Storage["Service"];

/** A harmless call of each method of the port but `listen`; the compiler sees that none is missing. */
export const everyMethod = (
  storage: Port,
  tenant: string,
): { readonly [K in Exclude<keyof Port, "listen">]: Effect.Effect<unknown, unknown> } => ({
  commit: storage.commit(commitOf(tenant, {})),
  reserve: storage.reserve(tenant, { ticket: 1 }),
  tickets: storage.tickets(tenant, { filter: {}, sort: "id", limit: 1, after: null, offset: 0 }),
  countTickets: storage.countTickets(tenant, {}),
  tallies: storage.tallies(tenant),
  messages: storage.messages(tenant, { ticketId: 1, notes: true, after: 0, limit: 1 }),
  find: storage.find(tenant, [{ kind: "once", key: "unknown" }]),
  users: storage.users(tenant, { role: null, active: null, after: 0, limit: 1 }),
  records: storage.records(tenant, "queue"),
  files: storage.files({ unattachedBefore: time(), limit: 1 }),
  events: storage.events({ tenant, ticketId: null, after: 0, limit: 1 }),
  signal: storage.signal({ topic: "live", tenant, data: null }),
  claim: storage.claim({ kinds: [tenant], token: "token", now: time(), until: time(1), limit: 1 }),
  extend: storage.extend([{ id: 1, token: "unknown" }], time()),
  countJobs: storage.countJobs(tenant, tenant),
  jobs: storage.jobs({ tenant, state: null, kind: null, endedBefore: null, after: 0, limit: 1 }),
});
