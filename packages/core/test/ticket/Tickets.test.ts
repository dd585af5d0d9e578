import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { Lists } from "../../src/queue/Lists.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import type { Ticket } from "../../src/ticket/Ticket.ts";
import type { TicketListQuery, TicketPage } from "../../src/ticket/TicketInput.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { Users } from "../../src/user/Users.ts";
import { asSystem, changesNothing, desk, failureOf, farMemory, people, person, refusedFields } from "../TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };
const queues = [
  { key: "old", name: "Old" },
  { key: "new", name: "New" },
];

describe("opening a ticket", () => {
  it.effect("answers it as it is stored, from the one who asks, with what they said as its first message", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada }] = [yield* Tickets, yield* Messages, yield* people];
      yield* TestClock.setTime(1_000_000);
      const ticket = yield* ada.does(tickets.open({ ...printer, custom: { order: 17, gone: null }, channel: "app" }));
      assert.deepInclude(ticket, {
        id: 1,
        version: 1,
        subject: "Printer on fire",
        status: "open",
        priority: "normal",
        requester: ada.id,
        assignee: null,
        channel: "app",
        custom: { order: 17 },
        createdAt: new Date(1_000_000),
        updatedAt: new Date(1_000_000),
        unread: { customer: 0, agents: 1 },
      });
      assert.deepStrictEqual(yield* ada.does(tickets.get(1)), ticket);
      const [first, ...more] = yield* ada.does(messages.list(1));
      assert.deepInclude(first, { text: "It burns.", author: ada.id, role: "customer", channel: "app", note: false });
      assert.lengthOf(more, 0);
    }).pipe(desk()),
  );

  it.effect("for somebody else is for agents, and is an answer already", () =>
    Effect.gen(function* () {
      const [tickets, { ada, bob, agent }] = [yield* Tickets, yield* people];
      const ticket = yield* agent.does(tickets.open({ ...printer, requester: ada.id }));
      assert.deepInclude(ticket, { requester: ada.id, firstReplyAt: ticket.createdAt });
      assert.deepStrictEqual(ticket.unread, { customer: 1, agents: 0 });
      const refused = yield* failureOf(bob.does(tickets.open({ ...printer, requester: ada.id })));
      assert.strictEqual(refused._tag, "NotAllowed");
    }).pipe(desk()),
  );

  it.effect("by nobody in particular needs a requester, who is created where the host's id is new", () =>
    Effect.gen(function* () {
      const tickets = yield* Tickets;
      assert.deepStrictEqual(yield* refusedFields(asSystem(tickets.open(printer))), ["requester"]);
      const open = asSystem(tickets.open({ ...printer, requester: { externalId: "u-1" } }));
      const [one, two] = yield* Effect.all([open, open]);
      assert.strictEqual(one.requester, two.requester);
    }).pipe(desk()),
  );

  it.effect("leaves assignee and tags to agents", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      for (const chosen of [{ assignee: agent.id }, { assignee: null }, { tags: ["vip"] }])
        assert.strictEqual((yield* failureOf(ada.does(tickets.open({ ...printer, ...chosen }))))._tag, "NotAllowed");
    }).pipe(desk()),
  );

  it.effect("takes only queues, categories, priorities, people and agents that there are", () =>
    Effect.gen(function* () {
      const [tickets, lists, users, { ada, admin }] = [yield* Tickets, yield* Lists, yield* Users, yield* people];
      const left = yield* person("agent");
      yield* admin.does(users.update(left.id, { active: false }));
      yield* admin.does(lists.queues.remove("old"));
      const wrong = [
        ["queue", { queue: "nowhere" }],
        ["queue", { queue: "old" }],
        ["category", { category: "nothing" }],
        ["priority", { priority: "constructor" }],
        ["requester", { requester: 999_999 }],
        ["requester", { requester: -1 }],
        ["assignee", { assignee: 999_999 }],
        ["assignee", { assignee: ada.id }],
        ["assignee", { assignee: left.id }],
      ] as const;
      // What a list begins with is written when it is first read.
      for (const kind of ["categories", "priorities"] as const) yield* admin.does(lists[kind].list());
      for (const [field, chosen] of wrong)
        assert.deepStrictEqual(
          yield* refusedFields(changesNothing(admin.does(tickets.open({ ...printer, ...chosen })))),
          [field],
        );
      const right = { queue: "new", category: "a", priority: "high", assignee: admin.id };
      assert.deepInclude(yield* admin.does(tickets.open({ ...printer, ...right })), right);
    }).pipe(desk({ queues, categories: [{ key: "a", name: "A" }] })),
  );

  it.effect("never makes a customer an agent by naming them as assignee", () =>
    Effect.gen(function* () {
      const [tickets, users, { ada, agent }] = [yield* Tickets, yield* Users, yield* people];
      const assignee = { externalId: "ada" };
      assert.deepStrictEqual(yield* refusedFields(agent.does(tickets.open({ ...printer, assignee }))), ["assignee"]);
      assert.strictEqual((yield* agent.does(users.get(ada.id))).role, "customer");
      const given = yield* agent.does(tickets.open({ ...printer, assignee: { externalId: "new-colleague" } }));
      assert.strictEqual((yield* agent.does(users.get(given.assignee as number))).role, "agent");
    }).pipe(desk()),
  );
});

