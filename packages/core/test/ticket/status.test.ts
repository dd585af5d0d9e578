import { describe, expect, it } from "vitest";
import type { Role } from "../../src/Actor.ts";
import type { Guard, StatusMachine } from "../../src/ticket/StatusMachine.ts";
import {
  defaultStatuses,
  flawsOf,
  hasStatus,
  isOpen,
  judgeMove,
  mayFollow,
  mayReply,
  movesFrom,
  statusAfterMessage,
  withStatusTimes,
} from "../../src/ticket/status.ts";
import { ticketRow } from "../rows.ts";

const [monday, tuesday, wednesday] = [13, 14, 15].map((day) => new Date(Date.UTC(2024, 4, day))) as [Date, Date, Date];

/** A machine with the names that every object in JavaScript inherits. */
const trap: StatusMachine = {
  initial: "constructor",
  reopened: "constructor",
  statuses: {
    constructor: { category: "open", moves: "any" },
    toString: { category: "solved", moves: ["constructor"] },
  } as StatusMachine["statuses"],
  customerReplied: {},
  agentReplied: {},
};
const guarded = (...guards: ReadonlyArray<Guard>): StatusMachine => ({ ...defaultStatuses, guards });

describe("the default machine", () => {
  it("has no flaws", () => {
    expect(flawsOf(defaultStatuses)).toEqual([]);
  });

  // biome-ignore format: a table.
  const moves: ReadonlyArray<readonly [from: string, to: string, allowed: boolean]> = [
    ["open", "in_progress", true], ["open", "waiting_for_customer", true], ["open", "on_hold", true],
    ["open", "resolved", true], ["open", "closed", true],
    ["in_progress", "open", true], ["in_progress", "resolved", true], ["in_progress", "closed", true],
    ["waiting_for_customer", "open", true], ["waiting_for_customer", "in_progress", true],
    ["on_hold", "open", true], ["on_hold", "in_progress", true],
    ["resolved", "open", true], ["resolved", "in_progress", true], ["resolved", "closed", true],
    ["resolved", "on_hold", false], ["resolved", "waiting_for_customer", false],
    ["closed", "open", true], ["closed", "in_progress", false], ["closed", "resolved", false],
    ["closed", "on_hold", false], ["closed", "waiting_for_customer", false],
    ["open", "no_such_status", false], ["no_such_status", "open", false],
  ];
  it.each(moves)("from %s to %s: %s", (from, to, allowed) => {
    expect(judgeMove(defaultStatuses, ticketRow({ status: from }), to, "agent").type).toBe(
      allowed ? "allowed" : "refused",
    );
  });

  it.each(Object.keys(defaultStatuses.statuses))("from %s to itself is no move, and allowed", (status) => {
    expect(judgeMove(defaultStatuses, ticketRow({ status }), status, "agent")).toEqual({ type: "allowed" });
  });

  it("names what is allowed where it refuses", () => {
    expect(judgeMove(defaultStatuses, ticketRow({ status: "closed" }), "resolved", "agent")).toEqual({
      type: "refused",
      allowed: ["open"],
      missing: [],
    });
  });

  const replies: ReadonlyArray<readonly [status: string, role: Role, after: string]> = [
    ["open", "customer", "open"],
    ["open", "agent", "in_progress"],
    ["open", "admin", "in_progress"],
    ["open", "bot", "open"],
    ["open", "rule", "open"],
    ["open", "system", "open"],
    ["waiting_for_customer", "customer", "in_progress"],
    ["waiting_for_customer", "agent", "waiting_for_customer"],
    ["resolved", "customer", "resolved"],
    ["closed", "agent", "closed"],
  ];
  it.each(replies)("a ticket that is %s, answered by a %s, is %s", (status, role, after) => {
    expect(statusAfterMessage(defaultStatuses, ticketRow({ status }), role)).toBe(after);
  });
});

