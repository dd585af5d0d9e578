import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { CurrentActor } from "../src/Actor.ts";
import { EventLog } from "../src/EventLog.ts";
import { Files } from "../src/file/Files.ts";
import { Inbox } from "../src/inbox/Inbox.ts";
import { Jobs } from "../src/jobs/Jobs.ts";
import { Live } from "../src/Live.ts";
import { Lists } from "../src/queue/Lists.ts";
import type { Authorize } from "../src/Settings.ts";
import { Messages } from "../src/ticket/Messages.ts";
import type { TicketPage } from "../src/ticket/TicketInput.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { Passwords } from "../src/user/Passwords.ts";
import { Users } from "../src/user/Users.ts";
import { Dice } from "./Dice.ts";
import { asSystem, changesNothing, desk, failureOf, people, person } from "./TestDesk.ts";

const printer = { subject: "Printer on fire", text: "It burns." };

const opened = Effect.gen(function* () {
  const all = {
    ...(yield* people),
    tickets: yield* Tickets,
    messages: yield* Messages,
    files: yield* Files,
    users: yield* Users,
    live: yield* Live,
  };
  return { ...all, ticket: yield* all.ada.does(all.tickets.open(printer)) };
});
const tag = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(failureOf(effect), ({ _tag }) => _tag);

describe("nobody", () => {
  it.effect("may do nothing, and learns nothing", () =>
    Effect.gen(function* () {
      const { tickets, messages, files, users, live } = yield* opened;
      const [inbox, jobs, lists, passwords] = [yield* Inbox, yield* Jobs, yield* Lists, yield* Passwords];
      const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        tickets.open(printer),
        tickets.get(1),
        tickets.get(99),
        tickets.list(),
        tickets.stats(),
        tickets.update(1, { subject: "x" }),
        tickets.setStatus(1, "closed"),
        tickets.markRead(1),
        tickets.remove(1),
        tickets.history(1),
        messages.reply(1, { text: "x" }),
        messages.note(1, { text: "x" }),
        messages.get(1),
        messages.list(1),
        messages.edit(1, { text: "x" }),
        messages.remove(1),
        files.add({ name: "a", content: new Uint8Array() }),
        files.get(1),
        files.open(1),
        files.remove(1),
        files.sweep(),
        users.create({}),
        users.get(1),
        users.find({ email: "a@b.c" }),
        users.list(),
        users.update(1, { name: "x" }),
        passwords.set(1, "12345678"),
        passwords.check("a@b.c", "12345678"),
        jobs.add({ kind: "a" }),
        jobs.get(1),
        jobs.list(),
        jobs.retry(1),
        inbox.receive({ channel: "chat", address: "1", text: "x" }),
        live.tell(1, "typing"),
        ...[lists.queues, lists.categories, lists.priorities].flatMap((list) => [
          list.list(),
          list.create({ name: "x" }),
          list.update("normal", { name: "x" }),
          list.remove("normal"),
        ]),
      ];
      for (const call of calls)
        assert.strictEqual(yield* tag(Effect.provideService(changesNothing(call), CurrentActor, null)), "NotAllowed");
    }).pipe(desk()),
  );
});

