import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { Actor } from "../Actor.ts";
import { Catalog } from "../Catalog.ts";
import type { Row } from "../Commit.ts";
import type { HelpdeskError } from "../Errors.ts";
import { inputOf } from "../Input.ts";
import { People } from "../People.ts";
import { Permissions } from "../Permissions.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { textOf } from "../Text.ts";
import { followUpOf } from "../ticket/followUp.ts";
import type { Message } from "../ticket/Message.ts";
import { Openings } from "../ticket/Openings.ts";
import { Replies } from "../ticket/Replies.ts";
import { messageFields } from "../ticket/TicketInput.ts";
import { UserRef } from "../user/User.ts";
import { Writer } from "../Writer.ts";
import { subjectFrom } from "./subject.ts";

/** Something a customer said in a chat. */
export const ChatMessage = Schema.Struct({
  ...messageFields,
  /** The way it came by, such as `chat`. */
  channel: textOf(50),
  /** Where on that channel the customer writes from and is answered, such as a chat id. */
  address: textOf(400),
  /** Who writes; by default a user of their own for this address. */
  from: Schema.optionalKey(UserRef),
  /** For a new ticket; by default the beginning of the text. */
  subject: Schema.optionalKey(textOf(1000)),
  /** For a new ticket; the key of a queue. */
  queue: Schema.optionalKey(Schema.String),
}).annotate({ identifier: "ChatMessage" });
export interface ChatMessage extends Schema.Schema.Type<typeof ChatMessage> {}

/** Takes in what customers send, and finds the ticket it belongs to. */
export class Inbox extends Context.Service<
  Inbox,
  {
    /**
     * Takes a chat message: it joins the open ticket of its conversation or opens one. Racing first messages of one
     * conversation make one ticket. It may carry files that its sender uploaded, or who calls.
     */
    readonly receive: (message: ChatMessage) => Effect.Effect<Message, HelpdeskError>;
  }
>()("@deskwright/core/Inbox") {
  static readonly layer = Layer.effect(
    Inbox,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const people = yield* People;
      const catalog = yield* Catalog;
      const rows = yield* Rows;
      const openings = yield* Openings;
      const replies = yield* Replies;
      const permissions = yield* Permissions;
      const { statuses } = yield* Settings;
      const check = inputOf(ChatMessage);

      /** The ticket that the conversation is about, and what a message of this user does to it. */
      const current = Effect.fnUntraced(function* (tenant: string, user: number, ticketId: number | null) {
        if (ticketId === null) return null;
        const ticket = yield* Effect.catchTag(rows.ticket(tenant, ticketId), "NotFound", () => Effect.succeed(null));
        // Somebody else may write from the same address by now: nobody's message goes on another's ticket.
        if (ticket === null || ticket.requester !== user) return null;
        const { followUp, withoutThread } = yield* catalog.policiesOf(tenant, ticket.queue);
        if (withoutThread === "always-new") return null;
        return { ticket, way: followUpOf(statuses, followUp, ticket, yield* writer.now) };
      });

      const receive = Effect.fnUntraced(function* (input: ChatMessage) {
        const { once, address, from, subject, queue, ...message } = yield* check(input);
        const { channel } = message;
        const caller = yield* permissions.demand("ticket.open");
        const { tenant } = caller;
        const request = once === undefined ? null : { key: JSON.stringify(["chat", channel, address, once]), input };
        return yield* writer.again(
          Effect.gen(function* () {
            const earlier = request && (yield* writer.earlier(tenant, request));
            if (earlier !== null) return yield* rows.message(tenant, (earlier as { messageId: number }).messageId);
            const [found] = yield* storage.find(tenant, [{ kind: "conversation", channel, address }]);
            const known = found?.kind === "conversation" ? found.row : null;
            const user =
              from === undefined && known !== null
                ? known.user
                : yield* people.idOf(tenant, from ?? { externalId: `${channel}:${address}` }, "customer", "from");
            const actor: Actor = { tenant, role: "customer", user };
            const said = {
              message,
              uploaders: [user, caller.user],
              once: (messageId: number) => (request ? [writer.mark(request, { messageId })] : []),
              /** From now on the conversation is about this ticket. */
              put: (ticketId: number): ReadonlyArray<Row> =>
                ticketId === known?.ticketId && user === known.user
                  ? []
                  : [{ kind: "conversation", row: { channel, address, user, ticketId, version: known?.version ?? 0 } }],
            };
            const now = yield* current(tenant, user, known?.ticketId ?? null);
            if (now !== null && now.way !== "new-ticket")
              return yield* replies.add(actor, now.ticket, { ...said, note: false });
            if (queue !== undefined) yield* catalog.demandKey(tenant, "queue", queue);
            const opened = yield* openings.open(actor, {
              ...said,
              once: (_, messageId) => said.once(messageId),
              subject: subject ?? subjectFrom(message.text),
              requester: user,
              fields: { queue: queue ?? null, followsUp: now?.ticket.id ?? null },
            });
            return opened.message;
          }),
        );
      });

      return Inbox.of({ receive });
    }),
  );
}
