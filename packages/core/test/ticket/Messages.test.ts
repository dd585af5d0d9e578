import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { Files } from "../../src/file/Files.ts";
import { Lists } from "../../src/queue/Lists.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import { defaultStatuses } from "../../src/ticket/status.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { asSystem, changesNothing, desk, failureOf, farMemory, people, refusedFields } from "../TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };

/** A helpdesk with people and a ticket of Ada's. */
const opened = Effect.gen(function* () {
  const all = {
    ...(yield* people),
    tickets: yield* Tickets,
    messages: yield* Messages,
    files: yield* Files,
  };
  return { ...all, ticket: yield* all.ada.does(all.tickets.open(printer)) };
});

describe("saying something", () => {
  it.effect("moves the ticket as the machine says, and tells who answered first and when", () =>
    Effect.gen(function* () {
      const { ada, agent, tickets, messages } = yield* opened;
      const status = Effect.map(agent.does(tickets.get(1)), (ticket) => ticket.status);
      yield* TestClock.setTime(60_000);
      yield* agent.does(messages.reply(1, { text: "Pour water." }));
      assert.strictEqual(yield* status, "in_progress");
      yield* agent.does(tickets.setStatus(1, "waiting_for_customer"));
      yield* TestClock.setTime(120_000);
      yield* agent.does(messages.reply(1, { text: "Well?" }));
      assert.strictEqual(yield* status, "waiting_for_customer");
      yield* ada.does(messages.reply(1, { text: "Wet now." }));
      assert.strictEqual(yield* status, "in_progress");
      const ticket = yield* agent.does(tickets.get(1));
      assert.deepStrictEqual([ticket.firstReplyAt, ticket.updatedAt], [new Date(60_000), new Date(120_000)]);
    }).pipe(desk()),
  );

  it.effect("as a bot or the helpdesk answers nothing and moves nothing", () =>
    Effect.gen(function* () {
      const { tickets, messages } = yield* opened;
      yield* asSystem(messages.reply(1, { text: "We are on it." }));
      const ticket = yield* asSystem(tickets.get(1));
      assert.deepInclude(ticket, { status: "open", firstReplyAt: null, version: 1 });
      assert.deepStrictEqual(ticket.unread, { customer: 1, agents: 1 });
    }).pipe(desk()),
  );

  it.effect("in a note moves nothing, counts for nobody and is no reply", () =>
    Effect.gen(function* () {
      const { agent, tickets, messages, ticket } = yield* opened;
      const note = yield* agent.does(messages.note(1, { text: "Drama queen." }));
      assert.deepInclude(note, { note: true, author: agent.id, role: "agent" });
      assert.deepStrictEqual(yield* agent.does(tickets.get(1)), { ...ticket, tags: [] });
    }).pipe(desk()),
  );

  it.effect("is for the assignee alone where the status says so, and for nobody where it says that", () =>
    Effect.gen(function* () {
      const { ada, agent, admin, tickets, messages } = yield* opened;
      const say = messages.reply(1, { text: "x" });
      assert.strictEqual((yield* failureOf(changesNothing(agent.does(say))))._tag, "NotAllowed");
      yield* agent.does(messages.note(1, { text: "Notes may always be written." }));
      yield* agent.does(tickets.update(1, { assignee: agent.id }));
      yield* agent.does(say);
      assert.strictEqual((yield* failureOf(admin.does(say)))._tag, "NotAllowed");
      yield* agent.does(tickets.setStatus(1, "on_hold"));
      assert.deepInclude(yield* failureOf(changesNothing(agent.does(say))), {
        _tag: "InvalidTransition",
        from: "on_hold",
      });
      assert.strictEqual((yield* ada.does(say)).ticketId, 1);
    }).pipe(
      desk({
        statuses: {
          ...defaultStatuses,
          statuses: {
            ...defaultStatuses.statuses,
            open: { category: "open", replies: "assignee", moves: "any" },
            on_hold: { category: "pending", replies: "nobody", moves: "any" },
          },
          agentReplied: {},
        },
      }),
    ),
  );

  it.effect("once under one key answers what it answered first, whatever happened meanwhile", () =>
    Effect.gen(function* () {
      const { ada, bob, agent, tickets, messages } = yield* opened;
      const say = ada.does(messages.reply(1, { text: "Hello?", once: "k" }));
      const found = yield* Effect.replicateEffect(say, 20, { concurrency: "unbounded" });
      assert.lengthOf(new Set(found.map(({ id }) => id)), 1);
      yield* agent.does(tickets.setStatus(1, "closed"));
      assert.deepStrictEqual(yield* changesNothing(say), found[0]);
      assert.lengthOf(yield* ada.does(messages.list(1)), 2);
      // A key is its actor's, its ticket's and its call's own.
      assert.notStrictEqual((yield* agent.does(messages.reply(1, { text: "Hello?", once: "k" }))).id, found[0]?.id);
      const theirs = yield* bob.does(tickets.open(printer));
      assert.strictEqual(
        (yield* bob.does(messages.reply(theirs.id, { text: "Hello?", once: "k" }))).ticketId,
        theirs.id,
      );
      for (const other of [
        messages.reply(1, { text: "Other", once: "k" }),
        messages.reply(1, { text: "Hello?", html: "x", once: "k" }),
      ])
        assert.deepStrictEqual(yield* refusedFields(changesNothing(ada.does(other))), ["once"]);
      assert.deepStrictEqual(yield* refusedFields(agent.does(messages.note(1, { text: "Hello?", once: "k" }))), [
        "once",
      ]);
    }).pipe(desk({ storage: farMemory() })),
  );
});

