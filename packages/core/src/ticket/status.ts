import type { Actor, Role } from "../Actor.ts";
import type { StatusCategory, StatusMachine } from "./StatusMachine.ts";
import type { TicketRow } from "./Ticket.ts";

/** The statuses of a helpdesk that names none of its own. */
export const defaultStatuses: StatusMachine = {
  initial: "open",
  reopened: "open",
  statuses: {
    open: { category: "open", moves: ["in_progress", "waiting_for_customer", "on_hold", "resolved", "closed"] },
    in_progress: { category: "open", moves: ["open", "waiting_for_customer", "on_hold", "resolved", "closed"] },
    waiting_for_customer: { category: "pending", moves: ["open", "in_progress", "on_hold", "resolved", "closed"] },
    on_hold: { category: "pending", moves: ["open", "in_progress", "waiting_for_customer", "resolved", "closed"] },
    resolved: { category: "solved", moves: ["open", "in_progress", "closed"] },
    closed: { category: "closed", moves: ["open"] },
  },
  customerReplied: { waiting_for_customer: "in_progress" },
  agentReplied: { open: "in_progress" },
};

export const statusNames = (machine: StatusMachine): ReadonlyArray<string> => Object.keys(machine.statuses);

export const hasStatus = (machine: StatusMachine, status: string): boolean => Object.hasOwn(machine.statuses, status);

/** What is wrong with a machine, as sentences with the place; nothing for a good one. */
export const flawsOf = (machine: StatusMachine): ReadonlyArray<{ path: ReadonlyArray<string>; message: string }> => {
  const known = (name: string) => hasStatus(machine, name);
  const flaws: Array<{ path: ReadonlyArray<string>; message: string }> = [];
  const wantKnown = (name: string, ...path: ReadonlyArray<string>) => {
    if (!known(name)) flaws.push({ path, message: `There is no status "${name}"` });
  };
  const wantMove = (from: string, to: string, ...path: ReadonlyArray<string>) => {
    wantKnown(from, ...path);
    wantKnown(to, ...path);
    if (known(from) && known(to) && from !== to && !movesFrom(machine, from).includes(to))
      flaws.push({ path, message: `"${from}" may not go to "${to}"` });
  };
  wantKnown(machine.initial, "initial");
  wantKnown(machine.reopened, "reopened");
  for (const [name, { moves }] of Object.entries(machine.statuses))
    if (moves !== "any") for (const to of moves) wantKnown(to, "statuses", name, "moves");
  for (const guard of machine.guards ?? [])
    for (const name of [...(guard.from ?? []), ...guard.to]) wantKnown(name, "guards");
  for (const event of ["customerReplied", "agentReplied"] as const)
    for (const [from, to] of Object.entries(machine[event])) wantMove(from, to, event, from);
  if (known(machine.initial) && !isOpen(machine, machine.initial))
    flaws.push({ path: ["initial"], message: "A new ticket can't be solved or closed" });
  if (known(machine.reopened) && !isOpen(machine, machine.reopened))
    flaws.push({ path: ["reopened"], message: "A reopened ticket can't be solved or closed" });
  return flaws;
};

export const categoryOf = (machine: StatusMachine, status: string): StatusCategory =>
  ofOwn(machine.statuses, status)?.category ?? "open";

/** The status of a ticket that is over for good: the one it has where that is closed, else the first closed there is. */
export const closedFrom = (machine: StatusMachine, status: string): string => {
  const isClosed = (name: string) => categoryOf(machine, name) === "closed";
  return isClosed(status) ? status : (statusNames(machine).find(isClosed) ?? status);
};

/** Neither solved nor closed. */
export const isOpen = (machine: StatusMachine, status: string): boolean =>
  !["solved", "closed"].includes(categoryOf(machine, status));

/** The statuses that may follow, guards aside. */
export const movesFrom = (machine: StatusMachine, status: string): ReadonlyArray<string> => {
  const moves = ofOwn(machine.statuses, status)?.moves ?? [];
  return moves === "any" ? statusNames(machine).filter((name) => name !== status) : moves;
};

