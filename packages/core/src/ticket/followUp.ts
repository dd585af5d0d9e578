import type { Policies } from "../Policies.ts";
import type { StatusMachine } from "./StatusMachine.ts";
import { isOpen, mayFollow } from "./status.ts";
import type { TicketRow } from "./Ticket.ts";

const day = 86_400_000;

/** Whether `to` lies within so many business days after `from`: Saturdays and Sundays (UTC) take no time. */
export const isWithinBusinessDays = (from: Date, to: Date, days: number): boolean => {
  let left = days * day;
  let at = from.getTime();
  while (at < to.getTime() && left >= 0) {
    const midnight = Math.floor(at / day) * day + day;
    const until = Math.min(midnight, to.getTime());
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left -= until - at;
    at = until;
  }
  return left >= 0;
};

/** Where a customer's message on a ticket goes. */
export const followUpOf = (
  machine: StatusMachine,
  policy: Policies["followUp"],
  ticket: TicketRow,
  at: Date,
): "join" | "reopen" | "new-ticket" => {
  if (isOpen(machine, ticket.status)) return "join";
  if (!mayFollow(machine, ticket, machine.reopened)) return "new-ticket";
  if (policy.type !== "reopen-within") return policy.type;
  const solvedAt = ticket.closedAt ?? ticket.resolvedAt ?? ticket.updatedAt;
  return isWithinBusinessDays(solvedAt, at, policy.businessDays) ? "reopen" : "new-ticket";
};
