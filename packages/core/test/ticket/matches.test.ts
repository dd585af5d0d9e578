import { describe, expect, test } from "vitest";
import { compareBy, cursorAt, isAfter, matches } from "../../src/ticket/matches.ts";
import type { TicketRow } from "../../src/ticket/Ticket.ts";
import type { TicketFilter, TicketSort } from "../../src/ticket/TicketQuery.ts";

const ticket: TicketRow = {
  id: 5,
  version: 1,
  subject: "Printer on fire",
  status: "open",
  priority: "high",
  category: null,
  tags: ["vip", "printer"],
  queue: "sales",
  requester: 11,
  assignee: null,
  channel: "web",
  custom: {},
  followsUp: null,
  mergedInto: null,
  createdAt: new Date(1000),
  updatedAt: new Date(2000),
  firstReplyAt: null,
  resolvedAt: null,
  closedAt: null,
  sent: { customer: 1, agents: 0 },
  read: { customer: 0, agents: 0 },
  deletedAt: null,
};

const yes: ReadonlyArray<TicketFilter> = [
  {},
  { status: "open" },
  { status: ["closed", "open"] },
  { priority: "high" },
  { category: null },
  { category: ["billing", null] },
  { queue: "sales" },
  { queue: [null, "sales"] },
  { requester: 11 },
  { assignee: null },
  { assignee: [null, 12] },
  { channel: ["web"] },
  { tag: "printer" },
  { tag: ["printer", "unknown"] },
  { createdFrom: new Date(1000) },
  { createdBefore: new Date(1001) },
  { createdFrom: new Date(1000), createdBefore: new Date(1001), status: "open", tag: "vip" },
];

const no: ReadonlyArray<TicketFilter> = [
  { status: "closed" },
  { status: "Open" },
  { status: [] },
  { priority: ["low", "normal"] },
  { category: "billing" },
  { category: "null" },
  { queue: null },
  { requester: 5 },
  { assignee: 11 },
  { assignee: [] },
  { channel: "email" },
  { tag: "print" },
  { tag: [] },
  { createdFrom: new Date(1001) },
  { createdBefore: new Date(1000) },
  { status: "open", tag: "unknown" },
];

describe("a filter", () => {
  test.each(yes)("%j matches the ticket", (filter) => {
    expect(matches(filter, ticket)).toBe(true);
  });
  test.each(no)("%j does not", (filter) => {
    expect(matches(filter, ticket)).toBe(false);
  });
  test("without a tag matches a ticket that has none, one with a tag does not", () => {
    expect(matches({}, { ...ticket, tags: [] })).toBe(true);
    expect(matches({ tag: "vip" }, { ...ticket, tags: [] })).toBe(false);
  });
});

// Every mix of equal and different times, in no order.
const tickets = [3, 1, 4, 2, 6, 5, 8, 7].map((id) => ({
  ...ticket,
  id,
  createdAt: new Date(id % 2 === 0 ? 1000 : 2000),
  updatedAt: new Date(1000 * (id % 3)),
}));

const orders: ReadonlyArray<readonly [TicketSort, ReadonlyArray<number>]> = [
  ["id", [1, 2, 3, 4, 5, 6, 7, 8]],
  ["-id", [8, 7, 6, 5, 4, 3, 2, 1]],
  ["createdAt", [2, 4, 6, 8, 1, 3, 5, 7]],
  ["-createdAt", [7, 5, 3, 1, 8, 6, 4, 2]],
  ["updatedAt", [3, 6, 1, 4, 7, 2, 5, 8]],
  ["-updatedAt", [8, 5, 2, 7, 4, 1, 6, 3]],
];

describe.each(orders)("the order %s", (sort, expected) => {
  const sorted = tickets.toSorted(compareBy(sort));

  test("puts equal times in the order of ids, in its own direction", () => {
    expect(sorted.map(({ id }) => id)).toEqual(expected);
  });

  test("goes on after each ticket with exactly those behind it", () => {
    for (const [place, end] of sorted.entries()) {
      const rest = sorted.filter((each) => isAfter(cursorAt(sort, end), sort, each));
      expect(rest).toEqual(sorted.slice(place + 1));
    }
  });

  test("goes on from a ticket that is gone by now", () => {
    const [gone, ...others] = sorted.toSpliced(0, 3) as [TicketRow, ...ReadonlyArray<TicketRow>];
    expect(sorted.filter((each) => each !== gone && isAfter(cursorAt(sort, gone), sort, each))).toEqual(others);
  });
});
