import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type { Actor } from "../Actor.ts";
import { Conflict, type HelpdeskError, InvalidTransition, NotAllowed } from "../Errors.ts";
import { type Event, Position } from "../Event.ts";
import { Hearing } from "../Hearing.ts";
import { inputOf, invalidField } from "../Input.ts";
import { Permissions } from "../Permissions.ts";
import { ticketFor } from "../permission.ts";
import type { TicketQuery } from "../Query.ts";
import { React } from "../React.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { Writer } from "../Writer.ts";
import { Choices } from "./Choices.ts";
import { isChanged, readAll, sideOf, ticketOf } from "./change.ts";
import { cursorFrom, cursorText } from "./cursor.ts";
import { cursorAt } from "./matches.ts";
import { Openings } from "./Openings.ts";
import { statsOf } from "./stats.ts";
import { closedFrom, hasStatus, judgeMove } from "./status.ts";
import type { Ticket, TicketRow } from "./Ticket.ts";
import { Custom, NewTicket, TicketChange, TicketListQuery, type TicketPage, type TicketStats } from "./TicketInput.ts";

const historyPage = 1000;
/** Where the host hides tickets: how many are looked at in one go, and in how many goes for one page. */
const smallestBatch = 200;
const mostBatches = 20;

interface IfVersion {
  /** Fails with `Conflict` unless the ticket still has this version. */
  readonly ifVersion?: number;
}

/** Requests and what becomes of them. */
export class Tickets extends Context.Service<
  Tickets,
  {
    /** Opens a ticket with its first message. */
    readonly open: (ticket: NewTicket) => Effect.Effect<Ticket, HelpdeskError>;
    readonly get: (id: number) => Effect.Effect<Ticket, HelpdeskError>;
    /** A page of the tickets that the actor may see. */
    readonly list: (query?: TicketListQuery) => Effect.Effect<TicketPage, HelpdeskError>;
    /** How many there are, from numbers that are kept, not counted. */
    readonly stats: () => Effect.Effect<TicketStats, HelpdeskError>;
    /** Changes a ticket in one step: all of it, or with the first refusal nothing. */
    readonly update: (id: number, change: TicketChange, options?: IfVersion) => Effect.Effect<Ticket, HelpdeskError>;
    /** Moves a ticket to another status; `InvalidTransition` where the status machine does not allow the move. */
    readonly setStatus: (id: number, status: string, options?: IfVersion) => Effect.Effect<Ticket, HelpdeskError>;
    /**
     * Lets a ticket go on in another one: it is closed for good, and what its requester sends on it goes there. What was
     * said stays where it was said. A ticket is merged once, into one that is not merged itself.
     */
    readonly merge: (id: number, into: number, options?: IfVersion) => Effect.Effect<Ticket, HelpdeskError>;
    /** Marks everything the other side sent so far as read: a customer for the customer, anyone else for the agents. */
    readonly markRead: (id: number) => Effect.Effect<Ticket, HelpdeskError>;
    /** Takes a ticket out of every list and answer; what happened to it stays in the log. */
    readonly remove: (id: number) => Effect.Effect<void, HelpdeskError>;
    /** What happened to a ticket, oldest first, at most 1,000 events after a position. */
    readonly history: (id: number, after?: number) => Effect.Effect<ReadonlyArray<Event>, HelpdeskError>;
  }
