import { describe, expect, it } from "vitest";
import { countsOf, eventsOfChange, eventsOfMessage, isChanged, readAll, ticketOf } from "../../src/ticket/change.ts";
import type { Side, TicketRow } from "../../src/ticket/Ticket.ts";
import { touched } from "../../src/ticket/touch.ts";
import { forEachSeed } from "../Dice.ts";
import { message, ticketRow } from "../rows.ts";

const about = { ticketId: 1, requester: 1 };
const later = new Date("2024-06-01T00:00:00.000Z");

describe("unread counts", () => {
  it("equal a recount of who said what after whom, whatever the order", () => {
    forEachSeed(200, (dice) => {
      let row = ticketRow();
      /** Whether each side has read each message, kept one by one. */
      const said: Array<{ readonly by: Side; read: boolean }> = [];
      const reads = (side: Side) => {
        for (const one of said) if (one.by !== side) one.read = true;
      };
      for (let step = 0; step < 40; step++) {
        const role = dice.pick(["customer", "agent", "admin", "bot", "system"] as const);
        const side = role === "customer" ? "customer" : "agents";
        if (dice.chance(0.3)) {
          const read = readAll(row, side);
          if (read !== null)
            row = touched(row, { ticketId: 1, version: null, updatedAt: null, sent: { customer: 0, agents: 0 }, read });
          reads(side);
        } else {
          const note = dice.chance(0.2);
          const counts = countsOf(row, message({ role, note }));
          row = touched(row, { ticketId: 1, version: null, updatedAt: null, ...counts });
          if (!note) {
            if (role !== "bot" && role !== "system") reads(side);
            said.push({ by: side, read: false });
          }
        }
        const unread = (of: Side) => said.filter(({ by, read }) => by !== of && !read).length;
        expect(ticketOf(row).unread).toEqual({ customer: unread("customer"), agents: unread("agents") });
      }
    });
  });

  it("are told as nothing to read where everything is read", () => {
    const row = ticketRow({ sent: { customer: 3, agents: 2 }, read: { customer: 1, agents: 3 } });
    expect(readAll(row, "agents")).toBeNull();
    expect(readAll(row, "customer")).toEqual({ customer: 2, agents: 0 });
  });
});

describe("what changed", () => {
  const changes: ReadonlyArray<readonly [Partial<TicketRow>, ReadonlyArray<object>]> = [
    [{ status: "closed" }, [{ type: "StatusChanged", ...about, from: "open", to: "closed" }]],
    [{ assignee: 5 }, [{ type: "TicketAssigned", ...about, from: null, to: 5 }]],
    [{ priority: "high" }, [{ type: "PriorityChanged", ...about, from: "normal", to: "high" }]],
    [{ queue: "a" }, [{ type: "QueueChanged", ...about, from: null, to: "a" }]],
    [{ category: "a" }, [{ type: "CategoryChanged", ...about, from: null, to: "a" }]],
    [{ tags: ["a"] }, [{ type: "TagsChanged", ...about, added: ["a"], removed: [] }]],
    [{ subject: "x" }, [{ type: "TicketEdited", ...about, fields: ["subject"] }]],
    [{ custom: { a: 1 } }, [{ type: "TicketEdited", ...about, fields: ["custom"] }]],
    [{ requester: 2 }, [{ type: "TicketEdited", ticketId: 1, requester: 2, fields: ["requester"] }]],
    [{ deletedAt: later }, [{ type: "TicketDeleted", ...about }]],
    [{ firstReplyAt: later }, []],
  ];
  it.each(changes)("%o is told by %o", (fields, events) => {
    const before = ticketRow();
    const after = ticketRow(fields);
    expect(isChanged(before, after)).toBe(true);
    expect(eventsOfChange(before, after)).toEqual(events);
  });

  it("is nothing where only touches differ", () => {
    const after = ticketRow({
      updatedAt: later,
      version: 9,
      sent: { customer: 5, agents: 5 },
      read: { customer: 1, agents: 1 },
    });
    expect(isChanged(ticketRow(), after)).toBe(false);
    expect(eventsOfChange(ticketRow(), after)).toEqual([]);
  });

  it("in many fields is one event for each, and tags tell what came and what went", () => {
    const before = ticketRow({ tags: ["a", "b"], subject: "old" });
    const after = ticketRow({ tags: ["b", "c"], subject: "new", status: "closed", custom: { a: null } });
    expect(eventsOfChange(before, after)).toEqual([
      { type: "StatusChanged", ...about, from: "open", to: "closed" },
      { type: "TagsChanged", ...about, added: ["c"], removed: ["a"] },
      { type: "TicketEdited", ...about, fields: ["subject", "custom"] },
    ]);
  });

  it("of a new message is said by its kind and by each file", () => {
    const files = [1, 2].map((id) => ({ id, name: "a", contentType: "text/plain", size: 1 }));
    const types = (fields: Parameters<typeof message>[0]) =>
      eventsOfMessage(ticketRow(), message(fields)).map(({ type }) => type);
    expect(types({})).toEqual(["MessageReceived"]);
    expect(types({ role: "agent", attachments: files })).toEqual(["ReplyAdded", "FileAdded", "FileAdded"]);
    expect(types({ role: "bot" })).toEqual(["ReplyAdded"]);
    const [, file] = eventsOfMessage(ticketRow(), message({ note: true, role: "agent", attachments: files }));
    expect(file).toEqual({ type: "FileAdded", ...about, messageId: 1, fileId: 1, note: true });
  });
});
