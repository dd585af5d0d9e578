import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { Catalog } from "../Catalog.ts";
import { clean } from "../clean.ts";
import { Conflict, type InvalidInput, type NotAllowed, NotFound, type StorageError } from "../Errors.ts";
import { inputOf, invalidField } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import { SomePolicies } from "../Policies.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { textOf } from "../Text.ts";
import { Writer } from "../Writer.ts";
import type { Entry, EntryKind } from "./Entry.ts";
import { keyFrom } from "./key.ts";

const fields = { name: textOf(200), rank: Schema.optionalKey(Schema.Int), policies: Schema.optionalKey(SomePolicies) };

/** A new entry; its key is made from the name unless given. */
export const NewEntry = Schema.Struct({
  ...fields,
  key: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^\S(.{0,198}\S)?$/u, {
        message: "Expected 1 to 200 characters in one line, no space at an end",
      }),
    ),
  ),
}).annotate({ identifier: "NewEntry" });
export interface NewEntry extends Schema.Schema.Type<typeof NewEntry> {}

/** What of an entry is to change. */
export const EntryChange = Schema.Struct({
  ...fields,
  name: Schema.optionalKey(fields.name),
  active: Schema.optionalKey(Schema.Boolean),
}).annotate({ identifier: "EntryChange" });
export interface EntryChange extends Schema.Schema.Type<typeof EntryChange> {}

type Failure = NotAllowed | NotFound | InvalidInput | StorageError;

/** The calls of one list. */
export interface ListCalls {
  /** Adds an entry; a key that is taken is `InvalidInput`. */
  readonly create: (entry: NewEntry) => Effect.Effect<Entry, Failure>;
  /** The entries by rank, removed ones only where asked for. */
  readonly list: (options?: { readonly removed?: boolean }) => Effect.Effect<ReadonlyArray<Entry>, Failure>;
  /** Changes an entry; `ifVersion` makes it fail with `Conflict` where somebody was faster. */
  readonly update: (
    key: string,
    change: EntryChange,
    options?: { readonly ifVersion?: number },
  ) => Effect.Effect<Entry, Failure | Conflict>;
  /** Takes an entry out of the list: tickets that have it keep it, no other ticket can take it. */
  readonly remove: (key: string) => Effect.Effect<Entry, Failure>;
}

/** The lists tickets choose from: queues, categories, priorities. */
export class Lists extends Context.Service<
  Lists,
  {
    readonly queues: ListCalls;
    readonly categories: ListCalls;
    readonly priorities: ListCalls;
  }
>()("@deskwright/core/Lists") {
  static readonly layer = Layer.effect(
    Lists,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const catalog = yield* Catalog;
      const permissions = yield* Permissions;
      const { defaultPriority } = yield* Settings;
      const checkNew = inputOf(NewEntry);
      const checkChange = inputOf(EntryChange);
      const checkOptions = inputOf(Schema.Struct({ removed: Schema.optionalKey(Schema.Boolean) }));

      const callsOf = (kind: EntryKind): ListCalls => {
        const demandQueue = ({ policies = {} }: EntryChange) =>
          kind === "queue" || Object.keys(policies).length === 0
            ? Effect.void
            : Effect.fail(invalidField(["policies"], "Only queues have policies"));

        const create = Effect.fnUntraced(function* (input: NewEntry) {
          const given = yield* checkNew(input);
          yield* demandQueue(given);
          const actor = yield* permissions.demand("list.write");
          return yield* writer.again(
            Effect.gen(function* () {
              const entries = yield* catalog.read(actor.tenant, kind);
              const key = given.key ?? keyFrom(given.name);
              if (entries.some((entry) => entry.key === key))
                return yield* invalidField([given.key === undefined ? "name" : "key"], `The ${kind} "${key}" exists`);
              const { record: [id] = [] } = yield* storage.reserve(actor.tenant, { record: 1 });
              const rank = given.rank ?? Math.max(-1, ...entries.map((entry) => entry.rank)) + 1;
              const entry: Entry = {
                id: id as number,
                version: 0,
                key,
                name: given.name,
                rank,
                active: true,
                policies: given.policies ?? {},
              };
              yield* catalog.put(actor, kind, [entry]);
              return { ...entry, version: 1 };
            }),
          );
        });

        const list = Effect.fnUntraced(function* (options: { readonly removed?: boolean } = {}) {
          const { removed = false } = yield* checkOptions(options);
          const { tenant } = yield* permissions.demand("list.read");
          return (yield* catalog.read(tenant, kind)).filter(({ active }) => active || removed);
        });

        const update = Effect.fnUntraced(function* (
          givenKey: string,
          input: EntryChange,
          options?: { readonly ifVersion?: number },
        ) {
          const change = yield* checkChange(input);
          const ifVersion = options?.ifVersion;
          yield* demandQueue(change);
          const key = String(clean(givenKey));
          const actor = yield* permissions.demand("list.write");
          const write = Effect.gen(function* () {
            const before = (yield* catalog.read(actor.tenant, kind)).find((entry) => entry.key === key);
            if (before === undefined) return yield* NotFound.of(kind, key);
            if (ifVersion !== undefined && ifVersion !== before.version) return yield* new Conflict({ kind, id: key });
            if (change.active === false && kind === "priority" && key === defaultPriority)
              return yield* invalidField(["key"], "Tickets that name no priority have this one");
            const after: Entry = { ...before, ...change };
            if (JSON.stringify(after) === JSON.stringify(before)) return before;
            yield* catalog.put(actor, kind, [after]);
            return { ...after, version: after.version + 1 };
          });
          return yield* ifVersion === undefined ? writer.again(write) : write;
        });

        const remove = (key: string) =>
          Effect.catchTag(update(key, { active: false }), "Conflict", (error) => Effect.die(error));

        return { create, list, update, remove };
      };

      return Lists.of({
        queues: callsOf("queue"),
        categories: callsOf("category"),
        priorities: callsOf("priority"),
      });
    }),
  );
}
