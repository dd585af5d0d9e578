import type { Tally } from "../Query.ts";
import type { StatusMachine } from "./StatusMachine.ts";
import { isOpen, statusNames } from "./status.ts";
import type { TicketStats } from "./TicketInput.ts";

/** Sums the kept numbers up. */
export const statsOf = (machine: StatusMachine, tallies: ReadonlyArray<Tally>): TicketStats => {
  const sum = (some: ReadonlyArray<Tally>) => some.reduce((total, { count }) => total + count, 0);
  const open = tallies.filter(({ status }) => isOpen(machine, status));
  const statuses = new Set([...statusNames(machine), ...tallies.map(({ status }) => status)]);
  const assignees = new Set(open.flatMap(({ assignee }) => (assignee === null ? [] : [assignee])));
  return {
    total: sum(tallies),
    byStatus: Object.fromEntries(
      [...statuses].map((status) => [status, sum(tallies.filter((tally) => tally.status === status))]),
    ),
    unassigned: sum(open.filter(({ assignee }) => assignee === null)),
    openByAssignee: [...assignees]
      .sort((a, b) => a - b)
      .map((assignee) => ({ assignee, count: sum(open.filter((tally) => tally.assignee === assignee)) })),
  };
};