describe("a customer", () => {
  it.effect("does not find another's ticket by any call, and finds no difference to one that is not there", () =>
    Effect.gen(function* () {
      const { ada, bob, tickets, messages, files, live } = yield* opened;
      const file = yield* ada.does(files.add({ name: "a.txt", content: new Uint8Array([1]) }));
      const said = yield* ada.does(messages.reply(1, { text: "x", files: [file.id] }));
      const loose = yield* ada.does(files.add({ name: "b.txt", content: new Uint8Array([1]) }));
      const about = (ticket: number, message: number, ...attached: ReadonlyArray<number>) => [
        tickets.get(ticket),
        tickets.update(ticket, { subject: "x" }),
        tickets.setStatus(ticket, "closed"),
        tickets.markRead(ticket),
        tickets.remove(ticket),
        tickets.history(ticket),
        messages.reply(ticket, { text: "x" }),
        messages.note(ticket, { text: "x" }),
        messages.list(ticket),
        live.tell(ticket, "typing"),
        messages.get(message),
        messages.edit(message, { text: "x" }),
        messages.remove(message),
        ...attached.flatMap((id) => [files.get(id), files.open(id), files.remove(id)]),
      ];
      const errors = (calls: ReadonlyArray<Effect.Effect<unknown, unknown>>) =>
        Effect.forEach(calls, (call) => failureOf(changesNothing(bob.does(call))));
      const theirs = yield* errors(about(1, said.id, file.id, loose.id));
      const nobodys = yield* errors(about(77, 77_777, 88_888, 99_999));
      for (const [index, error] of theirs.entries()) {
        assert.strictEqual(error._tag, "NotFound");
        const other = nobodys[index]?.message.replace(/\d+/, "?");
        assert.strictEqual(error.message.replace(/\d+/, "?"), other);
      }
    }).pipe(desk()),
  );

  it.effect("sees no note, no file of a note and nothing that tells of one, by any call", () =>
    Effect.gen(function* () {
      const { ada, agent, tickets, messages, files } = yield* opened;
      const before = yield* ada.does(
        Effect.all([tickets.get(1), tickets.list(), messages.list(1), tickets.history(1)]),
      );
      const file = yield* agent.does(files.add({ name: "a.txt", content: new Uint8Array([1]) }));
      const note = yield* agent.does(messages.note(1, { text: "Drama queen.", files: [file.id] }));
      yield* agent.does(messages.edit(note.id, { text: "Difficult." }));
      yield* agent.does(tickets.update(1, { tags: ["drama"] }));
      const [was, list, said, history] = before;
      const now = yield* ada.does(Effect.all([tickets.get(1), tickets.list(), messages.list(1), tickets.history(1)]));
      const same = { ...was, version: now[0].version };
      assert.deepStrictEqual(now, [same, { ...list, items: [same] }, said, history]);
      assert.deepStrictEqual(yield* ada.does(messages.list(1, { notes: true })), said);
      for (const call of [
        messages.get(note.id),
        messages.edit(note.id, { text: "x" }),
        messages.remove(note.id),
        files.get(file.id),
        files.open(file.id),
        files.remove(file.id),
      ])
        assert.strictEqual(yield* tag(changesNothing(ada.does(call))), "NotFound");
      assert.strictEqual(yield* tag(ada.does(messages.note(1, { text: "x" }))), "NotAllowed");
      assert.strictEqual((yield* agent.does(files.get(file.id))).id, file.id);
    }).pipe(desk()),
  );

  it.effect("who asks for what is theirs, and may not be done, is told so", () =>
    Effect.gen(function* () {
      const { ada, tickets, messages, users } = yield* opened;
      const [first] = yield* ada.does(messages.list(1));
      for (const call of [
        tickets.update(1, { subject: "x" }),
        tickets.remove(1),
        messages.edit(first?.id ?? 0, { text: "x" }),
        messages.remove(first?.id ?? 0),
        tickets.stats(),
        users.list(),
        users.update(ada.id, { name: "x" }),
      ] as ReadonlyArray<Effect.Effect<unknown, unknown>>)
        assert.strictEqual(yield* tag(changesNothing(ada.does(call))), "NotAllowed");
      assert.strictEqual((yield* ada.does(users.get(ada.id))).name, "Ada");
    }).pipe(desk()),
  );
});

