import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { type Actor, Role } from "./Actor.ts";
import { clean } from "./clean.ts";
import type { Conflict, InvalidInput, StorageError } from "./Errors.ts";
import type { EventBody } from "./Event.ts";
import { inputOf, invalidField } from "./Input.ts";
import { Rows } from "./Rows.ts";
import { Storage } from "./Storage.ts";
import { foldEmail, higherRole, newUser } from "./user/person.ts";
import { type User, UserRef, type UserRole } from "./user/User.ts";
import { emptyCommit, eventsBy, Writer } from "./Writer.ts";

type Failure = InvalidInput | StorageError;
type HostRef = Exclude<UserRef, number>;

/** Finds the user somebody means, and lets those come in whom the host vouches for. */
export class People extends Context.Service<
  People,
  {
    /**
     * The user whom somebody names in a field, in a role they get if their `externalId` is unknown and they are
     * created. Naming agents and admins changes nothing about them.
     */
    readonly idOf: (tenant: string, ref: UserRef, role: UserRole, field: string) => Effect.Effect<number, Failure>;
    /** Who writes from an address of mail; one who is not known yet is created. */
    readonly senderOf: (
      tenant: string,
      sender: { readonly address: string; readonly name: string | null },
    ) => Effect.Effect<User, StorageError>;
    /**
     * The actor whom the host names; a role that stands for no person needs no user. A user is created where the
     * `externalId` is unknown, kept up to date with what the host says, and raised to the role, never lowered.
     */
    readonly actorOf: (tenant: string, role: Role, ref: UserRef | null) => Effect.Effect<Actor, Failure>;
  }