describe("a machine of the host's own", () => {
  it("with `any` allows every other status, and not itself", () => {
    expect(movesFrom(trap, "constructor")).toEqual(["toString"]);
  });

  it("may name a status like something that every object has", () => {
    expect(flawsOf(trap)).toEqual([]);
    expect(isOpen(trap, "constructor")).toBe(true);
    expect(isOpen(trap, "toString")).toBe(false);
    expect(statusAfterMessage(trap, ticketRow({ status: "constructor" }), "customer")).toBe("constructor");
    expect(statusAfterMessage(trap, ticketRow({ status: "constructor" }), "agent")).toBe("constructor");
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("has no status %s by being an object", (name) => {
    expect(hasStatus(defaultStatuses, name)).toBe(false);
    expect(movesFrom(defaultStatuses, name)).toEqual([]);
    const verdict = judgeMove(defaultStatuses, ticketRow(), name, "agent");
    expect(verdict.type).toBe("refused");
  });

  const flawed: ReadonlyArray<readonly [Partial<StatusMachine>, ReadonlyArray<ReadonlyArray<string>>]> = [
    [{ initial: "nowhere" }, [["initial"]]],
    [{ reopened: "nowhere" }, [["reopened"]]],
    [{ initial: "resolved" }, [["initial"]]],
    [{ reopened: "closed" }, [["reopened"]]],
    [{ initial: "toString" }, [["initial"]]],
    [{ statuses: {} }, [["initial"], ["reopened"], ["customerReplied", "a"], ["customerReplied", "a"]]],
    [{ customerReplied: { open: "nowhere" } }, [["customerReplied", "open"]]],
    [{ customerReplied: { nowhere: "open" } }, [["customerReplied", "nowhere"]]],
    [{ agentReplied: { closed: "in_progress" } }, [["agentReplied", "closed"]]],
    [{ guards: [{ to: ["nowhere"] }] }, [["guards"]]],
    [{ guards: [{ from: ["nowhere"], to: ["open"] }] }, [["guards"]]],
    [
      { statuses: { ...defaultStatuses.statuses, odd: { category: "open", moves: ["x"] } } },
      [["statuses", "odd", "moves"]],
    ],
  ];
  it.each(flawed)("with %o has flaws at %o", (part, paths) => {
    const replied =
      part.statuses && Object.keys(part.statuses).length === 0 ? { customerReplied: { a: "b" }, agentReplied: {} } : {};
    expect(flawsOf({ ...defaultStatuses, ...replied, ...part }).map(({ path }) => path)).toEqual(paths);
  });
});

describe("guards", () => {
  const needsCause = guarded({ to: ["resolved", "closed"], requires: ["category", "custom.cause", "tags"] });

  it("name what is missing, once each", () => {
    const twice = guarded(...(needsCause.guards ?? []), { to: ["resolved"], requires: ["category", "assignee"] });
    expect(judgeMove(twice, ticketRow(), "resolved", "agent")).toMatchObject({
      type: "refused",
      missing: ["category", "custom.cause", "tags", "assignee"],
    });
  });

  it.each([null, ""])("take %o for missing, and 0 and false for filled", (empty) => {
    const filled = { category: "a", tags: ["b"] };
    const judge = (cause: string | number | boolean | null) =>
      judgeMove(needsCause, ticketRow({ ...filled, custom: { cause } }), "resolved", "agent").type;
    expect(judge(empty)).toBe("refused");
    expect([judge(0), judge(false), judge("x")]).toEqual(["allowed", "allowed", "allowed"]);
  });

  it("don't take what every object inherits for a custom field", () => {
    const machine = guarded({ to: ["resolved"], requires: ["custom.constructor"] });
    expect(judgeMove(machine, ticketRow(), "resolved", "agent")).toMatchObject({ missing: ["custom.constructor"] });
  });

  it("bind only the moves they name", () => {
    const machine = guarded({ from: ["open"], to: ["closed"], requires: ["category"] });
    expect(judgeMove(machine, ticketRow({ status: "open" }), "closed", "agent").type).toBe("refused");
    expect(judgeMove(machine, ticketRow({ status: "in_progress" }), "closed", "agent").type).toBe("allowed");
    expect(judgeMove(machine, ticketRow({ status: "open" }), "resolved", "agent").type).toBe("allowed");
  });

  it("forbid a move to roles they don't name, before they ask for fields", () => {
    const machine = guarded({ to: ["closed"], roles: ["admin"], requires: ["category"] });
    expect(judgeMove(machine, ticketRow(), "closed", "agent")).toEqual({ type: "forbidden", roles: ["admin"] });
    expect(judgeMove(machine, ticketRow(), "closed", "admin").type).toBe("refused");
  });

  it("say no to what is not listed at all as to any other move", () => {
    const machine = guarded({ to: ["resolved"], roles: ["admin"] });
    expect(judgeMove(machine, ticketRow({ status: "closed" }), "resolved", "agent").type).toBe("refused");
  });

  it("keep a message from moving a ticket that lacks fields, whoever wrote it", () => {
    const machine = guarded({ to: ["in_progress"], requires: ["assignee"], roles: ["admin"] });
    for (const role of ["customer", "agent"] as const) {
      const status = role === "customer" ? "waiting_for_customer" : "open";
      expect(statusAfterMessage(machine, ticketRow({ status }), role)).toBe(status);
      expect(statusAfterMessage(machine, ticketRow({ status, assignee: 5 }), role)).toBe("in_progress");
    }
    expect(mayFollow(machine, ticketRow(), "in_progress")).toBe(false);
  });
});

describe("who may answer", () => {
  const machine: StatusMachine = {
    ...defaultStatuses,
    statuses: {
      ...defaultStatuses.statuses,
      in_progress: { category: "open", replies: "assignee", moves: "any" },
      on_hold: { category: "pending", replies: "nobody", moves: "any" },
    },
  };
  const [me, other] = [7, 8];
  // biome-ignore format: a table.
  const table: ReadonlyArray<readonly [status: string, assignee: number | null, role: Role, user: number | null, may: string]> = [
    ["open", other, "agent", me, "yes"],
    ["in_progress", me, "agent", me, "yes"],
    ["in_progress", other, "agent", me, "only the assignee"],
    ["in_progress", null, "agent", me, "only the assignee"],
    ["in_progress", other, "admin", me, "only the assignee"],
    ["in_progress", me, "admin", me, "yes"],
    ["in_progress", other, "bot", null, "yes"],
    ["in_progress", null, "system", null, "yes"],
    ["in_progress", other, "rule", null, "yes"],
    ["on_hold", me, "agent", me, "nobody"],
    ["on_hold", me, "admin", me, "nobody"],
    ["on_hold", null, "system", null, "nobody"],
    ["no_such_status", null, "agent", me, "yes"],
  ];
  it.each(table)("%s, given to %s: %s %s: %s", (status, assignee, role, user, may) => {
    expect(mayReply(machine, ticketRow({ status, assignee }), { role, user })).toBe(may);
  });
});

describe("the times of a status", () => {
  const none = { resolvedAt: null, closedAt: null };
  // biome-ignore format: a table.
  const table: ReadonlyArray<readonly [from: string, was: object, to: string, is: object]> = [
    ["open", none, "in_progress", none],
    ["open", none, "on_hold", none],
    ["open", none, "resolved", { resolvedAt: wednesday, closedAt: null }],
    ["open", none, "closed", { resolvedAt: null, closedAt: wednesday }],
    ["resolved", { resolvedAt: monday, closedAt: null }, "closed", { resolvedAt: monday, closedAt: wednesday }],
    ["resolved", { resolvedAt: monday, closedAt: null }, "open", none],
    ["resolved", { resolvedAt: monday, closedAt: null }, "resolved", { resolvedAt: monday, closedAt: null }],
    ["closed", { resolvedAt: monday, closedAt: tuesday }, "open", none],
    ["closed", { resolvedAt: null, closedAt: tuesday }, "resolved", { resolvedAt: wednesday, closedAt: null }],
  ];
  it.each(table)("from %s %o to %s: %o", (from, was, to, is) => {
    const before = ticketRow({ status: from, ...was });
    const { resolvedAt, closedAt } = withStatusTimes(defaultStatuses, before, { ...before, status: to }, wednesday);
    expect({ resolvedAt, closedAt }).toEqual(is);
  });
});
