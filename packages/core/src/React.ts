import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "./Actor.ts";
import type { Commit, Once, Row, Touch } from "./Commit.ts";
import { Outbox } from "./channel/Outbox.ts";
import type { Arrival } from "./channel/Thread.ts";
import type { Conflict, InvalidInput, StorageError } from "./Errors.ts";
import type { EventBody } from "./Event.ts";
import { Settings } from "./Settings.ts";
import { Storage } from "./Storage.ts";
import { countsOf, eventsOfChange, eventsOfMessage, isChanged, sideOf } from "./ticket/change.ts";
import type { Message } from "./ticket/Message.ts";
import { statusAfterMessage, withStatusTimes } from "./ticket/status.ts";
import type { TicketRow } from "./ticket/Ticket.ts";
import { touched } from "./ticket/touch.ts";
import { emptyCommit, eventsBy } from "./Writer.ts";

/** A change of one ticket on its way to the store. */
export interface Draft {
  readonly actor: Actor;
  readonly at: Date;
  /** The ticket as it was read; null for a new one. */
  readonly before: TicketRow | null;
  readonly after: TicketRow;
  /** A new message on it. */
  readonly message: Message | null;
  /** Rows that change with it: files that the message carries, the conversation it came by. */
  readonly put: ReadonlyArray<Row>;
  readonly once: ReadonlyArray<Once>;
  /** What happened besides what the ticket and the new message tell themselves. */
  readonly events: ReadonlyArray<EventBody>;
  /** Work that follows from it, besides what goes out. */
  readonly jobs?: Commit["add"]["jobs"];
  /** How the message came in; null where not by a channel that reads. */
  readonly arrival?: Arrival | null;
  /** The job that this finishes. */
  readonly done?: Commit["done"];
  /** True for a machine's message: the status stays as it is. */
  readonly isQuiet?: boolean;
}

/**
 * Takes a draft and adds all that follows from it, then commits. Whatever writes a ticket ends here, so a rule of
 * the helpdesk holds on every path.
 */
export class React extends Context.Service<
  React,
  {
    /** Answers the ticket as it is stored. */
    readonly commit: (draft: Draft) => Effect.Effect<TicketRow, Conflict | InvalidInput | StorageError>;
    /** Raises what a side has read; the ticket itself is as it was. */
    readonly markRead: (
      actor: Actor,
      at: Date,
      ticket: TicketRow,
      read: Touch["read"],
    ) => Effect.Effect<void, Conflict | StorageError>;
  }
>()("@deskwright/core/React") {
  static readonly layer = Layer.effect(
    React,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const outbox = yield* Outbox;
      const { statuses } = yield* Settings;

      const commit = Effect.fnUntraced(function* ({ actor, at, before, message, once, ...draft }: Draft) {
        let after = draft.after;
        if (before !== null) {
          if (message !== null && !message.note && !draft.isQuiet && after.status === before.status) {
            const status = statusAfterMessage(statuses, after, message.role);
            if (status !== after.status) after = { ...after, status };
          }
          after = withStatusTimes(statuses, before, after, at);
        }
        if (message !== null && isFirstReply(after, message)) after = { ...after, firstReplyAt: at };

        const isPut = before === null || isChanged(before, after);
        const touch = touchOf(before ?? after, message, at, isPut);
        const events: ReadonlyArray<EventBody> = [
          ...(before === null ? [openedEvent(after, message)] : []),
          ...(message === null || before === null ? [] : eventsOfMessage(after, message)),
          ...(before === null ? filesOf(after, message) : eventsOfChange(before, after)),
          ...draft.events,
        ];
        const { arrival = null } = draft;
        const followed = yield* outbox.follow({ tenant: actor.tenant, at, before, after, message, arrival });
        const put = [...draft.put, ...followed.put];
        const counted = { ...touched(after, touch), version: isPut ? after.version + 1 : after.version };
        yield* storage.commit({
          ...emptyCommit(actor.tenant, at),
          put: isPut ? [{ kind: "ticket", row: before === null ? { ...counted, version: 0 } : after }, ...put] : put,
          touch: before === null ? [] : [touch],
          add: {
            messages: message === null ? [] : [message],
            events: eventsBy(actor, at, events),
            jobs: [...(draft.jobs ?? []), ...followed.jobs],
          },
          once,
          done: draft.done ?? [],
        });
        return counted;
      });

      const markRead = Effect.fnUntraced(function* (actor: Actor, at: Date, ticket: TicketRow, read: Touch["read"]) {
        const about = { ticketId: ticket.id, requester: ticket.requester, side: sideOf(actor.role) };
        yield* storage.commit({
          ...emptyCommit(actor.tenant, at),
          touch: [{ ticketId: ticket.id, version: null, updatedAt: null, sent: { customer: 0, agents: 0 }, read }],
          add: { messages: [], jobs: [], events: eventsBy(actor, at, [{ type: "TicketRead", ...about }]) },
        });
      });

      return React.of({ commit, markRead });
    }),
  );
}

const isFirstReply = (ticket: TicketRow, { note, role, author }: Message) =>
  !note && ticket.firstReplyAt === null && (role === "agent" || role === "admin") && author !== ticket.requester;

const openedEvent = (ticket: TicketRow, message: Message | null): EventBody => ({
  type: "TicketOpened",
  ticketId: ticket.id,
  requester: ticket.requester,
  messageId: message?.id ?? null,
});

const filesOf = (ticket: TicketRow, message: Message | null) =>
  message === null ? [] : eventsOfMessage(ticket, message).filter(({ type }) => type === "FileAdded");

const touchOf = (ticket: TicketRow, message: Message | null, at: Date, isPut: boolean): Touch => {
  const none = { customer: 0, agents: 0 };
  const counts = message === null ? { sent: none, read: none } : countsOf(ticket, message);
  return { ticketId: ticket.id, version: isPut ? null : ticket.version, updatedAt: at, ...counts };
};
