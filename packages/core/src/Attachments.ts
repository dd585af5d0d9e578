import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Row } from "./Commit.ts";
import type { InvalidInput, StorageError } from "./Errors.ts";
import type { Attachment, File } from "./file/File.ts";
import { FileStore } from "./file/FileStore.ts";
import { safeName } from "./file/name.ts";
import { invalidField } from "./Input.ts";
import { Storage } from "./Storage.ts";
import { Writer } from "./Writer.ts";

/** Hangs uploaded files on the message that is about to carry them. */
export class Attachments extends Context.Service<
  Attachments,
  {
    /**
     * What the message shows, and the file rows that change with it: of these uploaders' files, each once. `known`:
     * those that need not be looked up.
     */
    readonly attach: (
      tenant: string,
      uploaders: ReadonlyArray<number | null>,
      files: ReadonlyArray<number>,
      message: { readonly id: number; readonly ticketId: number },
      known?: ReadonlyArray<File>,
    ) => Effect.Effect<
      { readonly attachments: ReadonlyArray<Attachment>; readonly rows: ReadonlyArray<Row> },
      InvalidInput | StorageError
    >;
    /**
     * Stores the bytes of a file, whose row is to be put by a commit. The bytes are there before the row that names them:
     * a crash in between leaves bytes, never a hollow row. Under the same key the same is stored again.
     */
    readonly keep: (
      tenant: string,
      uploadedBy: number | null,
      storageKey: string,
      file: {
        readonly name: string;
        readonly contentType?: string;
        readonly content: Uint8Array | AsyncIterable<Uint8Array>;
      },
    ) => Effect.Effect<File, StorageError>;
    /** Takes back what was kept, and is not carried after all. */
    readonly discard: (files: ReadonlyArray<File>) => Effect.Effect<void, StorageError>;
    /** The rows that let go of a message's files, which are swept a day later. */
    readonly detach: (
      tenant: string,
      attachments: ReadonlyArray<Attachment>,
    ) => Effect.Effect<ReadonlyArray<Row>, StorageError>;
  }
>()("@deskwright/core/Attachments") {
  static readonly layer = Layer.effect(
    Attachments,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const store = yield* FileStore;
      const writer = yield* Writer;

      const filesOf = (tenant: string, ids: ReadonlyArray<number>) =>
        ids.length === 0
          ? Effect.succeed([])
          : Effect.map(
              storage.find(
                tenant,
                ids.map((id) => ({ kind: "file", id }) as const),
              ),
              (found) => found.map((one) => (one?.kind === "file" ? one.row : null)),
            );

      const attach = Effect.fnUntraced(function* (
        tenant: string,
        uploaders: ReadonlyArray<number | null>,
        ids: ReadonlyArray<number>,
        message: { readonly id: number; readonly ticketId: number },
        known: ReadonlyArray<File> = [],
      ) {
        const files: Array<File> = [];
        const unknown = ids.filter((id) => !known.some((file) => file.id === id));
        const all = [...known, ...(yield* filesOf(tenant, unknown))];
        for (const [index, id] of ids.entries()) {
          const file = all.find((one) => one?.id === id);
          const isTheirs = file?.messageId === null && uploaders.includes(file.uploadedBy);
          if (!isTheirs || ids.indexOf(file.id) !== index)
            return yield* invalidField(["files", index], "There is no such file of yours to attach");
          files.push(file);
        }
        return {
          attachments: files.map(({ id, name, contentType, size }) => ({ id, name, contentType, size })),
          rows: files.map(
            (file): Row => ({ kind: "file", row: { ...file, messageId: message.id, ticketId: message.ticketId } }),
          ),
        };
      });

      const keep: Attachments["Service"]["keep"] = Effect.fnUntraced(function* (
        tenant,
        uploadedBy,
        storageKey,
        { name, contentType = "application/octet-stream", content },
      ) {
        const bytes = content instanceof Uint8Array ? once(content) : content;
        const { size, sha256 } = yield* store.write(storageKey, bytes);
        const { file: [id = 0] = [] } = yield* storage.reserve(tenant, { file: 1 });
        return {
          id,
          version: 0,
          name: safeName(name),
          contentType,
          size,
          sha256,
          storageKey,
          uploadedBy,
          messageId: null,
          ticketId: null,
          createdAt: yield* writer.now,
        };
      });

      const discard = (files: ReadonlyArray<File>) =>
        Effect.forEach(files, ({ storageKey }) => store.remove(storageKey), { discard: true });

      const detach = (tenant: string, attachments: ReadonlyArray<Attachment>) =>
        Effect.map(
          filesOf(
            tenant,
            attachments.map(({ id }) => id),
          ),
          (files) =>
            files.flatMap(
              (file): ReadonlyArray<Row> =>
                file === null ? [] : [{ kind: "file", row: { ...file, messageId: null, ticketId: null } }],
            ),
        );

      return Attachments.of({ attach, keep, discard, detach });
    }),
  );
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
