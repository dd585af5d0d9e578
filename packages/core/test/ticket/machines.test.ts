import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import type { Policies } from "../../src/Policies.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import type { Guard, StatusMachine } from "../../src/ticket/StatusMachine.ts";
import { flawsOf } from "../../src/ticket/status.ts";
import type { Ticket } from "../../src/ticket/Ticket.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { Dice } from "../Dice.ts";
import { desk, failureOf, people } from "../TestDesk.ts";

const names = ["constructor", "b", "c", "toString", "e", "f"];
const categories = ["open", "pending", "solved", "closed"] as const;

/** A machine of any shape that has no flaws. */
const randomMachine = (dice: Dice): StatusMachine => {
  const statuses = names.slice(0, dice.int(2, names.length + 1));
  const isFirst = (status: string) => status === statuses[0];
  const machine: StatusMachine = {
    initial: statuses[0] as string,
    reopened: dice.pick(statuses),
    statuses: Object.fromEntries(
      statuses.map((status) => [
        status,
        {
          category: isFirst(status) ? dice.pick(["open", "pending"] as const) : dice.pick(categories),
          moves: dice.chance(0.2) ? ("any" as const) : dice.some(statuses.filter((other) => other !== status)),
        },
      ]),
    ),
    guards: dice.many(
      dice.int(0, 3),
      (): Guard => ({
        ...(dice.chance(0.5) && { from: dice.some(statuses) }),
        to: dice.some(statuses),
        ...(dice.chance(0.6) && { requires: dice.some(["category", "custom.toString", "assignee"]) }),
        ...(dice.chance(0.3) && { roles: dice.pick([["admin"], ["agent", "admin"]] as const) }),
      }),
    ),
    customerReplied: Object.fromEntries(dice.some(statuses).map((status) => [status, dice.pick(statuses)])),
    agentReplied: Object.fromEntries(dice.some(statuses).map((status) => [status, dice.pick(statuses)])),
  };
  return flawsOf(machine).length === 0 ? machine : randomMachine(dice);
};

/** The rules told again, one by one, as plainly as can be. */
const model = (machine: StatusMachine) => {
  const own = <A>(record: Readonly<Record<string, A>>, key: string) =>
    new Map(Object.entries(record)).get(key) as A | undefined;
  const category = (status: string) => own(machine.statuses, status)?.category;
  const isOver = (status: string) => category(status) === "solved" || category(status) === "closed";
  const isListed = (from: string, to: string) => {
    const moves = own(machine.statuses, from)?.moves ?? [];
    return moves === "any" ? from !== to : moves.includes(to);
  };
  const hasAll = (ticket: Ticket, from: string, to: string) =>
    (machine.guards ?? []).every(
      (guard) =>
        !guard.to.includes(to) ||
        (guard.from !== undefined && !guard.from.includes(from)) ||
        (guard.requires ?? []).every((field) =>
          field === "category"
            ? ticket.category !== null
            : field === "assignee"
              ? ticket.assignee !== null
              : own(ticket.custom, "toString") !== undefined,
        ),
    );
  const mayDo = (role: "agent" | "admin", from: string, to: string) =>
    (machine.guards ?? []).every(
      ({ from: froms = names, to: tos, roles = ["agent", "admin"] }) =>
        !tos.includes(to) || !froms.includes(from) || roles.includes(role),
    );
  const times = (before: Ticket, to: string, at: Date) => {
    const [was, is] = [category(before.status), category(to)];
    if (was === is) return { resolvedAt: before.resolvedAt, closedAt: before.closedAt };
    return {
      resolvedAt: is === "solved" ? at : is === "closed" ? before.resolvedAt : null,
      closedAt: is === "closed" ? at : null,
    };
  };
  return { own, isOver, isListed, hasAll, mayDo, times };
};

describe("whatever is moved, said and followed up", () => {
  it.effect.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    "a ticket does what its machine says, seed %i",
    (seed) => {
      const dice = new Dice(seed);
      const machine = randomMachine(dice);
      const followUp = dice.pick<Policies["followUp"]>([{ type: "reopen" }, { type: "new-ticket" }]);
      const rules = model(machine);
      return Effect.gen(function* () {
        const [tickets, messages, { ada, agent, admin }] = [yield* Tickets, yield* Messages, yield* people];
        let id = (yield* ada.does(tickets.open({ subject: "s", text: "t" }))).id;
        for (let step = 1; step <= 30; step++) {
          yield* TestClock.adjust("1 minute");
          const at = new Date(step * 60_000);
          const before = yield* admin.does(tickets.get(id));
          const role = dice.pick(["agent", "admin"] as const);
          const staff = role === "agent" ? agent : admin;
          let expected = before.status;
          switch (dice.int(0, 4)) {
            case 0: {
              const to = dice.pick(Object.keys(machine.statuses));
              const isListed = to === before.status || rules.isListed(before.status, to);
              const move = staff.does(tickets.setStatus(id, to));
              if (to !== before.status && isListed && !rules.mayDo(role, before.status, to))
                assert.strictEqual((yield* failureOf(move))._tag, "NotAllowed");
              else if (!isListed || (to !== before.status && !rules.hasAll(before, before.status, to)))
                assert.strictEqual((yield* failureOf(move))._tag, "InvalidTransition");
              else {
                yield* move;
                expected = to;
              }
              break;
            }
            case 1: {
              yield* staff.does(messages.reply(id, { text: "x" }));
              const to = rules.own(machine.agentReplied, before.status) ?? before.status;
              if (rules.isListed(before.status, to) && rules.hasAll(before, before.status, to)) expected = to;
              break;
            }
            case 2: {
              const { ticketId } = yield* ada.does(messages.reply(id, { text: "x" }));
              const isOver = rules.isOver(before.status);
              const to = isOver ? machine.reopened : rules.own(machine.customerReplied, before.status);
              const may =
                to !== undefined && rules.isListed(before.status, to) && rules.hasAll(before, before.status, to);
              if (isOver && (followUp.type === "new-ticket" || !may)) {
                assert.notStrictEqual(ticketId, id);
                assert.deepStrictEqual(yield* admin.does(tickets.get(id)), before);
                assert.strictEqual((yield* admin.does(tickets.get(ticketId))).followsUp, id);
                id = ticketId;
                expected = machine.initial;
              } else {
                assert.strictEqual(ticketId, id);
                if (may) expected = to;
              }
              break;
            }
            default:
              yield* admin.does(
                tickets.update(
                  id,
                  dice.pick([
                    { category: "a" },
                    { category: null },
                    { assignee: agent.id },
                    { assignee: null },
                    { custom: { toString: 1 } },
                    { custom: { toString: null } },
                  ]),
                ),
              );
          }
          const after = yield* admin.does(tickets.get(id));
          assert.strictEqual(after.status, expected, `step ${step}`);
          if (after.id === before.id) {
            const { resolvedAt, closedAt } = after;
            assert.deepStrictEqual({ resolvedAt, closedAt }, rules.times(before, after.status, at), `step ${step}`);
          }
        }
        for (const event of yield* admin.does(tickets.history(id)))
          if (event.type === "StatusChanged") assert.isTrue(rules.isListed(event.from, event.to));
      }).pipe(desk({ statuses: machine, policies: { followUp }, categories: [{ key: "a", name: "A" }] }));
    },
  );
});