describe("the host's own say", () => {
  /** Agents of the shop see the shop's queue alone. */
  const shop: Authorize = (actor, _, { ticket }) =>
    actor.role === "agent" && ticket && ticket.queue !== "shop" ? false : undefined;
  const queues = [{ key: "shop", name: "Shop" }];

  it.effect("hides what `ticket.read` refuses from every call and list", () =>
    Effect.gen(function* () {
      const { ada, agent, admin, tickets, messages, files, live } = yield* opened;
      const file = yield* ada.does(files.add({ name: "a.txt", content: new Uint8Array([1]) }));
      const said = yield* ada.does(messages.reply(1, { text: "x", files: [file.id] }));
      yield* admin.does(tickets.open({ ...printer, queue: "shop" }));
      for (const call of [
        tickets.get(1),
        tickets.update(1, { queue: "shop" }),
        tickets.markRead(1),
        tickets.history(1),
        messages.reply(1, { text: "x" }),
        messages.note(1, { text: "x" }),
        messages.list(1),
        messages.get(said.id),
        messages.edit(said.id, { text: "x" }),
        messages.remove(said.id),
        files.get(file.id),
        live.tell(1, "typing"),
      ] as ReadonlyArray<Effect.Effect<unknown, unknown>>)
        assert.strictEqual(yield* tag(changesNothing(agent.does(call))), "NotFound");
      const { items } = yield* agent.does(tickets.list());
      assert.deepStrictEqual(
        items.map(({ id }) => id),
        [2],
      );
      assert.strictEqual((yield* agent.does(messages.reply(2, { text: "x" }))).ticketId, 2);
    }).pipe(desk({ authorize: shop, queues })),
  );

  it.effect("leaves no gaps where it hides tickets, and counts none of them", () =>
    Effect.gen(function* () {
      const { agent, admin, tickets } = yield* opened;
      const dice = new Dice(7);
      const theirs: Array<number> = [];
      for (let n = 2; n <= 700; n++) {
        // Long runs of either kind, so that whole batches are hidden.
        const isTheirs = Math.floor(n / 250) % 2 === 1 ? dice.int(0, 60) === 0 : dice.int(0, 1) === 0;
        const { id } = yield* admin.does(tickets.open({ ...printer, ...(isTheirs && { queue: "shop" }) }));
        if (isTheirs) theirs.push(id);
      }
      for (const limit of [1, 7, 50, theirs.length, 1000]) {
        const pages: Array<ReadonlyArray<number>> = [];
        for (let after: string | null = ""; after !== null; ) {
          const page: TicketPage = yield* agent.does(
            tickets.list({ sort: "id", limit, total: true, ...(after && { after }) }),
          );
          assert.isNull(page.total);
          pages.push(page.items.map(({ id }) => id));
          after = page.next;
        }
        assert.deepStrictEqual(pages.flat(), theirs);
        assert.isTrue(pages.slice(0, -1).every(({ length }) => length === limit));
      }
      assert.strictEqual((yield* admin.does(tickets.list({ limit: 1 }))).items.length, 1);
    }).pipe(desk({ authorize: shop, queues })),
  );

  it.effect("keeps who may not read a ticket from hearing of it, and lets in who may", () =>
    Effect.gen(function* () {
      const [log, { ada, bob, agent, admin, tickets, messages }] = [yield* EventLog, yield* opened];
      yield* admin.does(tickets.open({ ...printer, queue: "shop" }));
      yield* ada.does(messages.reply(1, { text: "x" }));
      const heard = (who: typeof ada) =>
        Effect.map(who.does(log.page({ after: 0 })), ({ events }) =>
          events.flatMap((event) => ("ticketId" in event ? [event.ticketId] : [])),
        );
      assert.deepStrictEqual(yield* heard(agent), [2]);
      assert.deepStrictEqual(yield* heard(admin), [1, 2, 1]);
      assert.deepStrictEqual(yield* heard(ada), [1, 1]);
      assert.deepStrictEqual(yield* heard(bob), []);
    }).pipe(desk({ authorize: shop, queues })),
  );

  it.effect("is asked of actions alone, too, even where only they are refused", () =>
    Effect.gen(function* () {
      const { ada, agent, tickets, messages } = yield* opened;
      const [first] = yield* agent.does(messages.list(1));
      assert.strictEqual((yield* agent.does(tickets.get(1))).id, 1);
      for (const call of [messages.reply(1, { text: "x" }), messages.note(1, { text: "x" })])
        assert.strictEqual(yield* tag(changesNothing(agent.does(call))), "NotAllowed");
      assert.strictEqual(
        yield* tag(changesNothing(ada.does(messages.edit(first?.id ?? 0, { text: "x" })))),
        "NotAllowed",
      );
    }).pipe(desk({ authorize: async (_, action) => (action.startsWith("message.") ? false : undefined) })),
  );

  it.effect("may allow more than the default, for what the actor sees", () =>
    Effect.gen(function* () {
      const { ada, bob, tickets } = yield* opened;
      assert.strictEqual((yield* ada.does(tickets.setStatus(1, "closed"))).status, "closed");
      assert.strictEqual(yield* tag(bob.does(tickets.setStatus(1, "open"))), "NotFound");
    }).pipe(
      desk({ authorize: ({ role }, action) => (role === "customer" && action === "ticket.update" ? true : undefined) }),
    ),
  );

  it.effect("leaves out single messages it refuses to show", () =>
    Effect.gen(function* () {
      const { agent, admin, messages } = yield* opened;
      const note = yield* admin.does(messages.note(1, { text: "For admins" }));
      assert.lengthOf(yield* agent.does(messages.list(1)), 1);
      assert.lengthOf(yield* admin.does(messages.list(1)), 2);
      assert.strictEqual(yield* tag(agent.does(messages.get(note.id))), "NotFound");
    }).pipe(
      desk({
        authorize: ({ role }, action, { message }) =>
          role === "agent" && action === "ticket.read" && message?.note ? false : undefined,
      }),
    ),
  );

  it.effect("that throws refuses everything with its own error, and leaves nothing locked", () => {
    let isBroken = false;
    const authorize: Authorize = () => {
      if (isBroken) throw new RangeError("The host's own bug");
      return undefined;
    };
    return Effect.gen(function* () {
      const { ada, agent, tickets, messages } = yield* opened;
      isBroken = true;
      for (const call of [
        tickets.get(1),
        tickets.update(1, { subject: "x" }),
        messages.reply(1, { text: "x" }),
      ] as const) {
        const error: unknown = yield* failureOf(changesNothing(agent.does(call as Effect.Effect<unknown, unknown>)));
        assert.instanceOf(error, RangeError);
      }
      isBroken = false;
      assert.strictEqual((yield* ada.does(messages.reply(1, { text: "x" }))).ticketId, 1);
      assert.strictEqual((yield* agent.does(tickets.update(1, { subject: "x" }))).subject, "x");
    }).pipe(desk({ authorize }));
  });
});

