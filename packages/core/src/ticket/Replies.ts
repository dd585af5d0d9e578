import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "../Actor.ts";
import { Attachments } from "../Attachments.ts";
import { Catalog } from "../Catalog.ts";
import type { Commit, Once, Row } from "../Commit.ts";
import type { Arrival } from "../channel/Thread.ts";
import { type Conflict, type InvalidInput, InvalidTransition, NotAllowed, type StorageError } from "../Errors.ts";
import type { EventBody } from "../Event.ts";
import type { File } from "../file/File.ts";
import { React } from "../React.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { Writer } from "../Writer.ts";
import { followUpOf } from "./followUp.ts";
import type { Message } from "./Message.ts";
import { newMessage, Openings } from "./Openings.ts";
import { mayReply, movesFrom } from "./status.ts";
import type { TicketRow } from "./Ticket.ts";
import type { NewMessage } from "./TicketInput.ts";

/** A message about to be said on a ticket; who may do so was asked before. */
export interface Reply {
  /** Where one was taken for it already. */
  readonly id?: number;
  readonly note: boolean;
  readonly message: NewMessage;
  /** Whose uploads it may carry. */
  readonly uploaders: ReadonlyArray<number | null>;
  /** Rows to be put with it, knowing the ticket it came to. */
  readonly put: (ticketId: number) => ReadonlyArray<Row>;
  readonly once: (messageId: number) => ReadonlyArray<Once>;
  readonly arrival?: Arrival;
  /** The job that it finishes, knowing what it came to. */
  readonly done?: (ticketId: number, messageId: number) => Commit["done"];
  /** All that was written, where the text is only a part of it. */
  readonly fullText?: string | null;
  /** Files of the message that were uploaded for it a moment ago. */
  readonly uploaded?: ReadonlyArray<File>;
  /** What a ticket of its own would be about, where it has to open one. */
  readonly subject?: string;
  /** What happened besides. */
  readonly events?: ReadonlyArray<EventBody>;
  /** Work that follows from it. */
  readonly jobs?: Commit["add"]["jobs"];
  /** True for a machine's message: it joins the ticket and changes nothing about it. */
  readonly isQuiet?: boolean;
}

type Failure = Conflict | InvalidInput | InvalidTransition | NotAllowed | StorageError;

/** Says things on tickets: the one way, whoever says them and however they came. */
export class Replies extends Context.Service<
  Replies,
  {
    /** A customer's message on a solved or closed ticket reopens it or opens a new one, as the policy says. */
    readonly add: (actor: Actor, ticket: TicketRow, reply: Reply) => Effect.Effect<Message, Failure>;
  }
>()("@deskwright/core/Replies") {
  static readonly layer = Layer.effect(
    Replies,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const react = yield* React;
      const writer = yield* Writer;
      const catalog = yield* Catalog;
      const attachments = yield* Attachments;
      const openings = yield* Openings;
      const { statuses } = yield* Settings;

      /** A customer's message where the policy wants a ticket of its own for it. */
      const openAnew = (actor: Actor, old: TicketRow, reply: Reply) =>
        Effect.map(
          openings.open(actor, {
            subject: reply.subject ?? old.subject,
            // Somebody in copy who goes on asks for themselves.
            requester: actor.user ?? old.requester,
            fields: { priority: old.priority, category: old.category, queue: old.queue, followsUp: old.id },
            ...reply,
            once: (_, messageId) => reply.once(messageId),
          }),
          (opened) => opened.message,
        );

      const demandReply = Effect.fnUntraced(function* (actor: Actor, ticket: TicketRow) {
        const may = mayReply(statuses, ticket, actor);
        if (may === "only the assignee")
          return yield* new NotAllowed({ action: "message.reply", reason: "only the ticket's assignee may answer" });
        if (may === "nobody")
          return yield* new InvalidTransition({
            ticketId: ticket.id,
            from: ticket.status,
            to: "an answer",
            allowed: movesFrom(statuses, ticket.status),
            missing: [],
          });
      });

      const add = Effect.fnUntraced(function* (actor: Actor, meant: TicketRow, reply: Reply) {
        const going = reply.note ? meant : yield* rows.goingOn(actor.tenant, meant);
        // Who asked for one of two merged tickets may not see the other: then theirs is a new one.
        const isTheirs = going !== null && (going.requester === meant.requester || actor.role !== "customer");
        const before = isTheirs ? going : meant;
        const { note, message: given, uploaders, put, once } = reply;
        const at = yield* writer.now;
        let after = before;
        if (!note && actor.role === "customer" && !reply.isQuiet) {
          const { followUp } = yield* catalog.policiesOf(actor.tenant, before.queue);
          const way = followUpOf(statuses, followUp, before, at);
          if (way === "new-ticket" || before.mergedInto !== null) return yield* openAnew(actor, before, reply);
          if (way === "reopen") after = { ...before, status: statuses.reopened };
        } else if (!note && !reply.isQuiet) yield* demandReply(actor, before);
        const id = reply.id ?? (yield* storage.reserve(actor.tenant, { message: 1 })).message?.[0] ?? 0;
        const files = yield* attachments.attach(
          actor.tenant,
          uploaders,
          given.files ?? [],
          { id, ticketId: before.id },
          reply.uploaded,
        );
        const written = newMessage(actor, at, id, before.id, note, given, files.attachments);
        const message = { ...written, fullText: reply.fullText ?? null };
        yield* react.commit({
          actor,
          at,
          before,
          after,
          message,
          put: [...files.rows, ...put(before.id)],
          once: once(id),
          events: reply.events ?? [],
          jobs: reply.jobs ?? [],
          arrival: reply.arrival ?? null,
          done: reply.done?.(before.id, id) ?? [],
          isQuiet: reply.isQuiet ?? false,
        });
        return message;
      });

      return Replies.of({ add });
    }),
  );
}
