import type { Message, Ticket, User } from "@deskwright/core";
import type { Response } from "express";

/** Answers what went well. */
export const sendData = (res: Response, status: number, data: unknown, message: string): void => {
  res.status(status).json({ data, message });
};

/** Without a zone, and with microseconds, which our clock does not have. */
const timeOf = (time: Date): string => time.toISOString().replace("Z", "000");

export const userBody = ({ id, email, name, active, createdAt, updatedAt }: User) => ({
  id,
  email,
  // Who is known by mail alone may have no name.
  username: name ?? email,
  is_active: active,
  created_at: timeOf(createdAt),
  updated_at: timeOf(updatedAt),
});

/** A user of ours by number. */
export type Named = (id: number) => User;

export const ticketBody = (ticket: Ticket, description: string, named: Named) => ({
  id: ticket.id,
  subject: ticket.subject,
  description,
  status: ticket.status,
  created_at: timeOf(ticket.createdAt),
  updated_at: timeOf(ticket.updatedAt),
  creator: userBody(named(ticket.requester)),
  operator: ticket.assignee === null ? null : userBody(named(ticket.assignee)),
});

export const messageBody = ({ id, text, createdAt, author }: Message, named: Named) => ({
  id,
  text,
  created_at: timeOf(createdAt),
  author: author === null ? null : userBody(named(author)),
});
