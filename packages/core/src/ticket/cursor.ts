import type { TicketRow } from "./Ticket.ts";
import type { TicketCursor, TicketSort } from "./TicketQuery.ts";

/** What a ticket is sorted by: milliseconds, or its id. */
export const sortValue = (sort: TicketSort, ticket: TicketRow): number => {
  const key = sort.replace("-", "") as "createdAt" | "updatedAt" | "id";
  return key === "id" ? ticket.id : ticket[key].getTime();
};

/** The end of a page as text for the next request; it names its order, so that it can't be used with another. */
export const cursorText = (sort: TicketSort, { value, id }: TicketCursor): string => `${sort}.${value}.${id}`;

/** Reads such a text; null where it is none, or one of another order. */
export const cursorFrom = (sort: TicketSort, text: string): TicketCursor | null => {
  const [order, value, id, ...more] = text.split(".");
  if (order !== sort || more.length > 0 || !isCount(value) || !isCount(id)) return null;
  const cursor = { value: Number(value), id: Number(id) };
  const largest = sort.endsWith("id") ? Number.MAX_SAFE_INTEGER : latest;
  return cursor.value <= largest && cursor.id <= Number.MAX_SAFE_INTEGER ? cursor : null;
};

/** The last millisecond that a `Date` can tell. */
const latest = 8_640_000_000_000_000;

const isCount = (text: string | undefined) => text !== undefined && /^\d{1,16}$/.test(text);
