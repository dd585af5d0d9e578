import type { Message } from "../src/ticket/Message.ts";
import type { Ticket, TicketRow } from "../src/ticket/Ticket.ts";

const at = new Date("2024-05-15T10:00:00.000Z");

/** A ticket as it is stored, for pure functions. */
export const ticketRow = (fields: Partial<TicketRow> = {}): TicketRow => ({
  id: 1,
  version: 1,
  subject: "Printer on fire",
  status: "open",
  priority: "normal",
  category: null,
  tags: [],
  queue: null,
  requester: 1,
  assignee: null,
  channel: "web",
  custom: {},
  followsUp: null,
  mergedInto: null,
  createdAt: at,
  updatedAt: at,
  firstReplyAt: null,
  resolvedAt: null,
  closedAt: null,
  sent: { customer: 0, agents: 0 },
  read: { customer: 0, agents: 0 },
  deletedAt: null,
  ...fields,
});

/** A ticket as it is shown. */
export const ticket = (fields: Partial<Ticket> = {}): Ticket => {
  const { sent: _, read: __, deletedAt: ___, ...shown } = ticketRow();
  return { ...shown, unread: { customer: 0, agents: 0 }, ...fields };
};

export const message = (fields: Partial<Message> = {}): Message => ({
  id: 1,
  ticketId: 1,
  version: 1,
  note: false,
  author: 1,
  role: "customer",
  text: "It burns.",
  html: null,
  fullText: null,
  attachments: [],
  channel: "web",
  createdAt: at,
  editedAt: null,
  deletedAt: null,
  ...fields,
});
