import { describe, expect, it } from "vitest";
import type { Policies } from "../../src/Policies.ts";
import { followUpOf, isWithinBusinessDays } from "../../src/ticket/followUp.ts";
import type { StatusMachine } from "../../src/ticket/StatusMachine.ts";
import { defaultStatuses } from "../../src/ticket/status.ts";
import { forEachSeed } from "../Dice.ts";
import { ticketRow } from "../rows.ts";

const minute = 60_000;

/** The same counted the slow way: every minute that is not of a Saturday or Sunday takes one of what is allowed. */
const slowly = (from: Date, to: Date, days: number): boolean => {
  let left = days * 24 * 60;
  for (let at = from.getTime(); at < to.getTime(); at += minute) {
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return left >= 0;
};

const friday = new Date("2024-05-17T15:00:00.000Z");

describe("business days", () => {
  it("agree with a count minute by minute", () => {
    forEachSeed(150, (dice) => {
      const from = new Date(Date.UTC(2024, dice.int(0, 24), dice.int(1, 29), dice.int(0, 24), dice.int(0, 60)));
      const days = dice.int(0, 8);
      const length = dice.chance(0.5) ? dice.int(0, 14 * 24 * 60) : days * 24 * 60 + dice.int(-3, 4);
      const to = new Date(from.getTime() + length * minute);
      expect(isWithinBusinessDays(from, to, days), `${from.toISOString()} ${to.toISOString()} ${days}`).toBe(
        slowly(from, to, days),
      );
    });
  });

  const table: ReadonlyArray<readonly [days: number, to: string, within: boolean]> = [
    [1, "2024-05-20T15:00:00.000Z", true],
    [1, "2024-05-20T15:00:00.001Z", false],
    [0, "2024-05-17T15:00:00.000Z", true],
    [0, "2024-05-17T15:00:00.001Z", false],
    [7, "2024-05-28T15:00:00.000Z", true],
    [7, "2024-05-28T15:00:00.001Z", false],
    [0, "2024-05-16T00:00:00.000Z", true],
  ];
  it.each(table)("%i days after Friday 15:00 reach %s: %s", (days, to, within) => {
    expect(isWithinBusinessDays(friday, new Date(to), days)).toBe(within);
  });

  it("are over after the days allowed, however long ago it was", () => {
    expect(isWithinBusinessDays(new Date(0), new Date("9999-12-31"), 3650)).toBe(false);
  });
});

describe("where a customer's message goes", () => {
  const within: Policies["followUp"] = { type: "reopen-within", businessDays: 7 };
  const late = new Date("2024-06-17T15:00:00.000Z");
  const soon = new Date("2024-05-20T15:00:00.000Z");
  const final: StatusMachine = {
    ...defaultStatuses,
    statuses: { ...defaultStatuses.statuses, closed: { category: "closed", moves: [] } },
  };
  const strict: StatusMachine = { ...defaultStatuses, guards: [{ to: ["open"], requires: ["category"] }] };
  const resolved = { status: "resolved", resolvedAt: friday };
  const closed = { status: "closed", resolvedAt: new Date("2024-01-01"), closedAt: friday };

  // biome-ignore format: a table.
  const table: ReadonlyArray<readonly [on: string, machine: StatusMachine, policy: Policies["followUp"], fields: object, at: Date, goes: string]> = [
    ["an open ticket", defaultStatuses, { type: "new-ticket" }, { status: "open" }, late, "join"],
    ["a pending ticket", defaultStatuses, { type: "new-ticket" }, { status: "on_hold" }, late, "join"],
    ["a resolved ticket", defaultStatuses, { type: "reopen" }, resolved, late, "reopen"],
    ["a closed ticket", defaultStatuses, { type: "reopen" }, closed, late, "reopen"],
    ["a resolved ticket", defaultStatuses, { type: "new-ticket" }, resolved, soon, "new-ticket"],
    ["a resolved ticket, soon", defaultStatuses, within, resolved, soon, "reopen"],
    ["a resolved ticket, late", defaultStatuses, within, resolved, late, "new-ticket"],
    ["a closed ticket, soon after closing", defaultStatuses, within, closed, soon, "reopen"],
    ["a closed ticket, late", defaultStatuses, within, closed, late, "new-ticket"],
    ["a ticket that is closed for good", final, { type: "reopen" }, closed, soon, "new-ticket"],
    ["a ticket that lacks what reopening needs", strict, { type: "reopen" }, closed, soon, "new-ticket"],
    ["a ticket that has it", strict, { type: "reopen" }, { ...closed, category: "a" }, soon, "reopen"],
  ];
  it.each(table)("on %s", (_, machine, policy, fields, at, goes) => {
    expect(followUpOf(machine, policy, ticketRow(fields), at)).toBe(goes);
  });
});
