import type { Touch } from "../Commit.ts";
import type { Side, TicketRow } from "./Ticket.ts";

/** The ticket after a touch: counts are added, marks and the time only ever grow. */
export const touched = (ticket: TicketRow, touch: Touch): TicketRow => ({
  ...ticket,
  updatedAt: touch.updatedAt !== null && touch.updatedAt > ticket.updatedAt ? touch.updatedAt : ticket.updatedAt,
  sent: bySide((side) => ticket.sent[side] + touch.sent[side]),
  read: bySide((side) => Math.max(ticket.read[side], touch.read[side])),
});

/** The ticket as it is stored when `after` is put over `before`: what changes by touches stays as it is. */
export const rewritten = (before: TicketRow, after: TicketRow): TicketRow => ({
  ...after,
  updatedAt: before.updatedAt,
  sent: before.sent,
  read: before.read,
});

const bySide = (count: (side: Side) => number): Record<Side, number> => ({
  customer: count("customer"),
  agents: count("agents"),
});