export type Verdict =
  | { readonly type: "allowed" }
  | { readonly type: "refused"; readonly allowed: ReadonlyArray<string>; readonly missing: ReadonlyArray<string> }
  | { readonly type: "forbidden"; readonly roles: ReadonlyArray<Role> };

/** Whether a ticket (as it will be after the change, status aside) may move to a status, and if not, why. */
export const judgeMove = (machine: StatusMachine, ticket: TicketRow, to: string, role: Role): Verdict => {
  if (to === ticket.status) return { type: "allowed" };
  const allowed = movesFrom(machine, ticket.status);
  if (!allowed.includes(to)) return { type: "refused", allowed, missing: [] };
  for (const { roles } of guardsOf(machine, ticket.status, to))
    if (roles && !roles.includes(role)) return { type: "forbidden", roles };
  const missing = missingFor(machine, ticket, to);
  return missing.length > 0 ? { type: "refused", allowed, missing } : { type: "allowed" };
};

/** Whether the move may follow from a message: guards ask for fields as ever, but nobody's role makes it. */
export const mayFollow = (machine: StatusMachine, ticket: TicketRow, to: string): boolean =>
  movesFrom(machine, ticket.status).includes(to) && missingFor(machine, ticket, to).length === 0;

const guardsOf = (machine: StatusMachine, from: string, to: string) =>
  (machine.guards ?? []).filter((guard) => guard.to.includes(to) && (guard.from?.includes(from) ?? true));

const missingFor = (machine: StatusMachine, ticket: TicketRow, to: string): ReadonlyArray<string> => {
  const required = guardsOf(machine, ticket.status, to).flatMap(({ requires }) => requires ?? []);
  return [...new Set(required)].filter((field) => !isFilled(ticket, field));
};

const isFilled = (ticket: TicketRow, field: string): boolean => {
  const value = field.startsWith("custom.")
    ? ofOwn(ticket.custom, field.slice("custom.".length))
    : (ticket as unknown as Record<string, unknown>)[field];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
};

/** A status may have any name, `constructor` too: what every object inherits is none of the record's. */
const ofOwn = <A>(record: Readonly<Record<string, A>>, key: string): A | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The status after a public message; reopening is the follow-up policy's to decide. */
export const statusAfterMessage = (machine: StatusMachine, ticket: TicketRow, role: Role): string => {
  const isAgent = role === "agent" || role === "admin";
  const isAsking = role === "customer" && isOpen(machine, ticket.status);
  const moves = isAgent ? machine.agentReplied : isAsking ? machine.customerReplied : {};
  const to = ofOwn(moves, ticket.status);
  return to !== undefined && mayFollow(machine, ticket, to) ? to : ticket.status;
};

/** Whether this actor, no customer, may answer in public now; of a status for the assignee, machines know nothing. */
export const mayReply = (
  machine: StatusMachine,
  ticket: TicketRow,
  { role, user }: Pick<Actor, "role" | "user">,
): "yes" | "only the assignee" | "nobody" => {
  const replies = ofOwn(machine.statuses, ticket.status)?.replies ?? "anyone";
  if (replies === "nobody") return "nobody";
  const isAgent = role === "agent" || role === "admin";
  return replies === "assignee" && isAgent && ticket.assignee !== user ? "only the assignee" : "yes";
};

/** Sets or clears the times that follow from a change of status. */
export const withStatusTimes = (machine: StatusMachine, before: TicketRow, after: TicketRow, at: Date): TicketRow => {
  const [was, is] = [categoryOf(machine, before.status), categoryOf(machine, after.status)];
  if (was === is) return after;
  if (is === "solved") return { ...after, resolvedAt: at, closedAt: null };
  if (is === "closed") return { ...after, closedAt: at };
  return { ...after, resolvedAt: null, closedAt: null };
};
