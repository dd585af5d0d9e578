import type { Job, Message, Ticket, User } from "@deskwright/core";

export const userBody = ({ id, name, email, role }: User) => ({
  id,
  name,
  email,
  role: role === "customer" ? "user" : "operator",
});

/** A ticket with all that was said on it. */
export const ticketBody = (ticket: Ticket, messages: ReadonlyArray<Message>) => ({
  id: ticket.id,
  subject: ticket.subject,
  status: ticket.status,
  user_id: ticket.requester,
  operator_id: ticket.assignee,
  created_at: ticket.createdAt,
  updated_at: ticket.updatedAt,
  messages: messages.map(({ id, text, author, createdAt }) => ({
    id,
    message: text,
    user_id: author,
    created_at: createdAt,
  })),
});

/** A message by itself. */
export const messageBody = ({ id, text, author, ticketId, createdAt }: Message) => ({
  id,
  message: text,
  user_id: author,
  ticket_id: ticketId,
  created_at: createdAt,
});

export const taskStatus: Readonly<Record<Job["state"], string>> = {
  waiting: "PENDING",
  running: "STARTED",
  finished: "SUCCESS",
  dead: "FAILURE",
};
