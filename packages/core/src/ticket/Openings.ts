import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "../Actor.ts";
import { Attachments } from "../Attachments.ts";
import type { Commit, Once, Row } from "../Commit.ts";
import type { Arrival } from "../channel/Thread.ts";
import type { Conflict, InvalidInput, StorageError } from "../Errors.ts";
import type { File } from "../file/File.ts";
import { React } from "../React.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { Writer } from "../Writer.ts";
import type { Message } from "./Message.ts";
import type { TicketRow } from "./Ticket.ts";
import type { NewMessage } from "./TicketInput.ts";

/** A ticket about to be opened; who may do so and whether its keys exist was asked before. */
export interface Opening extends Pick<TicketRow, "subject" | "requester"> {
  readonly fields: Partial<
    Pick<TicketRow, "priority" | "category" | "queue" | "assignee" | "tags" | "custom" | "followsUp">
  >;
  readonly message: NewMessage;
  /** Whose uploads the message may carry. */
  readonly uploaders: ReadonlyArray<number | null>;
  /** Rows to be put with it, knowing its id. */
  readonly put: (ticketId: number) => ReadonlyArray<Row>;
  readonly once: (ticketId: number, messageId: number) => ReadonlyArray<Once>;
  readonly arrival?: Arrival;
  /** The job that it finishes, knowing what it came to. */
  readonly done?: (ticketId: number, messageId: number) => Commit["done"];
  /** All that was written, where the text is only a part of it. */
  readonly fullText?: string | null;
  /** Files of the message that were uploaded for it a moment ago. */
  readonly uploaded?: ReadonlyArray<File>;
}

/** Opens tickets: the one way, whoever asks and however the request came. */
export class Openings extends Context.Service<
  Openings,
  {
    readonly open: (
      actor: Actor,
      opening: Opening,
    ) => Effect.Effect<
      { readonly ticket: TicketRow; readonly message: Message },
      Conflict | InvalidInput | StorageError
    >;
  }
>()("@deskwright/core/Openings") {
  static readonly layer = Layer.effect(
    Openings,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const react = yield* React;
      const writer = yield* Writer;
      const attachments = yield* Attachments;
      const settings = yield* Settings;

      const open = Effect.fnUntraced(function* (actor: Actor, opening: Opening) {
        const at = yield* writer.now;
        const ids = yield* storage.reserve(actor.tenant, { ticket: 1, message: 1 });
        const [id = 0, messageId = 0] = [ids.ticket?.[0], ids.message?.[0]];
        const { message: given, uploaders } = opening;
        const carrier = { id: messageId, ticketId: id };
        const files = yield* attachments.attach(actor.tenant, uploaders, given.files ?? [], carrier, opening.uploaded);
        const written = newMessage(actor, at, messageId, id, false, given, files.attachments);
        const message = { ...written, fullText: opening.fullText ?? null };
        const after: TicketRow = {
          id,
          version: 0,
          subject: opening.subject,
          status: settings.statuses.initial,
          priority: settings.defaultPriority,
          category: null,
          tags: [],
          queue: null,
          requester: opening.requester,
          assignee: null,
          channel: message.channel,
          custom: {},
          followsUp: null,
          mergedInto: null,
          ...opening.fields,
          createdAt: at,
          updatedAt: at,
          firstReplyAt: null,
          resolvedAt: null,
          closedAt: null,
          sent: { customer: 0, agents: 0 },
          read: { customer: 0, agents: 0 },
          deletedAt: null,
        };
        const ticket = yield* react.commit({
          actor,
          at,
          before: null,
          after,
          message,
          put: [...files.rows, ...opening.put(id)],
          once: opening.once(id, messageId),
          events: [],
          arrival: opening.arrival ?? null,
          done: opening.done?.(id, messageId) ?? [],
        });
        return { ticket, message };
      });

      return Openings.of({ open });
    }),
  );
}

export const newMessage = (
  actor: Actor,
  at: Date,
  id: number,
  ticketId: number,
  note: boolean,
  given: NewMessage,
  attachments: Message["attachments"],
): Message => ({
  id,
  ticketId,
  version: 1,
  note,
  author: actor.user,
  role: actor.role,
  text: given.text,
  html: given.html ?? null,
  fullText: null,
  attachments,
  channel: given.channel ?? "web",
  createdAt: at,
  editedAt: null,
  deletedAt: null,
});
