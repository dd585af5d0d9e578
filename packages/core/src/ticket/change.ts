import type { EventBody } from "../Event.ts";
import type { Message } from "./Message.ts";
import type { Side, Ticket, TicketRow } from "./Ticket.ts";

/** A ticket as it is shown: what each side has not read follows from what was sent and read. */
export const ticketOf = ({ sent, read, deletedAt: _, ...row }: TicketRow): Ticket => ({
  ...row,
  unread: {
    customer: Math.max(0, sent.agents - read.customer),
    agents: Math.max(0, sent.customer - read.agents),
  },
});

export const sideOf = (role: string): Side => (role === "customer" ? "customer" : "agents");

const otherSide = (side: Side): Side => (side === "customer" ? "agents" : "customer");

/** What a public message adds to `sent`, and what a person has read by answering; a bot reads for nobody. */
export const countsOf = (ticket: TicketRow, message: Message) => {
  const none = { customer: 0, agents: 0 };
  if (message.note) return { sent: none, read: none };
  const side = sideOf(message.role);
  const isPerson = ["customer", "agent", "admin"].includes(message.role);
  return {
    sent: { ...none, [side]: 1 },
    read: isPerson ? { ...none, [side]: ticket.sent[otherSide(side)] } : none,
  };
};

/** What a side has read once it has read everything sent so far; null where it had already. */
export const readAll = (ticket: TicketRow, side: Side): Record<Side, number> | null => {
  const sent = ticket.sent[otherSide(side)];
  return ticket.read[side] >= sent ? null : { customer: 0, agents: 0, [side]: sent };
};

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Whether anything differs that a decision reads; if not, there is no new version. */
export const isChanged = (before: TicketRow, after: TicketRow): boolean => {
  if (before === after) return false;
  const decided = ({ version: _, sent: __, read: ___, updatedAt: ____, ...rest }: TicketRow) => rest;
  return !sameJson(decided(before), decided(after));
};

/** The events that tell how a ticket changed; none for a new one. */
export const eventsOfChange = (before: TicketRow, after: TicketRow): ReadonlyArray<EventBody> => {
  if (before === after) return [];
  const about = { ticketId: after.id, requester: after.requester };
  if (after.deletedAt !== null && before.deletedAt === null) return [{ type: "TicketDeleted", ...about }];
  const events: Array<EventBody> = [];
  if (before.status !== after.status)
    events.push({ type: "StatusChanged", ...about, from: before.status, to: after.status });
  if (before.assignee !== after.assignee)
    events.push({ type: "TicketAssigned", ...about, from: before.assignee, to: after.assignee });
  if (before.priority !== after.priority)
    events.push({ type: "PriorityChanged", ...about, from: before.priority, to: after.priority });
  if (before.queue !== after.queue)
    events.push({ type: "QueueChanged", ...about, from: before.queue, to: after.queue });
  if (before.category !== after.category)
    events.push({ type: "CategoryChanged", ...about, from: before.category, to: after.category });
  if (after.mergedInto !== null && before.mergedInto === null)
    events.push({ type: "TicketMerged", ...about, into: after.mergedInto });
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !after.tags.includes(tag));
  if (added.length + removed.length > 0) events.push({ type: "TagsChanged", ...about, added, removed });
  const fields = (["subject", "requester", "custom"] as const).filter((name) => !sameJson(before[name], after[name]));
  if (fields.length > 0) events.push({ type: "TicketEdited", ...about, fields });
  return events;
};

/** The events that tell of a new message and its files. */
export const eventsOfMessage = (ticket: TicketRow, message: Message): ReadonlyArray<EventBody> => {
  const about = { ticketId: ticket.id, requester: ticket.requester, messageId: message.id };
  const said: EventBody = message.note
    ? { type: "NoteAdded", ...about }
    : message.role === "customer"
      ? { type: "MessageReceived", ...about }
      : { type: "ReplyAdded", ...about };
  return [
    said,
    ...message.attachments.map(
      ({ id }): EventBody => ({ type: "FileAdded", ...about, fileId: id, note: message.note }),
    ),
  ];
};
