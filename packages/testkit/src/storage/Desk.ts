import { randomUUID } from "node:crypto";
import {
  type Commit,
  type Conflict,
  type IdKind,
  type Message,
  type NewJob,
  type Row,
  type RowKey,
  Storage,
  type StorageError,
  type TicketRow,
  type User,
} from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import { messageRow, newJob, put, type RowOf, stored, ticketRow, time, userRow } from "./rows.ts";

/** Parts of a commit; those left out are empty. */
export type Parts = Partial<Omit<Commit, "tenant" | "add">> & Partial<Commit["add"]>;

/** A tenant of a test's own, and short ways to fill it. */
export interface Desk {
  readonly tenant: string;
  readonly storage: Storage["Service"];
  /** Of no other test: kinds of jobs are shared by all tenants. */
  readonly kind: string;
  /** A customer who exists. */
  readonly customer: User;
  readonly ids: (kind: IdKind, count: number) => Effect.Effect<ReadonlyArray<number>, StorageError>;
  readonly id: (kind: IdKind) => Effect.Effect<number, StorageError>;
  readonly commit: (parts: Parts) => Effect.Effect<ReadonlyArray<number>, Conflict | StorageError>;
  /** Stores a row that is new or changed; answers it as it is stored. */
  readonly put: <K extends Row["kind"]>(kind: K, row: RowOf<K>) => Effect.Effect<RowOf<K>, Conflict | StorageError>;
  readonly newTicket: (fields?: Partial<TicketRow>) => Effect.Effect<TicketRow, Conflict | StorageError>;
  readonly newMessage: (ticket: number, fields?: Partial<Message>) => Effect.Effect<Message, Conflict | StorageError>;
  readonly newUser: (fields?: Partial<User>) => Effect.Effect<User, Conflict | StorageError>;
  readonly newJob: (fields?: Partial<NewJob>) => Effect.Effect<NewJob, Conflict | StorageError>;
  /** A ticket, deleted or not; null where there is none. */
  readonly ticket: (id: number) => Effect.Effect<TicketRow | null, StorageError>;
  /** The row that a key names; null where there is none. */
  readonly find: (key: RowKey) => Effect.Effect<unknown, StorageError>;
}

export const makeDesk: Effect.Effect<Desk, Conflict | StorageError, Storage> = Effect.gen(function* () {
  const storage = yield* Storage;
  const tenant = `tenant-${randomUUID()}`;
  const kind = `kind-${randomUUID()}`;

  const ids: Desk["ids"] = (kind, count) =>
    Effect.map(storage.reserve(tenant, { [kind]: count }), (reserved) => reserved[kind] ?? []);
  const id: Desk["id"] = (kind) => Effect.map(ids(kind, 1), ([first]) => first as number);
  const commit: Desk["commit"] = (parts) => storage.commit(commitOf(tenant, parts));
  const putRow: Desk["put"] = (kind, row) => Effect.as(commit({ put: [put(kind, row)] }), stored(row));

  const newUser: Desk["newUser"] = (fields) => Effect.flatMap(id("user"), (id) => putRow("user", userRow(id, fields)));
  const customer = yield* newUser({});
  return {
    tenant,
    storage,
    kind,
    customer,
    ids,
    id,
    commit,
    put: putRow,
    newUser,
    newTicket: Effect.fnUntraced(function* (fields) {
      return yield* putRow("ticket", ticketRow(yield* id("ticket"), customer.id, fields));
    }),
    newMessage: Effect.fnUntraced(function* (ticketId, fields) {
      const row = messageRow(yield* id("message"), ticketId, fields);
      yield* commit({ messages: [row] });
      return { ...row, version: 1 };
    }),
    newJob: Effect.fnUntraced(function* (fields) {
      const job = newJob(yield* id("job"), kind, fields);
      yield* commit({ jobs: [job] });
      return job;
    }),
    ticket: (id) =>
      Effect.map(storage.find(tenant, [{ kind: "ticket", id }]), ([found]) =>
        found?.kind === "ticket" ? found.row : null,
      ),
    find: (key) => Effect.map(storage.find(tenant, [key]), ([found]) => found?.row ?? null),
  };
});

/** A whole commit of some of its parts. */
export const commitOf = (tenant: string, { messages, events, jobs, ...parts }: Parts): Commit => ({
  tenant,
  at: time(),
  put: [],
  touch: [],
  add: { messages: messages ?? [], events: events ?? [], jobs: jobs ?? [] },
  drop: [],
  once: [],
  held: [],
  done: [],
  ...parts,
});