describe("a customer's message on a closed ticket", () => {
  const closed = Effect.gen(function* () {
    const all = yield* opened;
    yield* all.agent.does(all.tickets.update(1, { priority: "high", tags: ["vip"], assignee: all.agent.id }));
    yield* all.agent.does(all.tickets.setStatus(1, "closed"));
    return all;
  });

  it.effect("reopens it by default, and clears its times", () =>
    Effect.gen(function* () {
      const { ada, agent, tickets, messages } = yield* closed;
      assert.strictEqual((yield* ada.does(messages.reply(1, { text: "Again!" }))).ticketId, 1);
      const ticket = yield* agent.does(tickets.get(1));
      assert.deepInclude(ticket, { status: "open", resolvedAt: null, closedAt: null });
    }).pipe(desk()),
  );

  it.effect("opens a new one by policy, with what still holds, and leaves the old as it was", () =>
    Effect.gen(function* () {
      const { ada, agent, tickets, messages } = yield* closed;
      const before = yield* agent.does(tickets.get(1));
      const message = yield* ada.does(messages.reply(1, { text: "Again!", once: "k" }));
      assert.strictEqual(message.ticketId, 2);
      assert.deepInclude(yield* agent.does(tickets.get(2)), {
        subject: "Printer on fire",
        requester: ada.id,
        status: "open",
        priority: "high",
        assignee: null,
        followsUp: 1,
      });
      assert.deepStrictEqual(yield* agent.does(tickets.get(1)), before);
      assert.deepStrictEqual(
        yield* changesNothing(ada.does(messages.reply(1, { text: "Again!", once: "k" }))),
        message,
      );
    }).pipe(desk({ policies: { followUp: { type: "new-ticket" } } })),
  );

  it.effect("goes by the policy of the ticket's queue", () =>
    Effect.gen(function* () {
      const { ada, admin, tickets, messages } = yield* opened;
      const lists = yield* Lists;
      yield* admin.does(lists.queues.create({ name: "strict", policies: { followUp: { type: "new-ticket" } } }));
      yield* admin.does(tickets.update(1, { queue: "strict" }));
      yield* admin.does(tickets.setStatus(1, "closed"));
      assert.strictEqual((yield* ada.does(messages.reply(1, { text: "x" }))).ticketId, 2);
      yield* admin.does(lists.queues.update("strict", { policies: {} }));
      assert.strictEqual((yield* ada.does(messages.reply(1, { text: "y" }))).ticketId, 1);
    }).pipe(desk()),
  );

  it.effect("of an agent's stays where it is", () =>
    Effect.gen(function* () {
      const { agent, tickets, messages } = yield* closed;
      assert.strictEqual((yield* agent.does(messages.reply(1, { text: "By the way" }))).ticketId, 1);
      assert.strictEqual((yield* agent.does(tickets.get(1))).status, "closed");
    }).pipe(desk({ policies: { followUp: { type: "new-ticket" } } })),
  );
});