>()("@deskwright/core/Tickets") {
  static readonly layer = Layer.effect(
    Tickets,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const rows = yield* Rows;
      const react = yield* React;
      const writer = yield* Writer;
      const permissions = yield* Permissions;
      const hearing = yield* Hearing;
      const openings = yield* Openings;
      const choices = yield* Choices;
      const { statuses } = yield* Settings;
      const checkNew = inputOf(NewTicket);
      const checkChange = inputOf(TicketChange);
      const checkQuery = inputOf(TicketListQuery);
      const checkCustom = inputOf(Schema.Struct({ custom: Custom }));
      const checkMerge = inputOf(Schema.Struct({ into: Schema.Int }));
      const checkPosition = inputOf(Schema.Struct({ after: Position }));

      const show = (actor: Actor, row: TicketRow) => ticketFor(actor, ticketOf(row));

      const open = Effect.fnUntraced(function* (input: NewTicket) {
        const { subject, requester, priority, category, queue, assignee, tags, custom, once, ...message } =
          yield* checkNew(input);
        const actor = yield* permissions.actor;
        if (actor.role === "customer" && (assignee !== undefined || tags !== undefined))
          return yield* new NotAllowed({ action: "ticket.open", reason: "customers choose neither assignee nor tags" });
        const asks = yield* choices.requesterOf(actor, requester);
        yield* permissions.demand("ticket.open", { requester: asks });
        const request = once === undefined ? null : { key: `open:${actor.role}:${actor.user}:${once}`, input };
        return yield* writer.again(
          Effect.gen(function* () {
            const earlier = request && (yield* writer.earlier(actor.tenant, request));
            if (earlier !== null) return yield* get((earlier as { ticketId: number }).ticketId);
            const fields = yield* choices.check(actor.tenant, null, { priority, category, queue, assignee });
            const { ticket } = yield* openings.open(actor, {
              subject,
              requester: asks,
              fields: {
                ...fields,
                ...(tags && { tags: [...new Set(tags)] }),
                ...(custom && { custom: withoutNulls(custom) }),
              },
              message,
              uploaders: [actor.user],
              put: () => [],
              once: (ticketId) => (request ? [writer.mark(request, { ticketId })] : []),
            });
            return show(actor, ticket);
          }),
        );
      });

      const read = Effect.fnUntraced(function* (id: number) {
        const { tenant } = yield* permissions.actor;
        return yield* rows.ticket(tenant, id);
      });

      const get = Effect.fnUntraced(function* (id: number) {
        const row = yield* read(id);
        return show(yield* permissions.demand("ticket.read", { ticket: ticketOf(row) }), row);
      });

      const list = Effect.fnUntraced(function* (input: TicketListQuery = {}) {
        const {
          sort = "-createdAt",
          limit = 50,
          offset = 0,
          after,
          total = false,
          ...filter
        } = yield* checkQuery(input);
        const actor = yield* permissions.demand("ticket.list");
        const cursor = after === undefined ? null : cursorFrom(sort, after);
        if (after !== undefined && cursor === null)
          return yield* invalidField(["after"], "Expected the `next` of a page in the same order");
        const own = actor.role === "customer" ? { ...filter, requester: actor.user as number } : filter;
        // Theirs have no tags, as they see them.
        const hasTheirs = filter.tag === undefined && choices.names(filter.requester, actor.user as number);
        if (actor.role === "customer" && !hasTheirs) return { items: [], next: null, total: total ? 0 : null };
        // What the host's own rule hides can't be counted without telling of it.
        const isCounted = total && !permissions.hasOwnRule;
        const [page, count] = yield* Effect.all(
          [
            visible(actor, { filter: own, sort, limit, after: cursor, offset }),
            isCounted ? storage.countTickets(actor.tenant, own) : Effect.succeed(null),
          ],
          { concurrency: 2 },
        );
        return { ...page, total: count };
      });

      /** As many tickets as are wanted of those that the actor may read: a page with gaps would tell of hidden ones. */
      const visible = Effect.fnUntraced(function* (actor: Actor, query: TicketQuery) {
        const { limit, sort } = query;
        const items: Array<Ticket> = [];
        const batch = permissions.hasOwnRule ? Math.max(limit, smallestBatch) : limit;
        for (let round = 1, { after, offset } = query; ; round++, offset = 0) {
          const found = yield* storage.tickets(actor.tenant, { ...query, limit: batch + 1, after, offset });
          const looked = found.slice(0, batch);
          const readable = yield* permissions.readable(
            looked.map((row) => ({ row, ticket: show(actor, row) })),
            ({ ticket }) => ({ ticket }),
          );
          const taken = readable.slice(0, limit - items.length);
          items.push(...taken.map(({ ticket }) => ticket));
          const isFull = items.length === limit;
          const hasMore = found.length > batch || readable.length > taken.length;
          const last = isFull ? taken.at(-1)?.row : looked.at(-1);
          if (!hasMore || last === undefined) return { items, next: null };
          after = cursorAt(sort, last);
          if (isFull || round === mostBatches) return { items, next: cursorText(sort, after) };
        }
      });

      const stats = Effect.fnUntraced(function* () {
        const { tenant } = yield* permissions.demand("stats.read");
        return statsOf(statuses, yield* storage.tallies(tenant));
      });

      /** Reads, decides and writes in this ticket's turn, again after a lost race. */
      const write = (
        id: number,
        action: "ticket.update" | "ticket.remove",
        decide: (actor: Actor, row: TicketRow) => Effect.Effect<TicketRow, HelpdeskError>,
        options?: IfVersion,
      ) =>
        Effect.flatMap(permissions.actor, ({ tenant }) => {
          const ifVersion = options?.ifVersion;
          const attempt = Effect.gen(function* () {
            const before = yield* read(id);
            const actor = yield* permissions.demand(action, { ticket: ticketOf(before) });
            if (ifVersion !== undefined && ifVersion !== before.version)
              return yield* new Conflict({ kind: "ticket", id });
            const after = yield* decide(actor, before);
            if (!isChanged(before, after)) return show(actor, before);
            const at = yield* writer.now;
            const draft = { actor, at, before, after, message: null, put: [], once: [], events: [] };
            return show(actor, yield* react.commit(draft));
          });
          return writer.inTurn(tenant, id)(ifVersion === undefined ? writer.again(attempt) : attempt);
        });

      const update = Effect.fnUntraced(function* (id: number, input: TicketChange, options?: IfVersion) {
        const { status, subject, tags, custom, requester, ...keys } = yield* checkChange(input);
        const decide = Effect.fnUntraced(function* (actor: Actor, before: TicketRow) {
          const fields = yield* choices.check(actor.tenant, before, keys);
          const merged = withoutNulls({ ...before.custom, ...custom });
          if (custom !== undefined) yield* checkCustom({ custom: merged });
          const after: TicketRow = {
            ...before,
            ...fields,
            ...(subject !== undefined && { subject }),
            ...(tags !== undefined && { tags: [...new Set(tags)] }),
            ...(requester !== undefined && { requester: yield* choices.requesterOf(actor, requester) }),
            custom: merged,
          };
          if (status === undefined) return after;
          if (!hasStatus(statuses, status)) return yield* invalidField(["status"], `There is no status "${status}"`);
          const verdict = judgeMove(statuses, after, status, actor.role);
          if (verdict.type === "forbidden")
            return yield* new NotAllowed({
              action: "ticket.update",
              reason: `only ${verdict.roles.join(" and ")} may`,
            });
          if (verdict.type === "refused")
            return yield* new InvalidTransition({
              ticketId: id,
              from: before.status,
              to: status,
              allowed: verdict.allowed,
              missing: verdict.missing,
            });
          return { ...after, status };
        });
        return yield* write(id, "ticket.update", decide, options);
      });

      const merge = Effect.fnUntraced(function* (id: number, given: number, options?: IfVersion) {
        const { into } = yield* checkMerge({ into: given });
        const decide = Effect.fnUntraced(function* (_: Actor, before: TicketRow) {
          const target = yield* Effect.catchTag(read(into), "NotFound", () =>
            invalidField(["into"], `There is no ticket ${into}`),
          );
          yield* permissions.demand("ticket.update", { ticket: ticketOf(target) });
          if (into === id || target.mergedInto !== null || before.mergedInto !== null)
            return yield* invalidField(["into"], "A ticket is merged once, into another that goes on by itself");
          return { ...before, status: closedFrom(statuses, before.status), mergedInto: into };
        });
        return yield* write(id, "ticket.update", decide, options);
      });

      const setStatus = (id: number, status: string, options?: IfVersion) =>
        // A caller without types may leave it out, and must not be told that all went well.
        update(id, { status: status ?? null }, options);

      const markRead = Effect.fnUntraced(function* (id: number) {
        const row = yield* read(id);
        const actor = yield* permissions.demand("ticket.markRead", { ticket: ticketOf(row) });
        const marks = readAll(row, sideOf(actor.role));
        if (marks === null) return show(actor, row);
        const at = yield* writer.now;
        yield* writer.again(react.markRead(actor, at, row, marks));
        return show(actor, { ...row, read: { ...row.read, [sideOf(actor.role)]: marks[sideOf(actor.role)] } });
      });

      const remove = Effect.fnUntraced(function* (id: number) {
        const at = yield* writer.now;
        yield* write(id, "ticket.remove", (_, row) => Effect.succeed({ ...row, deletedAt: at }));
      });

      const history = Effect.fnUntraced(function* (id: number, given = 0) {
        const { after } = yield* checkPosition({ after: given });
        const actor = yield* permissions.demand("ticket.read", { ticket: ticketOf(yield* read(id)) });
        let from = after;
        while (true) {
          const page = yield* storage.events({ tenant: actor.tenant, ticketId: id, after: from, limit: historyPage });
          const heard = yield* hearing.heardBy(actor, page.events);
          // An empty answer says that there is no more; a thousand notes in a row do not.
          if (heard.length > 0 || page.events.length < historyPage) return heard;
          from = page.position;
        }
      });

      return Tickets.of({ open, get, list, stats, update, setStatus, merge, markRead, remove, history });
    }),
  );
}

const withoutNulls = (custom: TicketRow["custom"]): TicketRow["custom"] =>
  Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== null));
