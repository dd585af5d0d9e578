import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "./Actor.ts";
import type { RecordRow } from "./Commit.ts";
import type { Conflict, InvalidInput, StorageError } from "./Errors.ts";
import { invalidField } from "./Input.ts";
import type { Policies } from "./Policies.ts";
import type { Entry, EntryKind } from "./queue/Entry.ts";
import { Settings } from "./Settings.ts";
import { Storage } from "./Storage.ts";
import { emptyCommit, eventsBy, Writer } from "./Writer.ts";

/** How old a remembered list may be before it is read again, in milliseconds. */
const maxAge = 5_000;

/** The queues, categories and priorities of each tenant, remembered for a few seconds. */
export class Catalog extends Context.Service<
  Catalog,
  {
    /** A list as it is stored now, by rank. */
    readonly read: (tenant: string, kind: EntryKind) => Effect.Effect<ReadonlyArray<Entry>, StorageError>;
    readonly put: (
      actor: Actor,
      kind: EntryKind,
      entries: ReadonlyArray<Entry>,
    ) => Effect.Effect<void, Conflict | StorageError>;
    /** Fails with `InvalidInput` where the list has no such active key. */
    readonly demandKey: (
      tenant: string,
      kind: EntryKind,
      key: string,
    ) => Effect.Effect<void, InvalidInput | StorageError>;
    /** The helpdesk's policies with those of the queue over them. */
    readonly policiesOf: (tenant: string, queue: string | null) => Effect.Effect<Policies, StorageError>;
  }
>()("@deskwright/core/Catalog") {
  static readonly layer = Layer.effect(
    Catalog,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const settings = yield* Settings;
      const remembered = new Map<string, { readonly at: number; readonly entries: ReadonlyArray<Entry> }>();

      const put = Effect.fnUntraced(function* (actor: Actor, kind: EntryKind, entries: ReadonlyArray<Entry>) {
        const at = yield* writer.now;
        yield* storage.commit({
          ...emptyCommit(actor.tenant, at),
          put: entries.map((entry) => ({ kind: "record", row: recordOf(kind, entry) })),
          add: {
            messages: [],
            jobs: [],
            events: eventsBy(
              actor,
              at,
              entries.map(({ key }) => ({ type: "ListChanged", list: kind, key })),
            ),
          },
        });
        remembered.delete(`${kind} ${actor.tenant}`);
      });

      /** A tenant's list begins with what the helpdesk was told; whoever reads it first writes it. */
      const begin = Effect.fnUntraced(function* (tenant: string, kind: EntryKind) {
        const beginnings = settings.lists[kind];
        const { record: ids = [] } = yield* storage.reserve(tenant, { record: beginnings.length });
        const entries = beginnings.map(
          ({ key, name }, rank): Entry => ({
            id: ids[rank] as number,
            version: 0,
            key,
            name,
            rank,
            active: true,
            policies: {},
          }),
        );
        yield* Effect.catchTag(
          put({ tenant, role: "system", user: null }, kind, entries),
          "Conflict",
          () => Effect.void,
        );
      });

      const read = Effect.fnUntraced(function* (tenant: string, kind: EntryKind) {
        let rows = yield* storage.records(tenant, kind);
        if (rows.length === 0 && settings.lists[kind].length > 0) {
          yield* begin(tenant, kind);
          rows = yield* storage.records(tenant, kind);
        }
        const entries = rows.map(entryOf).sort((a, b) => a.rank - b.rank || a.id - b.id);
        remembered.set(`${kind} ${tenant}`, { at: yield* Clock.currentTimeMillis, entries });
        return entries;
      });

      const entriesOf = Effect.fnUntraced(function* (tenant: string, kind: EntryKind) {
        const memory = remembered.get(`${kind} ${tenant}`);
        const isFresh = memory && (yield* Clock.currentTimeMillis) - memory.at < maxAge;
        return isFresh ? memory.entries : yield* read(tenant, kind);
      });

      const demandKey = Effect.fnUntraced(function* (tenant: string, kind: EntryKind, key: string) {
        const has = (entries: ReadonlyArray<Entry>) => entries.some((entry) => entry.key === key && entry.active);
        // Another process may have added it a moment ago, so a key is only refused by a fresh list.
        if (has(yield* entriesOf(tenant, kind)) || has(yield* read(tenant, kind))) return;
        return yield* invalidField([kind], `There is no ${kind} "${key}"`);
      });

      const policiesOf = Effect.fnUntraced(function* (tenant: string, queue: string | null) {
        if (queue === null) return settings.policies;
        const entry = (yield* entriesOf(tenant, "queue")).find(({ key }) => key === queue);
        return { ...settings.policies, ...(entry?.policies as Partial<Policies> | undefined) };
      });

      return Catalog.of({ read, put, demandKey, policiesOf });
    }),
  );
}

const recordOf = (kind: EntryKind, { id, version, key, ...data }: Entry): RecordRow => ({
  collection: kind,
  id,
  version,
  key,
  data: data as RecordRow["data"],
});

const entryOf = ({ id, version, key, data }: RecordRow): Entry => ({ id, version, key, ...(data as object) }) as Entry;
