import type { Policies } from "../Policies.ts";
import type { Message } from "../ticket/Message.ts";
import type { StatusMachine } from "../ticket/StatusMachine.ts";
import type { TicketRow } from "../ticket/Ticket.ts";
import type { Delivery } from "./Delivery.ts";

/** A change of a ticket that somebody on a channel may have to be told of. */
export interface Change {
  readonly before: TicketRow | null;
  readonly after: TicketRow;
  readonly message: Message | null;
}

const isOver = (machine: StatusMachine, status: string) =>
  ["solved", "closed"].includes(machine.statuses[status]?.category ?? "");

/** Whether no person wrote a message, so that no machine may answer it, nor it a machine. */
export const isByProgram = ({ role }: Pick<Message, "role">): boolean => ["bot", "rule", "system"].includes(role);

/** What goes out for a change. */
export const whatFollows = (
  machine: StatusMachine,
  policies: Policies,
  { before, after, message }: Change,
): ReadonlyArray<Delivery["kind"]> => {
  const kinds: Array<Delivery["kind"]> = [];
  if (message !== null && !message.note && message.role !== "customer") kinds.push("message");
  if (before === null && message?.role === "customer" && policies.acknowledge) kinds.push("acknowledgement");
  const ends = before !== null && !isOver(machine, before.status) && isOver(machine, after.status);
  if (ends && policies.closingNotice && after.deletedAt === null && after.mergedInto === null) kinds.push("closing");
  return kinds;
};
