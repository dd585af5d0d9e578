import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { RecordRow } from "../Commit.ts";
import type { HelpdeskError } from "../Errors.ts";
import { inputOf } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, Writer } from "../Writer.ts";
import { foldEmail } from "./person.ts";
import type { User } from "./User.ts";

const collection = "password";
const NewPassword = Schema.String.check(Schema.isMinLength(8), Schema.isMaxLength(1000));

/** scrypt with 32 MB of memory and three rounds, as OWASP's Password Storage Cheat Sheet recommends. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

/** Passwords, for helpdesks whose users log in here and not at the host. */
export class Passwords extends Context.Service<
  Passwords,
  {
    /** Sets a user's password: 8 to 1,000 characters, kept as a salted scrypt hash that no call returns. */
    readonly set: (userId: number, password: string) => Effect.Effect<void, HelpdeskError>;
    /** The active user with this address and password; null for anybody else, and as slowly. */
    readonly check: (email: string, password: string) => Effect.Effect<User | null, HelpdeskError>;
  }
>()("@deskwright/core/Passwords") {
  static readonly layer = Layer.effect(
    Passwords,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const checkNew = inputOf(Schema.Struct({ password: NewPassword }));
      const checkLogin = inputOf(Schema.Struct({ email: Schema.String, password: Schema.String }));

      const recordOf = Effect.fnUntraced(function* (tenant: string, userId: number) {
        const [found] = yield* storage.find(tenant, [{ kind: "record", collection, key: String(userId) }]);
        return found?.kind === "record" ? found.row : null;
      });

      const set = Effect.fnUntraced(function* (userId: number, given: string) {
        const { password } = yield* checkNew({ password: given });
        const { tenant } = yield* permissions.demand("user.write", { user: { id: userId, role: "admin" } });
        yield* rows.user(tenant, userId);
        const salt = randomBytes(16);
        const hash = yield* hashOf(password, salt);
        const data = { salt: salt.toString("base64"), hash: hash.toString("base64") };
        yield* writer.again(
          Effect.gen(function* () {
            const before = yield* recordOf(tenant, userId);
            const { record: [id = 0] = [] } = before
              ? { record: [before.id] }
              : yield* storage.reserve(tenant, { record: 1 });
            const row: RecordRow = { collection, key: String(userId), id, version: before?.version ?? 0, data };
            const at = yield* writer.now;
            yield* storage.commit({ ...emptyCommit(tenant, at), put: [{ kind: "record", row }] });
          }),
        );
      });

      const check = Effect.fnUntraced(function* (givenEmail: string, givenPassword: string) {
        const { email, password } = yield* checkLogin({ email: givenEmail, password: givenPassword });
        const { tenant } = yield* permissions.demand("user.list");
        const [found] = yield* storage.find(tenant, [{ kind: "user", email: foldEmail(email) }]);
        const user = found?.kind === "user" ? found.row : null;
        const record = user === null ? null : yield* recordOf(tenant, user.id);
        const { salt, hash } = (record?.data ?? nobody) as { salt: string; hash: string };
        const actual = yield* hashOf(password.slice(0, 1000), Buffer.from(salt, "base64"));
        const isRight = timingSafeEqual(actual, Buffer.from(hash, "base64"));
        return isRight && user?.active && record !== null ? user : null;
      });

      return Passwords.of({ set, check });
    }),
  );
}

/** Compared with where there is no such user, so that the time taken does not tell. */
const nobody = { salt: Buffer.alloc(16).toString("base64"), hash: Buffer.alloc(32).toString("base64") };

const hashOf = (password: string, salt: Buffer) =>
  Effect.callback<Buffer>((resume) => {
    scrypt(password.normalize("NFC"), salt, 32, cost, (error, key) =>
      resume(error ? Effect.die(error) : Effect.succeed(key)),
    );
  });