describe("a message that is there", () => {
  it.effect("is put in other words by its agent or an admin, and says so", () =>
    Effect.gen(function* () {
      const { ada, agent, admin, messages } = yield* opened;
      const { id, version } = yield* agent.does(messages.reply(1, { text: "Poor water.", html: "<p>Poor water.</p>" }));
      yield* TestClock.setTime(60_000);
      const edited = yield* agent.does(messages.edit(id, { text: "Pour water." }));
      assert.deepInclude(edited, { text: "Pour water.", html: null, version: version + 1, editedAt: new Date(60_000) });
      assert.deepStrictEqual(yield* ada.does(messages.get(id)), edited);
      const error = yield* failureOf(
        changesNothing(admin.does(messages.edit(id, { text: "x" }, { ifVersion: version }))),
      );
      assert.deepInclude(error, { _tag: "Conflict", kind: "message", id });
      assert.strictEqual(
        (yield* admin.does(messages.edit(id, { text: "x" }, { ifVersion: edited.version }))).text,
        "x",
      );
      const [first] = yield* ada.does(messages.list(1));
      for (const who of [ada, agent])
        assert.strictEqual(
          (yield* failureOf(who.does(messages.edit(first?.id ?? 0, { text: "x" }))))._tag,
          "NotAllowed",
        );
    }).pipe(desk()),
  );

  it.effect("edited with `ifVersion` is not refused because the ticket changed", () =>
    Effect.gen(function* () {
      const { agent, tickets, messages } = yield* opened;
      const { id, version } = yield* agent.does(messages.reply(1, { text: "a" }));
      const edits = Array.from({ length: 10 }, (_, index) => tickets.update(1, { subject: `Subject ${index}` }));
      const edit = messages.edit(id, { text: "b" }, { ifVersion: version });
      yield* agent.does(Effect.all([...edits, edit], { concurrency: "unbounded" }));
      assert.strictEqual((yield* agent.does(messages.get(id))).text, "b");
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("taken back leaves a tombstone, and its files to nobody but their uploader, until they are swept", () =>
    Effect.gen(function* () {
      const { ada, agent, admin, files, messages } = yield* opened;
      const file = yield* agent.does(files.add({ name: "a.txt", content: new Uint8Array([1, 2, 3]) }));
      const { id } = yield* agent.does(messages.reply(1, { text: "See this", html: "<p>", files: [file.id] }));
      assert.strictEqual((yield* ada.does(files.get(file.id))).id, file.id);
      assert.strictEqual((yield* failureOf(agent.does(messages.remove(id))))._tag, "NotAllowed");
      yield* admin.does(messages.remove(id));
      assert.deepInclude(yield* ada.does(messages.get(id)), { text: "", html: null, attachments: [] });
      assert.isNotNull((yield* ada.does(messages.get(id))).deletedAt);
      assert.strictEqual((yield* failureOf(ada.does(files.get(file.id))))._tag, "NotFound");
      for (const again of [messages.remove(id), messages.edit(id, { text: "x" })])
        assert.strictEqual((yield* failureOf(changesNothing(admin.does(again))))._tag, "NotFound");
      yield* TestClock.adjust("25 hours");
      assert.strictEqual(yield* asSystem(files.sweep()), 1);
      assert.strictEqual((yield* failureOf(agent.does(files.get(file.id))))._tag, "NotFound");
    }).pipe(desk()),
  );

  it.effect("comes in pages, oldest first, with or without notes", () =>
    Effect.gen(function* () {
      const { agent, messages } = yield* opened;
      for (let number = 0; number < 5; number++)
        yield* agent.does(
          number % 2 ? messages.note(1, { text: `${number}` }) : messages.reply(1, { text: `${number}` }),
        );
      const texts = (query?: object) =>
        Effect.map(agent.does(messages.list(1, query)), (list) => list.map(({ text }) => text));
      assert.deepStrictEqual(yield* texts(), ["It burns.", "0", "1", "2", "3", "4"]);
      assert.deepStrictEqual(yield* texts({ notes: false }), ["It burns.", "0", "2", "4"]);
      const [first, second] = yield* agent.does(messages.list(1, { limit: 2 }));
      assert.deepStrictEqual([first?.text, second?.text], ["It burns.", "0"]);
      assert.deepStrictEqual(yield* texts({ after: second?.id, limit: 2 }), ["1", "2"]);
    }).pipe(desk()),
  );
});

describe("files on messages", () => {
  it.effect("are their uploader's to attach, once, and each is named in the refusal", () =>
    Effect.gen(function* () {
      const { ada, bob, files, messages } = yield* opened;
      const file = files.add({ name: "a.txt", content: new Uint8Array([1]) });
      const [one, two, his] = [yield* ada.does(file), yield* ada.does(file), yield* bob.does(file)];
      const say = (...ids: ReadonlyArray<number>) =>
        changesNothing(ada.does(messages.reply(1, { text: "x", files: ids })));
      assert.deepStrictEqual(yield* refusedFields(say(one.id, his.id)), ["files.1"]);
      assert.deepStrictEqual(yield* refusedFields(say(one.id, one.id)), ["files.1"]);
      assert.deepStrictEqual(yield* refusedFields(say(999_999)), ["files.0"]);
      const { attachments } = yield* ada.does(messages.reply(1, { text: "x", files: [two.id, one.id] }));
      assert.deepStrictEqual(
        attachments.map(({ id }) => id),
        [two.id, one.id],
      );
      assert.deepStrictEqual(yield* refusedFields(say(one.id)), ["files.0"]);
    }).pipe(desk()),
  );

  it.effect("named by two messages at once are carried by one of them", () =>
    Effect.gen(function* () {
      const { ada, files, tickets } = yield* opened;
      const file = yield* ada.does(files.add({ name: "a.txt", content: new Uint8Array([1]) }));
      const exits = yield* Effect.replicateEffect(
        Effect.exit(ada.does(tickets.open({ ...printer, files: [file.id] }))),
        5,
        {
          concurrency: "unbounded",
        },
      );
      assert.lengthOf(
        exits.filter(({ _tag }) => _tag === "Success"),
        1,
      );
    }).pipe(desk({ storage: farMemory() })),
  );
});
