import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { Actor } from "../Actor.ts";
import { Conflict, type InvalidInput, type NotAllowed, type NotFound, type StorageError } from "../Errors.ts";
import { inputOf, invalidField } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import type { RowKey } from "../Query.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, eventsBy, Writer } from "../Writer.ts";
import { foldEmail, newUser } from "./person.ts";
import { type User, UserRole } from "./User.ts";

const name = Schema.NullOr(Schema.String.check(Schema.isMaxLength(500)));
const email = Schema.NullOr(
  Schema.String.check(
    Schema.isMaxLength(320),
    Schema.isPattern(/^\s*[^\s@]+@[^\s@]+\s*$/, { message: "Expected an email address" }),
  ),
);
const locale = Schema.NullOr(
  Schema.String.check(
    Schema.isPattern(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, { message: "Expected a language tag such as en or ru" }),
  ),
);

/** A new user; `customer` unless another role is given. */
export const NewUser = Schema.Struct({
  role: Schema.optionalKey(UserRole),
  name: Schema.optionalKey(name),
  email: Schema.optionalKey(email),
  externalId: Schema.optionalKey(Schema.NonEmptyString.check(Schema.isMaxLength(500))),
  locale: Schema.optionalKey(locale),
}).annotate({ identifier: "NewUser" });
export interface NewUser extends Schema.Schema.Type<typeof NewUser> {}

/** What of a user is to change. */
export const UserChange = Schema.Struct({
  role: Schema.optionalKey(UserRole),
  name: Schema.optionalKey(name),
  email: Schema.optionalKey(email),
  locale: Schema.optionalKey(locale),
  active: Schema.optionalKey(Schema.Boolean),
}).annotate({ identifier: "UserChange" });
export interface UserChange extends Schema.Schema.Type<typeof UserChange> {}

/** Which users: of a role, active or not, or those with these ids; `limit` 1 to 1,000, 100 by default. */
export const UserListQuery = Schema.Struct({
  role: Schema.optionalKey(UserRole),
  active: Schema.optionalKey(Schema.Boolean),
  ids: Schema.optionalKey(Schema.Array(Schema.Int).check(Schema.isMaxLength(1000))),
  /** Only ids above this one. */
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
});
export interface UserListQuery extends Schema.Schema.Type<typeof UserListQuery> {}

const UserKey = Schema.Struct({
  email: Schema.optionalKey(Schema.String),
  externalId: Schema.optionalKey(Schema.String),
}).check(
  Schema.makeFilter((by) => Object.keys(by).length === 1 || "Expected either an email address or an id of the host's"),
);

type Failure = NotAllowed | NotFound | InvalidInput | StorageError;

/** The people who ask and answer. */
export class Users extends Context.Service<
  Users,
  {
    /** Adds a user. An email or `externalId` that another user has is `InvalidInput`. */
    readonly create: (user: NewUser) => Effect.Effect<User, Failure>;
    readonly get: (id: number) => Effect.Effect<User, Failure>;
    /** The user with this address or this id of the host's; null where there is none. */
    readonly find: (
      by: { readonly email: string } | { readonly externalId: string },
    ) => Effect.Effect<User | null, Failure>;
    /** Users by ascending id; with `ids`, those that exist of them. */
    readonly list: (query?: UserListQuery) => Effect.Effect<ReadonlyArray<User>, Failure>;
    /** Changes a user; `ifVersion` makes it fail with `Conflict` where somebody was faster. */
    readonly update: (
      id: number,
      change: UserChange,
      options?: { readonly ifVersion?: number },
    ) => Effect.Effect<User, Failure | Conflict>;
  }
