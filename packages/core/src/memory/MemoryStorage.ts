import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Commit } from "../Commit.ts";
import { Conflict } from "../Errors.ts";
import type { IdKind, Signal } from "../Query.ts";
import { signalStream } from "../SignalStream.ts";
import { Storage } from "../Storage.ts";
import { apply } from "./apply.ts";
import { conflictOf } from "./conflict.ts";
import { copy } from "./copy.ts";
import { claim, extend } from "./jobs.ts";
import {
  countJobs,
  find,
  listEvents,
  listFiles,
  listJobs,
  listMessages,
  listTickets,
  listUsers,
  lookAt,
  matching,
} from "./reads.ts";
import { emptyState, type State, tenantOf } from "./State.ts";

/** A storage in this process's memory. Each call runs to its end before the next begins. */
export const makeMemoryStorage = (): Storage["Service"] => {
  const state = emptyState();
  const listeners = new Set<(signal: Signal) => void>();
  const tell = (signal: Signal) => {
    for (const hear of listeners) hear(signal);
  };
  /** Answers are copies: what a caller does to them changes nothing here. */
  const answer = <A>(read: () => A) => Effect.sync(() => copy(read()));

  return Storage.of({
    commit: (commit) =>
      Effect.suspend(() => {
        const tenant = tenantOf(state, commit.tenant);
        const lost = conflictOf(state, tenant, commit);
        if (lost !== null) return new Conflict({ kind: lost.kind, id: lost.id });
        const positions = apply(state, tenant, commit);
        for (const topic of topicsOf(commit)) tell({ topic });
        return Effect.succeed(positions);
      }),
    reserve: (tenant, wanted) =>
      answer(() =>
        Object.fromEntries(
          Object.entries(wanted).map(([kind, count]) => [
            kind,
            Array.from({ length: count }, () => nextId(state, tenant, kind as IdKind)),
          ]),
        ),
      ),
    tickets: (tenant, query) => answer(() => listTickets(lookAt(state, tenant), query)),
    countTickets: (tenant, filter) => answer(() => matching(lookAt(state, tenant), filter).length),
    tallies: (tenant) => answer(() => [...lookAt(state, tenant).tallies.values()]),
    messages: (tenant, query) => answer(() => listMessages(lookAt(state, tenant), query)),
    find: (tenant, keys) => answer(() => keys.map((key) => find(state, tenant, key))),
    users: (tenant, query) => answer(() => listUsers(lookAt(state, tenant), query)),
    records: (tenant, collection) =>
      answer(() => [...(lookAt(state, tenant).record.get(collection)?.values() ?? [])].sort((a, b) => a.id - b.id)),
    files: (query) => answer(() => listFiles(state, query)),
    events: (query) => answer(() => listEvents(state, query)),
    listen: signalStream((hear) =>
      Effect.acquireRelease(
        Effect.sync(() => listeners.add(hear)),
        () => Effect.sync(() => listeners.delete(hear)),
      ),
    ).pipe(Stream.map(copy)),
    signal: (signal) => Effect.sync(() => tell(copy(signal))),
    claim: (request) => answer(() => claim(state, copy(request))),
    extend: (claims, until) => answer(() => extend(state, claims, copy(until))),
    jobs: (query) => answer(() => listJobs(state, query)),
    countJobs: (tenant, kind) => answer(() => countJobs(state, tenant, kind)),
  });
};

const nextId = (state: State, tenant: string, kind: IdKind): number =>
  kind === "ticket" ? ++tenantOf(state, tenant).tickets : ++state.ids;

const topicsOf = ({ add, done }: Commit): ReadonlyArray<"events" | "jobs"> => [
  ...(add.events.length > 0 ? (["events"] as const) : []),
  ...(add.jobs.length > 0 || done.some(({ outcome }) => outcome.type === "retry") ? (["jobs"] as const) : []),
];
