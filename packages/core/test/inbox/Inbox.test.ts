import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { Files } from "../../src/file/Files.ts";
import { type ChatMessage, Inbox } from "../../src/inbox/Inbox.ts";
import { Lists } from "../../src/queue/Lists.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import { defaultStatuses } from "../../src/ticket/status.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { Users } from "../../src/user/Users.ts";
import {
  asSystem,
  asTimePasses,
  changesNothing,
  desk,
  everything,
  failureOf,
  farMemory,
  people,
  refusedFields,
} from "../TestDesk.ts";

const chat = (fields: Partial<ChatMessage> = {}) =>
  Effect.flatMap(Inbox, (inbox) =>
    asSystem(inbox.receive({ channel: "chat", address: "7", text: "Hello", ...fields })),
  );
const close = (id: number) => Effect.flatMap(Tickets, (tickets) => asSystem(tickets.setStatus(id, "closed")));
const texts = (id: number) =>
  Effect.flatMap(Messages, (messages) =>
    Effect.map(asSystem(messages.list(id)), (list) => list.map(({ text }) => text)),
  );

describe("a chat message", () => {
  it.effect("opens a ticket of a user of its address, and the next one joins it", () =>
    Effect.gen(function* () {
      const [tickets, users] = [yield* Tickets, yield* Users];
      const first = yield* chat({ text: "My printer\nis on fire" });
      const second = yield* chat({ text: "Still burning" });
      assert.strictEqual(second.ticketId, first.ticketId);
      const ticket = yield* asSystem(tickets.get(first.ticketId));
      assert.deepInclude(ticket, { subject: "My printer", channel: "chat", followsUp: null });
      assert.deepInclude(yield* asSystem(users.get(ticket.requester)), { externalId: "chat:7", role: "customer" });
      assert.deepStrictEqual(yield* texts(first.ticketId), ["My printer\nis on fire", "Still burning"]);
    }).pipe(desk()),
  );

  it.effect("of twenty racing first ones makes one ticket and one user, and all are kept", () =>
    Effect.gen(function* () {
      const said = Array.from({ length: 20 }, (_, index) => `Message ${index}`);
      const messages = yield* asTimePasses(
        Effect.forEach(said, (text) => chat({ text }), { concurrency: "unbounded" }),
      );
      assert.lengthOf(new Set(messages.map(({ ticketId }) => ticketId)), 1);
      assert.lengthOf(new Set(messages.map(({ author }) => author)), 1);
      const { tickets, users } = yield* everything();
      assert.deepStrictEqual([tickets.length, users.length], [1, 1]);
      assert.deepStrictEqual([...(yield* texts(tickets[0]?.id ?? 0))].sort(), [...said].sort());
      assert.strictEqual(tickets[0]?.sent.customer, 20);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("of another address, or of the same on another channel, is another conversation", () =>
    Effect.gen(function* () {
      const ids = [
        yield* chat(),
        yield* chat({ address: "8" }),
        yield* chat({ channel: "sms" }),
        yield* chat({ channel: "chat:7", address: "x" }),
        yield* chat({ channel: "chat", address: "7:x" }),
      ].map(({ ticketId }) => ticketId);
      assert.lengthOf(new Set(ids), 5);
    }).pipe(desk()),
  );

  it.effect("from somebody the host names is theirs", () =>
    Effect.gen(function* () {
      const { ada } = yield* people;
      const message = yield* chat({ from: { externalId: "ada" } });
      assert.strictEqual(message.author, ada.id);
      assert.strictEqual((yield* chat({ from: ada.id })).ticketId, message.ticketId);
      assert.strictEqual((yield* chat()).author, ada.id);
      assert.deepStrictEqual(yield* refusedFields(changesNothing(chat({ address: "9", from: 12_345 }))), ["from"]);
    }).pipe(desk()),
  );

  it.effect("of somebody else at the same address is a ticket of their own, and what follows goes there", () =>
    Effect.gen(function* () {
      const { ada, bob } = yield* people;
      const first = yield* chat({ from: ada.id });
      const second = yield* chat({ from: bob.id });
      assert.notStrictEqual(second.ticketId, first.ticketId);
      const third = yield* chat();
      assert.deepInclude(third, { author: bob.id, ticketId: second.ticketId });
    }).pipe(desk()),
  );

  it.effect("carries files of its sender or of who passes it on, and nobody else's", () =>
    Effect.gen(function* () {
      const [files, { ada, bob }] = [yield* Files, yield* people];
      const file = files.add({ name: "a.txt", content: new Uint8Array([1]) });
      const [hers, passed, his] = [yield* ada.does(file), yield* asSystem(file), yield* bob.does(file)];
      assert.deepStrictEqual(yield* refusedFields(chat({ from: ada.id, files: [hers.id, his.id] })), ["files.1"]);
      const first = yield* chat({ from: ada.id, files: [hers.id, passed.id] });
      assert.deepStrictEqual(
        first.attachments.map(({ id }) => id),
        [hers.id, passed.id],
      );
      const another = yield* asSystem(file);
      assert.lengthOf((yield* chat({ files: [another.id] })).attachments, 1);
    }).pipe(desk()),
  );

  it.effect("is taken in by agents and machines, not by customers", () =>
    Effect.gen(function* () {
      const [inbox, { ada, agent }] = [yield* Inbox, yield* people];
      const message = { channel: "chat", address: "7", text: "Hello" };
      assert.strictEqual((yield* failureOf(ada.does(inbox.receive(message))))._tag, "NotAllowed");
      assert.strictEqual((yield* agent.does(inbox.receive(message))).role, "customer");
    }).pipe(desk()),
  );
});

describe("after its ticket was closed, a conversation", () => {
  it.effect("reopens it where the policy says so", () =>
    Effect.gen(function* () {
      const { ticketId } = yield* chat();
      yield* close(ticketId);
      assert.strictEqual((yield* chat()).ticketId, ticketId);
      const ticket = yield* asSystem((yield* Tickets).get(ticketId));
      assert.deepInclude(ticket, { status: "open", closedAt: null });
    }).pipe(desk({ policies: { followUp: { type: "reopen" } } })),
  );

  it.effect("goes on in a new ticket that names the old one, and stays there", () =>
    Effect.gen(function* () {
      const { ticketId } = yield* chat();
      yield* close(ticketId);
      const said = Array.from({ length: 8 }, (_, index) => `Message ${index}`);
      const messages = yield* asTimePasses(
        Effect.forEach(said, (text) => chat({ text }), { concurrency: "unbounded" }),
      );
      const [next, ...more] = new Set(messages.map((message) => message.ticketId));
      assert.lengthOf(more, 0);
      assert.notStrictEqual(next, ticketId);
      assert.deepInclude(yield* asSystem((yield* Tickets).get(next ?? 0)), { followsUp: ticketId, status: "open" });
      assert.lengthOf(yield* texts(ticketId), 1);
      assert.deepStrictEqual([...(yield* texts(next ?? 0))].sort(), said);
    }).pipe(desk({ storage: farMemory(), policies: { followUp: { type: "new-ticket" } } })),
  );

  it.effect("reopens it within so many business days, later not", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2024, 4, 17, 12));
      const { ticketId } = yield* chat();
      yield* close(ticketId);
      yield* TestClock.adjust("3 days");
      assert.strictEqual((yield* chat()).ticketId, ticketId);
      yield* close(ticketId);
      yield* TestClock.adjust("25 hours");
      assert.notStrictEqual((yield* chat()).ticketId, ticketId);
    }).pipe(desk({ policies: { followUp: { type: "reopen-within", businessDays: 1 } } })),
  );

  it.effect("follows the policy of its queue, not of the helpdesk", () =>
    Effect.gen(function* () {
      const lists = yield* Lists;
      yield* asSystem(lists.queues.create({ name: "VIP", policies: { followUp: { type: "reopen" } } }));
      const { ticketId } = yield* chat({ queue: "vip" });
      yield* close(ticketId);
      assert.strictEqual((yield* chat()).ticketId, ticketId);
      yield* asSystem(lists.queues.update("vip", { policies: { withoutThread: "always-new" } }));
      assert.notStrictEqual((yield* chat()).ticketId, ticketId);
    }).pipe(desk({ policies: { followUp: { type: "new-ticket" } } })),
  );

  it.effect("begins anew where the ticket was removed", () =>
    Effect.gen(function* () {
      const { ticketId } = yield* chat();
      yield* asSystem((yield* Tickets).remove(ticketId));
      const next = yield* chat();
      assert.notStrictEqual(next.ticketId, ticketId);
      assert.isNull((yield* asSystem((yield* Tickets).get(next.ticketId))).followsUp);
    }).pipe(desk()),
  );
});