>()("@deskwright/core/People") {
  static readonly layer = Layer.effect(
    People,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const writer = yield* Writer;
      const check = inputOf(Schema.Struct({ user: UserRef }));
      const known = new Map<string, number>();

      const remember = (key: string, id: number) => {
        // The oldest entry goes first, so that the map stays small for any number of users.
        if (known.size >= 10_000) known.delete(known.keys().next().value as string);
        known.set(key, id);
        return id;
      };

      const save = (tenant: string, user: User, at: Date, event: EventBody) =>
        storage.commit({
          ...emptyCommit(tenant, at),
          put: [{ kind: "user", row: user }],
          add: { messages: [], jobs: [], events: eventsBy({ tenant, role: "system", user: null }, at, [event]) },
        });

      const welcome = Effect.fnUntraced(function* (
        tenant: string,
        ref: HostRef,
        role: UserRole,
        isActor: boolean,
      ): Effect.fn.Return<number, Conflict | StorageError> {
        const at = yield* writer.now;
        const email = foldEmail(ref.email ?? "") || null;
        const [same, neighbour] = yield* storage.find(tenant, [
          { kind: "user", externalId: ref.externalId },
          ...(email === null ? [] : [{ kind: "user", email } as const]),
        ]);
        const byId = same?.kind === "user" ? same.row : null;
        const byEmail = neighbour?.kind === "user" ? neighbour.row : null;
        const mayChange = (user: User) => isActor || user.role === "customer";
        // An address somebody merely claims opens nobody's tickets: only a verified one joins two users into one.
        const isJoined = byEmail?.externalId === null && ref.emailVerified === true && mayChange(byEmail);
        const before = byId ?? (isJoined ? byEmail : null);
        const freeEmail = byEmail === null || byEmail === before ? email : null;
        if (before !== null) {
          const after: User = {
            ...before,
            externalId: ref.externalId,
            role: isActor ? higherRole(before.role, role) : before.role,
            name: ref.name ?? before.name,
            email: freeEmail ?? before.email,
            emailVerified:
              freeEmail === null || (freeEmail === before.email && before.emailVerified)
                ? before.emailVerified
                : ref.emailVerified === true,
          };
          const fields = (["externalId", "role", "name", "email", "emailVerified"] as const).filter(
            (key) => after[key] !== before[key],
          );
          if (fields.length > 0 && mayChange(before))
            yield* save(tenant, { ...after, updatedAt: at }, at, { type: "UserChanged", userId: before.id, fields });
          return before.id;
        }
        const { user: [id = 0] = [] } = yield* storage.reserve(tenant, { user: 1 });
        const given = {
          role,
          externalId: ref.externalId,
          name: ref.name ?? null,
          email: freeEmail,
          emailVerified: freeEmail !== null && ref.emailVerified === true,
        };
        yield* save(tenant, newUser(id, given, at), at, { type: "UserAdded", userId: id });
        return id;
      });

      const resolve = Effect.fnUntraced(function* (tenant: string, ref: HostRef, role: UserRole, isActor: boolean) {
        const { externalId, name, email, emailVerified } = ref;
        const key = JSON.stringify([tenant, role, isActor, externalId, name, email, emailVerified]);
        const id = known.get(key);
        if (id !== undefined) return id;
        const { user } = yield* check({ user: ref });
        return remember(key, yield* writer.again(welcome(tenant, user as HostRef, role, isActor)));
      });

      const numbered = Effect.fnUntraced(function* (tenant: string, id: number, field: string) {
        const key = JSON.stringify([tenant, id]);
        if (known.has(key)) return id;
        const { id: found } = yield* Effect.catchTag(rows.user(tenant, id), "NotFound", () =>
          invalidField([field], `There is no user ${id}`),
        );
        return remember(key, found);
      });

      const idOf = (tenant: string, ref: UserRef, role: UserRole, field: string) =>
        typeof ref === "object" ? resolve(tenant, ref, role, false) : numbered(tenant, ref, field);

      const actorOf = Effect.fnUntraced(function* (tenant: string, role: Role, ref: UserRef | null) {
        if (!Role.literals.includes(role)) return yield* invalidField(["role"], `There is no role "${role}"`);
        if (!isTenant(tenant)) return yield* invalidField(["tenant"], "Expected 1 to 200 characters, none of them NUL");
        const own = role === "agent" || role === "admin" ? role : "customer";
        if (ref === null && own === role) return yield* invalidField(["user"], `Expected who the ${role} is`);
        if (ref === null) return { role, user: null, tenant };
        if (typeof ref !== "object") return { role, user: yield* numbered(tenant, ref, "user"), tenant };
        return { role, user: yield* resolve(tenant, ref, own, true), tenant };
      });

      const findByEmail = Effect.fnUntraced(function* (tenant: string, email: string) {
        const [found] = yield* storage.find(tenant, [{ kind: "user", email }]);
        return found?.kind === "user" ? found.row : null;
      });

      const senderOf = (
        tenant: string,
        { address, name }: { readonly address: string; readonly name: string | null },
      ): Effect.Effect<User, StorageError> =>
        writer.again(
          Effect.gen(function* () {
            const email = foldEmail(address);
            const known = yield* findByEmail(tenant, email);
            if (known?.emailVerified) return known;
            const at = yield* writer.now;
            // Somebody who only claimed the address gives way to who writes from it.
            if (known !== null)
              yield* save(tenant, { ...known, email: null, updatedAt: at }, at, {
                type: "UserChanged",
                userId: known.id,
                fields: ["email"],
              });
            const { user: [id = 0] = [] } = yield* storage.reserve(tenant, { user: 1 });
            const user = newUser(id, { role: "customer", name, email, emailVerified: true }, at);
            yield* save(tenant, user, at, { type: "UserAdded", userId: id });
            return { ...user, version: 1 };
          }),
        );

      return People.of({ idOf, senderOf, actorOf });
    }),
  );
}

/** A tenant's name is never cleaned: two names must not become one. */
const isTenant = (tenant: unknown): boolean =>
  typeof tenant === "string" && tenant.length > 0 && tenant.length <= 200 && clean(tenant) === tenant;
