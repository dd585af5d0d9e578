import { describe, expect, it } from "vitest";
import type { Actor, Role } from "../src/Actor.ts";
import { type Event, EventBody } from "../src/Event.ts";
import { type Action, mayHear, type Permission, permissionOf, type Resource, ticketFor } from "../src/permission.ts";
import { message, ticket } from "./rows.ts";

const roles: ReadonlyArray<Role> = ["customer", "agent", "admin", "bot", "rule", "system"];
const me = 7;
const other = 8;
const actor = (role: Role): Actor => ({ role, user: me, tenant: "t" });

const own = { ticket: ticket({ requester: me }) };
const foreign = { ticket: ticket({ requester: other }) };
const mine = message({ author: me });
const theirs = message({ author: other });
const note = message({ note: true, author: other });

// biome-ignore format: one question, one line.
/** y = yes, n = no, h = hidden, one letter for each role, in the order of the heading. */
const table: ReadonlyArray<readonly [action: Action, on: string, resource: Resource, answers: string]> = [
  //                                                                                    customer
  //                                                                                    | agent
  //                                                                                    | | admin
  //                                                                                    | | | bot
  //                                                                                    | | | | rule
  //                                                                                    | | | | | system
  ["ticket.open", "for oneself", { requester: me }, "y y y y y y"],
  ["ticket.open", "for somebody else", { requester: other }, "n y y y y y"],
  ["ticket.open", "for nobody named", {}, "n y y y y y"],
  ["ticket.read", "one's own", own, "y y y y y y"],
  ["ticket.read", "another's", foreign, "h y y y y y"],
  ["ticket.read", "one's own, a note on it", { ...own, message: note }, "h y y y y y"],
  ["ticket.list", "", {}, "y y y y y y"],
  ["ticket.update", "one's own", own, "n y y y y y"],
  ["ticket.update", "another's", foreign, "h y y y y y"],
  ["ticket.remove", "one's own", own, "n n y n n y"],
  ["ticket.remove", "another's", foreign, "h n y n n y"],
  ["ticket.markRead", "one's own", own, "y y y y y y"],
  ["ticket.markRead", "another's", foreign, "h y y y y y"],
  ["message.reply", "on one's own ticket", own, "y y y y y y"],
  ["message.reply", "on another's ticket", foreign, "h y y y y y"],
  ["message.note", "on one's own ticket", own, "n y y y y y"],
  ["message.note", "on another's ticket", foreign, "h y y y y y"],
  ["message.edit", "one's own message", { ...own, message: mine }, "n y y n n y"],
  ["message.edit", "another's message", { ...own, message: theirs }, "n n y n n y"],
  ["message.edit", "a note of another's", { ...own, message: note }, "h n y n n y"],
  ["message.edit", "a message on another's ticket", { ...foreign, message: theirs }, "h n y n n y"],
  ["message.remove", "one's own message", { ...own, message: mine }, "n n y n n y"],
  ["message.remove", "a note", { ...own, message: note }, "h n y n n y"],
  ["user.read", "oneself", { user: { id: me, role: "customer" } }, "y y y y y y"],
  ["user.read", "another", { user: { id: other, role: "customer" } }, "h y y y y y"],
  ["user.list", "", {}, "n y y y y y"],
  ["user.write", "oneself", { user: { id: me, role: "customer" } }, "n y y n n y"],
  ["user.write", "a customer", { user: { id: other, role: "customer" } }, "n y y n n y"],
  ["user.write", "an agent", { user: { id: other, role: "agent" } }, "n n y n n y"],
  ["user.write", "an admin", { user: { id: other, role: "admin" } }, "n n y n n y"],
  ["list.read", "", {}, "y y y y y y"],
  ["list.write", "", {}, "n n y n n y"],
  ["file.add", "", {}, "y y y y y y"],
  ["job.read", "", {}, "n n y n n y"],
  ["job.write", "", {}, "n n y n n y"],
  ["stats.read", "", {}, "n y y y y y"],
];
const words: Readonly<Record<string, Permission>> = { y: "yes", n: "no", h: "hidden" };