it.effect("where each message is to be a ticket of its own, it is", () =>
  Effect.gen(function* () {
    const ids = [yield* chat(), yield* chat(), yield* chat()].map(({ ticketId }) => ticketId);
    assert.lengthOf(new Set(ids), 3);
  }).pipe(desk({ policies: { withoutThread: "always-new" } })),
);

describe("the same chat message again", () => {
  it.effect("is taken once, whatever became of the ticket meanwhile", () =>
    Effect.gen(function* () {
      const opened = yield* chat({ once: "m1" });
      const joined = yield* chat({ once: "m2", text: "More" });
      const again = Effect.all([chat({ once: "m1" }), chat({ once: "m2", text: "More" })]);
      assert.deepStrictEqual(yield* changesNothing(again), [opened, joined]);
      yield* close(opened.ticketId);
      assert.deepStrictEqual(yield* changesNothing(again), [opened, joined]);
      const next = yield* chat({ once: "m3", text: "Anew" });
      assert.notStrictEqual(next.ticketId, opened.ticketId);
      assert.deepStrictEqual(yield* changesNothing(again), [opened, joined]);
    }).pipe(desk({ policies: { followUp: { type: "new-ticket" } } })),
  );

  it.effect("racing with itself is taken once, and for other input is refused", () =>
    Effect.gen(function* () {
      const messages = yield* asTimePasses(
        Effect.replicateEffect(chat({ once: "m1" }), 10, { concurrency: "unbounded" }),
      );
      assert.lengthOf(new Set(messages.map(({ id }) => id)), 1);
      assert.deepStrictEqual(yield* refusedFields(changesNothing(chat({ once: "m1", text: "Other" }))), ["once"]);
    }).pipe(desk({ storage: farMemory() })),
  );

  it.effect("of one conversation is another's first", () =>
    Effect.gen(function* () {
      const messages = [
        yield* chat({ once: "m", channel: "a:b", address: "c" }),
        yield* chat({ once: "m", channel: "a", address: "b:c" }),
        yield* chat({ once: "b:m", channel: "a", address: "c" }),
        yield* chat({ once: "m", channel: "a", address: "c".repeat(400) }),
        yield* chat({ once: "m", channel: "a", address: `${"c".repeat(399)}d` }),
      ];
      assert.lengthOf(new Set(messages.map(({ id }) => id)), 5);
    }).pipe(desk()),
  );
});

it.effect("a status for nobody's answers still takes a customer's message", () =>
  Effect.gen(function* () {
    const { ticketId } = yield* chat();
    yield* asSystem((yield* Tickets).setStatus(ticketId, "on_hold"));
    assert.strictEqual((yield* chat()).ticketId, ticketId);
  }).pipe(
    desk({
      statuses: {
        ...defaultStatuses,
        statuses: { ...defaultStatuses.statuses, on_hold: { category: "pending", replies: "nobody", moves: "any" } },
      },
    }),
  ),
);
