import { expect, it } from "vitest";
import { statsOf } from "../../src/ticket/stats.ts";
import { defaultStatuses, isOpen, statusNames } from "../../src/ticket/status.ts";
import { forEachSeed } from "../Dice.ts";

it("sums up what a count of every single ticket gives", () => {
  forEachSeed(100, (dice) => {
    const statuses = [...statusNames(defaultStatuses), "gone_from_the_machine"];
    const tickets = dice.many(dice.int(0, 60), () => ({
      status: dice.pick(statuses),
      assignee: dice.pick([null, 1, 2, 10]),
    }));
    const tallies = statuses.flatMap((status) =>
      [null, 1, 2, 10].map((assignee) => ({
        status,
        assignee,
        count: tickets.filter((ticket) => ticket.status === status && ticket.assignee === assignee).length,
      })),
    );
    const stats = statsOf(
      defaultStatuses,
      tallies.filter(({ count }) => count > 0),
    );

    const open = tickets.filter(({ status }) => isOpen(defaultStatuses, status));
    expect(stats.total).toBe(tickets.length);
    for (const status of statuses)
      expect(stats.byStatus[status] ?? 0).toBe(tickets.filter((ticket) => ticket.status === status).length);
    expect(stats.unassigned).toBe(open.filter(({ assignee }) => assignee === null).length);
    for (const { assignee, count } of stats.openByAssignee)
      expect(count).toBe(open.filter((ticket) => ticket.assignee === assignee).length);
    expect(stats.openByAssignee.map(({ assignee }) => assignee)).toEqual(
      [1, 2, 10].filter((id) => open.some(({ assignee }) => assignee === id)),
    );
  });
});

it("names every status of the machine, those without tickets as 0", () => {
  expect(statsOf(defaultStatuses, [{ status: "open", assignee: null, count: 2 }])).toEqual({
    total: 2,
    byStatus: { open: 2, in_progress: 0, waiting_for_customer: 0, on_hold: 0, resolved: 0, closed: 0 },
    unassigned: 2,
    openByAssignee: [],
  });
});
