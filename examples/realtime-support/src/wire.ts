import type { Message, Ticket } from "@deskwright/core";
import { urlOf } from "./attachments.ts";

/** The host's number of a user of ours. */
export type HostId = (userId: number) => number;

/** A ticket as its user sees it. */
export const ticketBody = (ticket: Ticket, hostId: HostId) => ({
  id: ticket.id,
  user_id: hostId(ticket.requester),
  subject: ticket.subject,
  status: ticket.status,
  priority: ticket.priority,
  assigned_to: ticket.assignee === null ? null : hostId(ticket.assignee),
  is_read_by_user: ticket.unread.customer === 0,
  is_read_by_admin: ticket.unread.agents === 0,
  created_at: ticket.createdAt,
  updated_at: ticket.updatedAt > ticket.createdAt ? ticket.updatedAt : null,
  resolved_at: ticket.resolvedAt,
  closed_at: ticket.closedAt,
});

/** A ticket as admins see it. */
export const adminTicketBody = (ticket: Ticket, hostId: HostId) => ({
  ...ticketBody(ticket, hostId),
  category: ticket.category,
  tags: ticket.tags,
});

export const messageBody = (message: Message, hostId: HostId) => ({
  id: message.id,
  ticket_id: message.ticketId,
  user_id: message.author === null ? null : hostId(message.author),
  message: message.text,
  is_from_user: message.role === "customer",
  attachments: message.attachments.length === 0 ? null : message.attachments.map(urlOf),
  created_at: message.createdAt,
});

export const noteBody = (note: Message, hostId: HostId) => ({
  id: note.id,
  ticket_id: note.ticketId,
  user_id: note.author === null ? null : hostId(note.author),
  text: note.text,
  created_at: note.createdAt,
});
