import { sortValue } from "./cursor.ts";
import type { TicketRow } from "./Ticket.ts";
import type { TicketCursor, TicketFilter, TicketSort } from "./TicketQuery.ts";

/** Whether a ticket is meant by a filter. Deletion is not looked at: lists leave deleted tickets out by themselves. */
export const matches = (filter: TicketFilter, ticket: TicketRow): boolean =>
  isOneOf(filter.status, ticket.status) &&
  isOneOf(filter.priority, ticket.priority) &&
  isOneOf(filter.category, ticket.category) &&
  isOneOf(filter.queue, ticket.queue) &&
  isOneOf(filter.requester, ticket.requester) &&
  isOneOf(filter.assignee, ticket.assignee) &&
  isOneOf(filter.channel, ticket.channel) &&
  (filter.tag === undefined || ticket.tags.some((tag) => isOneOf(filter.tag, tag))) &&
  (filter.createdFrom === undefined || ticket.createdAt >= filter.createdFrom) &&
  (filter.createdBefore === undefined || ticket.createdAt < filter.createdBefore);

/** Orders tickets for `Array.sort`; equal times by id, in the same direction. */
export const compareBy =
  (sort: TicketSort) =>
  (a: TicketRow, b: TicketRow): number =>
    direction(sort) * (sortValue(sort, a) - sortValue(sort, b) || a.id - b.id);

/** Whether a ticket comes after the end of a page in this order. */
export const isAfter = (cursor: TicketCursor, sort: TicketSort, ticket: TicketRow): boolean =>
  direction(sort) * (sortValue(sort, ticket) - cursor.value || ticket.id - cursor.id) > 0;

/** Where a page that ends with this ticket ends. */
export const cursorAt = (sort: TicketSort, ticket: TicketRow): TicketCursor => ({
  value: sortValue(sort, ticket),
  id: ticket.id,
});

const direction = (sort: TicketSort): 1 | -1 => (sort.startsWith("-") ? -1 : 1);

const isOneOf = <A extends string | number | null>(wanted: A | ReadonlyArray<A> | undefined, value: A): boolean =>
  wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