describe("a list of tickets", () => {
  const ids = ({ items }: TicketPage) => items.map(({ id }) => id);

  it.effect("shows customers their own alone, whatever they ask for, and no tags", () =>
    Effect.gen(function* () {
      const [tickets, { ada, bob, agent }] = [yield* Tickets, yield* people];
      for (const one of [ada, bob, ada]) yield* one.does(tickets.open(printer));
      yield* agent.does(tickets.update(1, { tags: ["vip"] }));
      const lists = (query: TicketListQuery) => ada.does(tickets.list({ ...query, total: true }));
      assert.deepStrictEqual(ids(yield* lists({})), [3, 1]);
      assert.deepStrictEqual(ids(yield* lists({ requester: [ada.id, bob.id] })), [3, 1]);
      assert.deepStrictEqual(yield* lists({ requester: bob.id }), { items: [], next: null, total: 0 });
      assert.deepStrictEqual(yield* lists({ tag: "vip" }), { items: [], next: null, total: 0 });
      assert.isTrue((yield* lists({})).items.every(({ tags }) => tags.length === 0));
      assert.deepStrictEqual(ids(yield* agent.does(tickets.list({ tag: "vip" }))), [1]);
    }).pipe(desk()),
  );

  it.effect("comes page by page with every ticket once, while tickets are added and removed", () =>
    Effect.gen(function* () {
      const [tickets, { ada, admin }] = [yield* Tickets, yield* people];
      for (let number = 1; number <= 25; number++) {
        // Some at one time, so that only the id orders them.
        if (number % 3 === 0) yield* TestClock.adjust("1 second");
        yield* ada.does(tickets.open(printer));
      }
      yield* admin.does(tickets.remove(13));
      for (const sort of ["createdAt", "-createdAt", "updatedAt", "-updatedAt", "id", "-id"] as const) {
        const seen: Array<number> = [];
        let after: string | null = null;
        do {
          const page: TicketPage = yield* admin.does(tickets.list({ sort, limit: 4, ...(after && { after }) }));
          seen.push(...ids(page));
          after = page.next;
          yield* TestClock.adjust("1 second");
          if (sort.startsWith("-")) yield* ada.does(tickets.open(printer));
        } while (after !== null);
        const old = seen.filter((id) => id <= 25);
        assert.deepStrictEqual(
          [...old].sort((a, b) => a - b),
          Array.from({ length: 25 }, (_, index) => index + 1).filter((id) => id !== 13),
          sort,
        );
        assert.lengthOf(new Set(seen), seen.length);
      }
    }).pipe(desk()),
  );

  it.effect("counts what it would list, skips so many, and takes the end of a page only in its own order", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      for (let number = 0; number < 5; number++) yield* ada.does(tickets.open(printer));
      yield* agent.does(tickets.setStatus(2, "closed"));
      const page = yield* agent.does(tickets.list({ status: "open", limit: 2, offset: 1, total: true, sort: "id" }));
      assert.deepStrictEqual([ids(page), page.total], [[3, 4], 4]);
      const after = page.next as string;
      assert.deepStrictEqual(yield* refusedFields(agent.does(tickets.list({ sort: "-id", after }))), ["after"]);
      assert.isNull((yield* agent.does(tickets.list({ limit: 5 }))).next);
    }).pipe(desk()),
  );
});