describe("permissions", () => {
  describe.each(table)("%s %s", (action, _, resource, answers) => {
    it.each(roles.map((role, index) => [role, words[answers.split(" ")[index] as string]] as const))(
      "%s: %s",
      (role, answer) => {
        expect(permissionOf(actor(role), action, resource)).toBe(answer);
      },
    );
  });

  it("the table asks for every action", () => {
    const actions: Record<Action, true> = {
      "ticket.open": true,
      "ticket.read": true,
      "ticket.list": true,
      "ticket.update": true,
      "ticket.remove": true,
      "ticket.markRead": true,
      "message.reply": true,
      "message.note": true,
      "message.edit": true,
      "message.remove": true,
      "user.read": true,
      "user.list": true,
      "user.write": true,
      "list.read": true,
      "list.write": true,
      "file.add": true,
      "job.read": true,
      "job.write": true,
      "stats.read": true,
    };
    expect(new Set(table.map(([action]) => action))).toEqual(new Set(Object.keys(actions)));
  });

  it.each(table)("a role that nobody knows may not: %s %s", (action, _, resource) => {
    expect(permissionOf({ ...actor("agent"), role: "root" as Role }, action, resource)).toBe("no");
  });

  it("a customer who is nobody in particular may nothing, and no agent edits what no person wrote", () => {
    for (const [action, , resource] of table)
      expect(permissionOf({ ...actor("customer"), user: null }, action, resource)).toBe("no");
    const nobodys = { ...own, message: message({ author: null }) };
    expect(permissionOf({ ...actor("agent"), user: null }, "message.edit", nobodys)).toBe("no");
  });
});

describe("who hears of what", () => {
  const about = { ticketId: 1, requester: me };
  const event = (body: EventBody): Event => ({
    position: 1,
    tenant: "t",
    version: 1,
    at: new Date(0),
    actor: { role: "agent", user: other },
    ...body,
  });
  /** Every type of event, and whether the ticket's requester hears it. */
  const heard: ReadonlyArray<readonly [EventBody, boolean]> = [
    [{ type: "TicketOpened", ...about, messageId: 1 }, true],
    [{ type: "MessageReceived", ...about, messageId: 1 }, true],
    [{ type: "ReplyAdded", ...about, messageId: 1 }, true],
    [{ type: "NoteAdded", ...about, messageId: 1 }, false],
    [{ type: "MessageEdited", ...about, messageId: 1, note: false }, true],
    [{ type: "MessageEdited", ...about, messageId: 1, note: true }, false],
    [{ type: "MessageDeleted", ...about, messageId: 1, note: false }, true],
    [{ type: "MessageDeleted", ...about, messageId: 1, note: true }, false],
    [{ type: "FileAdded", ...about, messageId: 1, fileId: 1, note: false }, true],
    [{ type: "FileAdded", ...about, messageId: 1, fileId: 1, note: true }, false],
    [{ type: "TicketRead", ...about, side: "agents" }, true],
    [{ type: "TicketAssigned", ...about, from: null, to: 3 }, true],
    [{ type: "StatusChanged", ...about, from: "open", to: "closed" }, true],
    [{ type: "PriorityChanged", ...about, from: "low", to: "high" }, true],
    [{ type: "QueueChanged", ...about, from: null, to: "a" }, true],
    [{ type: "CategoryChanged", ...about, from: null, to: "a" }, true],
    [{ type: "TagsChanged", ...about, added: ["a"], removed: [] }, false],
    [{ type: "TicketEdited", ...about, fields: ["subject"] }, true],
    [{ type: "TicketMerged", ...about, into: 2 }, true],
    [{ type: "TicketDeleted", ...about }, true],
    [{ type: "Delivered", ...about, deliveryId: 1, messageId: 1 }, false],
    [{ type: "DeliveryFailed", ...about, deliveryId: 1, messageId: null, state: "unknown" }, false],
    [{ type: "UserAdded", userId: me }, false],
    [{ type: "UserChanged", userId: me, fields: ["name"] }, false],
    [{ type: "ListChanged", list: "queue", key: "a" }, false],
    [{ type: "JobDied", jobId: 1, kind: "a" }, false],
  ];

  it("the list has every type of event", () => {
    const types = EventBody.members.map(({ fields }) => fields.type.schema.literal);
    expect(new Set(heard.map(([{ type }]) => type))).toEqual(new Set(types));
  });

  it.each(heard)("the requester of the ticket: %o %s", (body, answer) => {
    expect(mayHear(actor("customer"), event(body))).toBe(answer);
  });

  it.each(heard)("not another customer, nor one who is nobody: %o", (body) => {
    expect(mayHear({ ...actor("customer"), user: 99 }, event(body))).toBe(false);
    expect(mayHear({ ...actor("customer"), user: null }, event(body))).toBe(false);
  });

  it.each(heard)("everybody else of the tenant, and nobody of another: %o", (body) => {
    for (const role of roles) {
      if (role !== "customer") expect(mayHear(actor(role), event(body))).toBe(true);
      expect(mayHear({ ...actor(role), tenant: "u" }, event(body))).toBe(false);
    }
  });
});

it("shows tags to everybody but customers", () => {
  const tagged = ticket({ tags: ["vip"] });
  for (const role of roles) expect(ticketFor(actor(role), tagged).tags).toEqual(role === "customer" ? [] : ["vip"]);
});