>()("@deskwright/core/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const checkNew = inputOf(NewUser);
      const checkChange = inputOf(UserChange);
      const checkQuery = inputOf(UserListQuery);
      const checkBy = inputOf(UserKey);

      const demandFree = Effect.fnUntraced(function* (tenant: string, user: User) {
        const taken = yield* storage.find(tenant, keysOf(user));
        for (const found of taken)
          if (found?.kind === "user" && found.row.id !== user.id)
            return yield* invalidField(
              [found.row.email !== null && found.row.email === user.email ? "email" : "externalId"],
              "Another user has it",
            );
      });

      const put = (actor: Actor, user: User, event: Parameters<typeof eventsBy>[2], at: Date) =>
        storage.commit({
          ...emptyCommit(actor.tenant, at),
          put: [{ kind: "user", row: user }],
          add: { messages: [], jobs: [], events: eventsBy(actor, at, event) },
        });

      const create = Effect.fnUntraced(function* (input: NewUser) {
        const given = yield* checkNew(input);
        const role = given.role ?? "customer";
        const actor = yield* permissions.demand("user.write", { user: { id: 0, role } });
        return yield* writer.again(
          Effect.gen(function* () {
            const at = yield* writer.now;
            const { user: [id] = [] } = yield* storage.reserve(actor.tenant, { user: 1 });
            const user = newUser(
              id as number,
              { ...given, role, emailVerified: foldEmail(given.email ?? null) !== null },
              at,
            );
            yield* demandFree(actor.tenant, user);
            yield* put(actor, user, [{ type: "UserAdded", userId: user.id }], at);
            return { ...user, version: 1 };
          }),
        );
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.actor;
        yield* permissions.demand("user.read", { user: { id, role: "customer" } });
        return yield* rows.user(tenant, id);
      });

      const find = Effect.fnUntraced(function* (by: { readonly email: string } | { readonly externalId: string }) {
        const { email, externalId = "" } = yield* checkBy(by);
        const { tenant } = yield* permissions.demand("user.list");
        const key = email === undefined ? { externalId } : { email: foldEmail(email) };
        const [found] = yield* storage.find(tenant, [{ kind: "user", ...key }]);
        return found?.kind === "user" ? found.row : null;
      });

      const list = Effect.fnUntraced(function* (query: UserListQuery = {}) {
        const { ids, role = null, active = null, after = 0, limit = 100 } = yield* checkQuery(query);
        const { tenant } = yield* permissions.demand("user.list");
        if (ids === undefined) return yield* storage.users(tenant, { role, active, after, limit });
        const found = yield* storage.find(
          tenant,
          [...new Set(ids)].map((id): RowKey => ({ kind: "user", id })),
        );
        return found.flatMap((one) => (one?.kind === "user" ? [one.row] : []));
      });

      const update = Effect.fnUntraced(function* (
        id: number,
        input: UserChange,
        options?: { readonly ifVersion?: number },
      ) {
        const change = yield* checkChange(input);
        const ifVersion = options?.ifVersion;
        // Asked before the read, so that nobody can tell from the answer who exists.
        const { tenant } = yield* permissions.demand("user.write", { user: { id, role: "customer" } });
        const write = Effect.gen(function* () {
          const at = yield* writer.now;
          const before = yield* rows.user(tenant, id);
          if (ifVersion !== undefined && ifVersion !== before.version) return yield* new Conflict({ kind: "user", id });
          const actor = yield* permissions.demand("user.write", { user: before });
          if (change.role !== undefined) yield* permissions.demand("user.write", { user: { id, role: change.role } });
          const after: User = {
            ...before,
            ...change,
            email: change.email === undefined ? before.email : foldEmail(change.email),
            // Whoever may write users vouches for the address.
            emailVerified: change.email === undefined ? before.emailVerified : change.email !== null,
            updatedAt: at,
          };
          const fields = (["role", "name", "email", "locale", "active"] as const).filter(
            (key) => after[key] !== before[key],
          );
          if (fields.length === 0) return before;
          yield* demandFree(tenant, after);
          yield* put(actor, after, [{ type: "UserChanged", userId: id, fields }], at);
          return { ...after, version: after.version + 1 };
        });
        return yield* ifVersion === undefined ? writer.again(write) : write;
      });

      return Users.of({ create, get, find, list, update });
    }),
  );
}

const keysOf = ({ email, externalId }: User): ReadonlyArray<RowKey> => [
  ...(email === null ? [] : [{ kind: "user", email } as const]),
  ...(externalId === null ? [] : [{ kind: "user", externalId } as const]),
];