describe("changing a ticket", () => {
  it.effect("is all of it in one step, or with the first refusal nothing", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open(printer));
      yield* agent.does(tickets.setStatus(1, "closed"));
      const wrong = { subject: "x", tags: ["x"], assignee: agent.id, status: "in_progress" };
      const error = yield* failureOf(changesNothing(agent.does(tickets.update(1, wrong))));
      assert.deepInclude(error, { _tag: "InvalidTransition", ticketId: 1, from: "closed", to: "in_progress" });
      const ticket = yield* agent.does(tickets.update(1, { ...wrong, status: "open" }));
      assert.deepInclude(ticket, { ...wrong, status: "open", version: 3 });
    }).pipe(desk()),
  );

  it.effect("merges fields of the host's own, and null removes one", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open({ ...printer, custom: { a: 1, b: 2 } }));
      const hostile = JSON.parse('{ "b": null, "__proto__": { "x": 1 }, "constructor": [2] }');
      const { custom } = yield* agent.does(tickets.update(1, { custom: hostile }));
      assert.deepStrictEqual(JSON.stringify(custom), '{"a":1,"__proto__":{"x":1},"constructor":[2]}');
      assert.deepStrictEqual((yield* agent.does(tickets.get(1))).custom, custom);
    }).pipe(desk()),
  );

  it.effect("bit by bit makes no more fields of the host's own than at once", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open({ ...printer, custom: { a: "x".repeat(60_000) } }));
      const more = tickets.update(1, { custom: { b: "x".repeat(60_000) } });
      assert.deepStrictEqual(yield* refusedFields(changesNothing(agent.does(more))), ["custom"]);
      yield* agent.does(tickets.update(1, { custom: { a: null, b: "x".repeat(60_000) } }));
    }).pipe(desk()),
  );

  it.effect("to what it is already is no change: no version, no event, no new time", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open({ ...printer, custom: { a: { b: 1 } } }));
      yield* TestClock.adjust("1 minute");
      const same = { subject: "Printer on fire", status: "open", assignee: null, tags: [], custom: { a: { b: 1 } } };
      yield* changesNothing(agent.does(tickets.update(1, same)));
      yield* changesNothing(agent.does(tickets.update(1, {})));
    }).pipe(desk()),
  );

  it.effect("with `ifVersion` fails with Conflict where somebody was faster, and changes nothing", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, agent }] = [yield* Tickets, yield* Messages, yield* people];
      const { version } = yield* ada.does(tickets.open(printer));
      yield* ada.does(messages.reply(1, { text: "A message is no new version." }));
      const changed = yield* agent.does(tickets.update(1, { subject: "x" }, { ifVersion: version }));
      assert.strictEqual(changed.version, version + 1);
      for (const change of [{ subject: "y" }, { subject: "x" }, {}]) {
        const error = yield* failureOf(changesNothing(agent.does(tickets.update(1, change, { ifVersion: version }))));
        assert.deepInclude(error, { _tag: "Conflict", kind: "ticket", id: 1 });
      }
    }).pipe(desk()),
  );

  it.effect("of two with the same `ifVersion` exactly one is made", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      const { version: ifVersion } = yield* ada.does(tickets.open(printer));
      const exits = yield* Effect.forEach(
        ["a", "b", "c", "d"],
        (subject) => Effect.exit(agent.does(tickets.update(1, { subject }, { ifVersion }))),
        { concurrency: "unbounded" },
      );
      assert.lengthOf(
        exits.filter(({ _tag }) => _tag === "Success"),
        1,
      );
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("tells a status that is not given or unknown from a move that is not allowed", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      yield* ada.does(tickets.open(printer));
      for (const status of ["nowhere", "constructor", "__proto__", "", undefined as never])
        assert.deepStrictEqual(yield* refusedFields(agent.does(tickets.setStatus(1, status))), ["status"]);
    }).pipe(desk()),
  );
});

describe("a ticket that is not there", () => {
  const odd = [99, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, "1", "abc", undefined, null, {}];

  it.effect("is NotFound by every call, and so is what is no number of a ticket at all", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, admin }] = [yield* Tickets, yield* Messages, yield* people];
      yield* ada.does(tickets.open(printer));
      for (const id of odd as ReadonlyArray<number>)
        for (const call of [
          tickets.get(id),
          tickets.update(id, { subject: "x" }),
          tickets.setStatus(id, "closed"),
          tickets.markRead(id),
          tickets.remove(id),
          tickets.history(id),
          messages.reply(id, { text: "x" }),
          messages.note(id, { text: "x" }),
          messages.list(id),
          messages.get(id),
          messages.edit(id, { text: "x" }),
          messages.remove(id),
        ]) {
          const error = yield* failureOf(changesNothing(admin.does(call)));
          assert.strictEqual(error._tag, "NotFound", `${id}`);
          assert.match(error.message, /^There is no (ticket|message) /);
        }
    }).pipe(desk()),
  );

  it.effect("is one that was removed, by every call and in every list and number", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, admin }] = [yield* Tickets, yield* Messages, yield* people];
      for (let number = 0; number < 2; number++) yield* ada.does(tickets.open(printer));
      const [message] = yield* ada.does(messages.list(1));
      yield* admin.does(tickets.remove(1));
      for (const call of [
        tickets.get(1),
        tickets.update(1, { subject: "x" }),
        tickets.markRead(1),
        tickets.remove(1),
        tickets.history(1),
        messages.reply(1, { text: "x" }),
        messages.list(1),
        messages.get(message?.id ?? 0),
        messages.edit(message?.id ?? 0, { text: "x" }),
      ])
        assert.strictEqual((yield* failureOf(admin.does(call)))._tag, "NotFound");
      const page = yield* admin.does(tickets.list({ total: true }));
      assert.deepStrictEqual([page.items.map(({ id }) => id), page.total], [[2], 1]);
      assert.strictEqual((yield* admin.does(tickets.stats())).total, 1);
    }).pipe(desk()),
  );
});