describe("two tenants", () => {
  it.effect("don't see each other by any call, whoever asks", () =>
    Effect.gen(function* () {
      const { ada, admin, tickets, messages, files, users } = yield* opened;
      const [inbox, jobs, lists, passwords] = [yield* Inbox, yield* Jobs, yield* Lists, yield* Passwords];
      const file = yield* ada.does(files.add({ name: "a.txt", content: new Uint8Array([1]) }));
      const said = yield* ada.does(messages.reply(1, { text: "x", files: [file.id] }));
      const job = yield* asSystem(jobs.add({ kind: "a" }));
      yield* admin.does(lists.queues.create({ name: "secret" }));
      yield* admin.does(users.update(ada.id, { email: "ada@example.com" }));
      yield* asSystem(passwords.set(ada.id, "correct horse"));
      const chat = yield* asSystem(inbox.receive({ channel: "chat", address: "1", text: "x", once: "k" }));
      yield* ada.does(tickets.open({ ...printer, once: "k" }));

      const other = { admin: yield* person("admin", {}, "other"), agent: yield* person("agent", {}, "other") };
      const their = yield* person("customer", { externalId: "ada", email: "ada@example.com" }, "other");
      for (const who of [other.admin, other.agent, their]) {
        const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          tickets.get(1),
          tickets.update(1, { subject: "x" }),
          tickets.markRead(1),
          tickets.remove(1),
          tickets.history(1),
          messages.get(said.id),
          messages.list(1),
          messages.reply(1, { text: "x" }),
          messages.note(1, { text: "x" }),
          messages.edit(said.id, { text: "x" }),
          files.get(file.id),
          files.open(file.id),
          users.get(ada.id),
        ];
        for (const call of calls) assert.strictEqual(yield* tag(changesNothing(who.does(call))), "NotFound");
        assert.deepStrictEqual((yield* who.does(tickets.list({ total: true }))).items, []);
        assert.deepStrictEqual(yield* who.does(lists.queues.list()), []);
      }
      const { does } = other.admin;
      assert.strictEqual(yield* tag(does(jobs.get(job.id))), "NotFound");
      assert.deepStrictEqual(yield* does(jobs.list()), []);
      assert.strictEqual((yield* does(tickets.stats())).total, 0);
      assert.strictEqual((yield* does(users.find({ externalId: "ada" })))?.id, their.id);
      assert.isNull(yield* does(passwords.check("ada@example.com", "correct horse")));
      assert.strictEqual(yield* tag(does(passwords.set(ada.id, "another horse"))), "NotFound");
      assert.strictEqual(yield* tag(does(files.sweep())), "NotAllowed");
      for (const foreign of [{ queue: "secret" }, { requester: ada.id }, { assignee: admin.id }, { files: [file.id] }])
        assert.strictEqual(yield* tag(does(tickets.open({ ...printer, ...foreign }))), "InvalidInput");
      const theirs = yield* does(inbox.receive({ channel: "chat", address: "1", text: "x", once: "k" }));
      assert.notStrictEqual(theirs.id, chat.id);
    }).pipe(desk()),
  );
});
