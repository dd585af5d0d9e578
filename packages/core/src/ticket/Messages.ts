import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Role } from "../Actor.ts";
import { Attachments } from "../Attachments.ts";
import type { Row } from "../Commit.ts";
import { deliveryKey, deliveryOf, recordKey } from "../channel/ledger.ts";
import { Conflict, type HelpdeskError, NotFound } from "../Errors.ts";
import type { EventBody } from "../Event.ts";
import { inputOf } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import { React } from "../React.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { Writer } from "../Writer.ts";
import { ticketOf } from "./change.ts";
import type { Message } from "./Message.ts";
import { Replies } from "./Replies.ts";
import { MessageEdit, MessageListQuery, NewMessage } from "./TicketInput.ts";

/** What is said on tickets. */
export class Messages extends Context.Service<
  Messages,
  {
    /**
     * Says something in public. A customer's message is always taken: on a solved or closed ticket it reopens that
     * ticket or opens a new one, as the policy says; the answer's `ticketId` tells which.
     */
    readonly reply: (ticketId: number, message: NewMessage) => Effect.Effect<Message, HelpdeskError>;
    /** Writes an internal note, which customers never see. */
    readonly note: (ticketId: number, note: NewMessage) => Effect.Effect<Message, HelpdeskError>;
    readonly get: (id: number) => Effect.Effect<Message, HelpdeskError>;
    /** The messages of a ticket, oldest first; customers are not shown notes. */
    readonly list: (ticketId: number, query?: MessageListQuery) => Effect.Effect<ReadonlyArray<Message>, HelpdeskError>;
    /** Puts a message in other words. */
    readonly edit: (
      id: number,
      edit: MessageEdit,
      options?: { readonly ifVersion?: number },
    ) => Effect.Effect<Message, HelpdeskError>;
    /** Takes back what a message says and carries; a tombstone stays. */
    readonly remove: (id: number) => Effect.Effect<void, HelpdeskError>;
  }
