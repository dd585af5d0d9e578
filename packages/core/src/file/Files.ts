import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { Attachments } from "../Attachments.ts";
import { type HelpdeskError, NotAllowed, NotFound, StorageError } from "../Errors.ts";
import { inputOf, invalidField } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { textOf } from "../Text.ts";
import { ticketOf } from "../ticket/change.ts";
import { emptyCommit, newToken, Writer } from "../Writer.ts";
import type { File } from "./File.ts";
import { FileStore } from "./FileStore.ts";

const NewFile = Schema.Struct({
  name: textOf(1000),
  contentType: Schema.optionalKey(
    Schema.String.check(
      Schema.isMaxLength(255),
      Schema.isPattern(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[ -~]*)?$/, { message: "Expected a media type" }),
    ),
  ),
});

const place = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));
const Range = Schema.Struct({ start: Schema.optionalKey(place), end: Schema.optionalKey(place) });

/** A file to be stored. */
export interface NewFile extends Schema.Schema.Type<typeof NewFile> {
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A stored file with its bytes. */
export interface OpenFile {
  readonly file: File;
  readonly content: AsyncIterable<Uint8Array>;
}

/** How long a file that no message names is kept. */
const unattachedMs = 86_400_000;

/** What messages carry. */
export class Files extends Context.Service<
  Files,
  {
    /** Stores a file; until a message names it in `files` only the same actor can read it. */
    readonly add: (file: NewFile) => Effect.Effect<File, HelpdeskError>;
    readonly get: (id: number) => Effect.Effect<File, HelpdeskError>;
    /** The bytes from `start` up to, not including, `end`; all of them by default, and none beyond the last. */
    readonly open: (
      id: number,
      range?: { readonly start?: number; readonly end?: number },
    ) => Effect.Effect<OpenFile, HelpdeskError>;
    /** Takes back a file that no message carries yet. */
    readonly remove: (id: number) => Effect.Effect<void, HelpdeskError>;
    /**
     * Removes up to 500 files that no message named within a day, of every tenant; answers how many there were. For
     * `system` alone.
     */
    readonly sweep: () => Effect.Effect<number, HelpdeskError>;
  }
>()("@deskwright/core/Files") {
  static readonly layer = Layer.effect(
    Files,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const store = yield* FileStore;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const attachments = yield* Attachments;
      const rows = yield* Rows;
      const check = inputOf(NewFile);
      const checkRange = inputOf(Range);

      const add = Effect.fnUntraced(function* (given: NewFile) {
        const { content, ...input } = given ?? {};
        const { name, contentType } = yield* check(input);
        if (!isContent(content))
          return yield* invalidField(["content"], "Expected bytes, or an async iterable of bytes");
        const actor = yield* permissions.demand("file.add");
        const at = yield* writer.now;
        const storageKey = `${at.toISOString().slice(0, 10)}/${yield* newToken}`;
        const file = yield* attachments.keep(actor.tenant, actor.user, storageKey, {
          name,
          content,
          ...(contentType === undefined ? {} : { contentType }),
        });
        yield* writer.again(storage.commit({ ...emptyCommit(actor.tenant, at), put: [{ kind: "file", row: file }] }));
        return { ...file, version: 1 };
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const actor = yield* permissions.actor;
        const file = yield* rows.file(actor.tenant, id);
        const hidden = NotFound.of("file", id);
        if (file.messageId === null || file.ticketId === null) {
          const isTheirs = actor.role === "system" || (file.uploadedBy === actor.user && actor.user !== null);
          return isTheirs ? file : yield* hidden;
        }
        const { ticketId, messageId } = file;
        const carriers = Effect.all([rows.ticket(actor.tenant, ticketId), rows.message(actor.tenant, messageId)]);
        return yield* carriers.pipe(
          Effect.tap(([ticket, message]) => permissions.demand("ticket.read", { ticket: ticketOf(ticket), message })),
          Effect.as(file),
          Effect.catchTag("NotFound", () => Effect.fail(hidden)),
        );
      });

      const open = Effect.fnUntraced(function* (
        id: number,
        range: { readonly start?: number; readonly end?: number } = {},
      ) {
        const { start = 0, end } = yield* checkRange(range);
        const file = yield* get(id);
        const content = yield* store.read(file.storageKey, { start, end: Math.min(end ?? file.size, file.size) });
        if (content === null)
          return yield* new StorageError({
            reason: `the bytes of file ${id} are not in the file store`,
            retryable: false,
          });
        return { file, content };
      });

      const forget = Effect.fnUntraced(function* (tenant: string, { id, storageKey }: File) {
        const drop = { ...emptyCommit(tenant, yield* writer.now), drop: [{ kind: "file", id } as const] };
        yield* Effect.catchTag(storage.commit(drop), "Conflict", () => Effect.void);
        // The row first, and a second look: a message may have named the file meanwhile, which then stays.
        const [still] = yield* storage.find(tenant, [{ kind: "file", id }]);
        if (still === null) yield* store.remove(storageKey);
      });

      const remove = Effect.fnUntraced(function* (id: number) {
        const file = yield* get(id);
        const { tenant } = yield* permissions.actor;
        if (file.messageId !== null)
          return yield* new NotAllowed({ action: "file.remove", reason: "a message carries the file" });
        yield* forget(tenant, file);
      });

      const sweep = Effect.fnUntraced(function* () {
        const { role } = yield* permissions.demand("job.write");
        if (role !== "system") return yield* new NotAllowed({ action: "files.sweep", reason: "it is of every tenant" });
        const at = yield* writer.now;
        const query = { unattachedBefore: new Date(at.getTime() - unattachedMs), limit: 500 };
        const found = yield* storage.files(query);
        for (const { tenant, file } of found) yield* forget(tenant, file);
        return found.length;
      });

      return Files.of({ add, get, open, remove, sweep });
    }),
  );
}

const isContent = (content: unknown): content is NewFile["content"] =>
  content instanceof Uint8Array || (typeof content === "object" && content !== null && Symbol.asyncIterator in content);