describe("reading", () => {
  it.effect("marks what the other side sent, each side for itself", () =>
    Effect.gen(function* () {
      const [tickets, messages, { ada, agent, admin }] = [yield* Tickets, yield* Messages, yield* people];
      yield* ada.does(tickets.open(printer));
      yield* ada.does(messages.reply(1, { text: "Hello?" }));
      const unread = Effect.map(agent.does(tickets.get(1)), (ticket: Ticket) => ticket.unread);
      assert.deepStrictEqual(yield* unread, { customer: 0, agents: 2 });
      assert.deepStrictEqual((yield* admin.does(tickets.markRead(1))).unread, { customer: 0, agents: 0 });
      yield* agent.does(messages.note(1, { text: "Odd." }));
      yield* agent.does(messages.reply(1, { text: "Pour water." }));
      assert.deepStrictEqual(yield* unread, { customer: 1, agents: 0 });
      assert.deepStrictEqual((yield* ada.does(tickets.markRead(1))).unread, { customer: 0, agents: 0 });
      yield* changesNothing(ada.does(tickets.markRead(1)));
    }).pipe(desk()),
  );

  it.effect("is told by one event for each side, and is no new version", () =>
    Effect.gen(function* () {
      const [tickets, { ada, agent }] = [yield* Tickets, yield* people];
      const { version, updatedAt } = yield* ada.does(tickets.open(printer));
      yield* TestClock.adjust("1 minute");
      for (let time = 0; time < 2; time++) yield* agent.does(tickets.markRead(1));
      const events = yield* ada.does(tickets.history(1));
      assert.deepStrictEqual(
        events.map((event) => (event.type === "TicketRead" ? event.side : event.type)),
        ["TicketOpened", "agents"],
      );
      const ticket = yield* agent.does(tickets.get(1));
      assert.deepStrictEqual([ticket.version, ticket.updatedAt], [version, updatedAt]);
    }).pipe(desk()),
  );
});

it.effect("the history of a ticket goes on behind a thousand notes, which customers don't hear of", () =>
  Effect.gen(function* () {
    const [tickets, messages, { ada, agent }] = [yield* Tickets, yield* Messages, yield* people];
    yield* ada.does(tickets.open(printer));
    yield* Effect.replicateEffect(agent.does(messages.note(1, { text: "x" })), 2100, { discard: true });
    yield* ada.does(messages.reply(1, { text: "x" }));
    const [opened, ...none] = yield* ada.does(tickets.history(1));
    assert.deepStrictEqual([opened?.type, none], ["TicketOpened", []]);
    const rest = yield* ada.does(tickets.history(1, 1005));
    assert.deepStrictEqual(
      rest.map(({ type }) => type),
      ["MessageReceived"],
    );
    assert.deepStrictEqual(yield* ada.does(tickets.history(1, rest[0]?.position)), []);
  }).pipe(desk()),
);

it.effect("the history of a ticket is told page by page, without notes to customers", () =>
  Effect.gen(function* () {
    const [tickets, messages, { ada, bob, agent }] = [yield* Tickets, yield* Messages, yield* people];
    for (const one of [ada, bob]) yield* one.does(tickets.open(printer));
    yield* agent.does(messages.note(1, { text: "x" }));
    yield* agent.does(messages.reply(1, { text: "x" }));
    const types = (events: ReadonlyArray<{ readonly type: string }>) => events.map(({ type }) => type);
    const all = yield* agent.does(tickets.history(1));
    assert.deepStrictEqual(types(all), ["TicketOpened", "NoteAdded", "ReplyAdded", "StatusChanged"]);
    assert.deepStrictEqual(types(yield* ada.does(tickets.history(1))), ["TicketOpened", "ReplyAdded", "StatusChanged"]);
    assert.deepStrictEqual(yield* agent.does(tickets.history(1, all[1]?.position)), all.slice(2));
    for (const after of [-1, 1.5, Number.NaN, "x" as never])
      assert.deepStrictEqual(yield* refusedFields(agent.does(tickets.history(1, after))), ["after"]);
    assert.strictEqual((yield* failureOf(bob.does(tickets.history(1))))._tag, "NotFound");
  }).pipe(desk()),
);
