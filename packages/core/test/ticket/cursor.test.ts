import { describe, expect, it } from "vitest";
import { cursorFrom, cursorText } from "../../src/ticket/cursor.ts";
import { cursorAt } from "../../src/ticket/matches.ts";
import type { TicketSort } from "../../src/ticket/TicketQuery.ts";
import { forEachSeed } from "../Dice.ts";
import { ticketRow } from "../rows.ts";

const sorts: ReadonlyArray<TicketSort> = ["createdAt", "-createdAt", "updatedAt", "-updatedAt", "id", "-id"];

describe("the end of a page", () => {
  it.each(sorts)("comes back as it was, sorted by %s", (sort) => {
    forEachSeed(50, (dice) => {
      const at = new Date(dice.int(0, 8_640_000_000_000_000));
      const cursor = cursorAt(sort, ticketRow({ id: dice.int(1, 2 ** 40), createdAt: at, updatedAt: at }));
      expect(cursorFrom(sort, cursorText(sort, cursor))).toEqual(cursor);
    });
  });

  it("of one order is none of another", () => {
    for (const sort of sorts)
      for (const other of sorts)
        if (sort !== other) expect(cursorFrom(other, cursorText(sort, { value: 5, id: 5 }))).toBeNull();
  });

  it.each([
    "",
    "id",
    "id.1",
    "id.1.2.3",
    "id.-1.2",
    "id.1e3.2",
    "id.0x1.2",
    "id. 1.2",
    "id.1.",
    "id.NaN.1",
    "id.9007199254740993.1",
    "id.1.99999999999999999",
    "createdAt.8640000000000001.1",
    "createdAt.9999999999999999.1",
    "constructor.1.1",
  ])("is not %o", (text) => {
    for (const sort of sorts) expect(cursorFrom(sort, text)).toBeNull();
  });
});