>()("@deskwright/core/Messages") {
  static readonly layer = Layer.effect(
    Messages,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const react = yield* React;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const attachments = yield* Attachments;
      const replies = yield* Replies;
      const { channels } = yield* Settings;
      const check = inputOf(NewMessage);
      const checkEdit = inputOf(MessageEdit);
      const checkQuery = inputOf(MessageListQuery);

      const add = Effect.fnUntraced(function* (ticketId: number, input: NewMessage, note: boolean) {
        const { once: key, ...given } = yield* check(input);
        const { tenant } = yield* permissions.actor;
        const attempt = Effect.gen(function* () {
          // Both are asked for at once: an id that is not used is no loss.
          const [row, { message: [id = 0] = [] }] = yield* Effect.all(
            [rows.ticket(tenant, ticketId), storage.reserve(tenant, { message: 1 })],
            { concurrency: 2 },
          );
          const actor = yield* permissions.demand(note ? "message.note" : "message.reply", { ticket: ticketOf(row) });
          const once =
            key === undefined
              ? null
              : { key: `say:${actor.role}:${actor.user}:${ticketId}:${key}`, input: [input, note] };
          const earlier = once && (yield* writer.earlier(tenant, once));
          if (earlier !== null) return yield* rows.message(tenant, (earlier as { messageId: number }).messageId);
          return yield* replies.add(actor, row, {
            id,
            note,
            message: given,
            uploaders: [actor.user],
            put: () => [],
            once: (messageId) => (once ? [writer.mark(once, { messageId })] : []),
          });
        });
        return yield* writer.inTurn(tenant, ticketId)(writer.again(attempt));
      });

      const reply = (ticketId: number, message: NewMessage) => add(ticketId, message, false);
      const note = (ticketId: number, message: NewMessage) => add(ticketId, message, true);

      /** Agents see how what went out fared. */
      const withDeliveries = Effect.fnUntraced(function* (
        tenant: string,
        role: Role,
        messages: ReadonlyArray<Message>,
      ) {
        const out = messages.filter((message) => !message.note && message.role !== "customer");
        if (channels.length === 0 || role === "customer" || out.length === 0) return messages;
        const rows = yield* storage.find(
          tenant,
          out.map(({ id }) => recordKey(deliveryKey(id))),
        );
        const deliveries = new Map(rows.map((one, index) => [out[index]?.id, one?.kind === "record" ? one.row : null]));
        return messages.map((message): Message => {
          const row = deliveries.get(message.id) ?? null;
          if (row === null) return message;
          const { state, error, refused } = deliveryOf(row);
          return { ...message, delivery: { state, error, refused } };
        });
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.actor;
        const message = yield* rows.message(tenant, id);
        const ticket = yield* Effect.catchTag(rows.ticket(tenant, message.ticketId), "NotFound", () =>
          Effect.fail(NotFound.of("message", id)),
        );
        const { role } = yield* permissions.demand("ticket.read", { ticket: ticketOf(ticket), message });
        const [shown = message] = yield* withDeliveries(tenant, role, [message]);
        return shown;
      });

      const list = Effect.fnUntraced(function* (ticketId: number, query: MessageListQuery = {}) {
        const { after = 0, limit = 100, notes = true } = yield* checkQuery(query);
        const { tenant, role } = yield* permissions.actor;
        const [row, found] = yield* Effect.all(
          [
            rows.ticket(tenant, ticketId),
            storage.messages(tenant, { ticketId, notes: notes && role !== "customer", after, limit }),
          ],
          { concurrency: 2 },
        );
        const ticket = ticketOf(row);
        yield* permissions.demand("ticket.read", { ticket });
        const readable = yield* permissions.readable(found, (message) => ({ ticket, message }));
        return yield* withDeliveries(tenant, role, readable);
      });

      /** Changes a message that is there, in the turn of its ticket. */
      const change = Effect.fnUntraced(function* (
        id: number,
        action: "message.edit" | "message.remove",
        ifVersion: number | undefined,
        decide: (
          message: Message,
          at: Date,
        ) => Effect.Effect<{ after: Message; put: ReadonlyArray<Row> }, HelpdeskError>,
      ) {
        const { ticketId } = yield* get(id);
        const { tenant } = yield* permissions.actor;
        const attempt = Effect.gen(function* () {
          const [row, message] = yield* Effect.all([rows.ticket(tenant, ticketId), rows.message(tenant, id)]);
          const actor = yield* permissions.demand(action, { ticket: ticketOf(row), message });
          if (message.deletedAt !== null) return yield* NotFound.of("message", id);
          if (ifVersion !== undefined && ifVersion !== message.version) return null;
          const at = yield* writer.now;
          const { after, put } = yield* decide(message, at);
          const type = action === "message.edit" ? "MessageEdited" : "MessageDeleted";
          const event: EventBody = { type, ticketId, requester: row.requester, messageId: id, note: message.note };
          yield* react.commit({
            actor,
            at,
            before: row,
            after: row,
            message: null,
            put: [{ kind: "message", row: after }, ...put],
            once: [],
            events: [event],
          });
          return { ...after, version: after.version + 1 };
        });
        // A lost race may have been about the ticket, which `ifVersion` says nothing of.
        const changed = yield* writer.inTurn(tenant, ticketId)(writer.again(attempt));
        return changed ?? (yield* new Conflict({ kind: "message", id }));
      });

      const edit = Effect.fnUntraced(function* (
        id: number,
        input: MessageEdit,
        options?: { readonly ifVersion?: number },
      ) {
        const { text, html = null } = yield* checkEdit(input);
        return yield* change(id, "message.edit", options?.ifVersion, (message, at) =>
          Effect.succeed({ after: { ...message, text, html, editedAt: at }, put: [] }),
        );
      });

      const remove = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.actor;
        yield* change(id, "message.remove", undefined, (message, at) =>
          Effect.map(attachments.detach(tenant, message.attachments), (put) => ({
            after: { ...message, text: "", html: null, attachments: [], deletedAt: at },
            put,
          })),
        );
      });

      return Messages.of({ reply, note, get, list, edit, remove });
    }),
  );
}
