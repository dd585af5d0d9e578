import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { EventLog } from "../src/EventLog.ts";
import { Files } from "../src/file/Files.ts";
import { Inbox } from "../src/inbox/Inbox.ts";
import { Jobs } from "../src/jobs/Jobs.ts";
import { Live } from "../src/Live.ts";
import { Lists } from "../src/queue/Lists.ts";
import { Messages } from "../src/ticket/Messages.ts";
import { Tickets } from "../src/ticket/Tickets.ts";
import { Passwords } from "../src/user/Passwords.ts";
import { Users } from "../src/user/Users.ts";
import { asSystem, changesNothing, desk, everything, refusedFields } from "./TestDesk.ts";

const round: { custom: Record<string, unknown> } = { custom: {} };
round.custom["again"] = round.custom;
const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
const long = (length: number) => "x".repeat(length);
const date = new Date(Number.NaN);

const ticket = { subject: "s", text: "t", requester: { externalId: "u" } };
const message = { text: "t" };
const chat = { channel: "chat", address: "1", text: "t" };
const bytes = new Uint8Array([1]);

const calls = Effect.gen(function* () {
  const [tickets, messages, users, lists, files] = [
    yield* Tickets,
    yield* Messages,
    yield* Users,
    yield* Lists,
    yield* Files,
  ];
  const [jobs, inbox, passwords, live, log] = [
    yield* Jobs,
    yield* Inbox,
    yield* Passwords,
    yield* Live,
    yield* EventLog,
  ];
  return {
    "tickets.open": tickets.open,
    "tickets.update": (input: never) => tickets.update(1, input),
    "tickets.list": tickets.list,
    "messages.reply": (input: never) => messages.reply(1, input),
    "messages.note": (input: never) => messages.note(1, input),
    "messages.edit": (input: never) => messages.edit(2, input),
    "messages.list": (input: never) => messages.list(1, input),
    "users.create": users.create,
    "users.update": (input: never) => users.update(1, input),
    "users.list": users.list,
    "users.find": users.find,
    "queues.create": lists.queues.create,
    "categories.create": lists.categories.create,
    "queues.update": (input: never) => lists.queues.update("q", input),
    "categories.update": (input: never) => lists.categories.update("c", input),
    "files.add": files.add,
    "files.open": (input: never) => files.open(1, input),
    "jobs.add": jobs.add,
    "jobs.list": jobs.list,
    "inbox.receive": inbox.receive,
    "passwords.set": (input: never) => passwords.set(1, input),
    "passwords.check": (input: never) => passwords.check(input, input),
    "live.tell": (input: never) => live.tell(1, input),
    eventPage: log.page,
  } satisfies Record<string, (input: never) => Effect.Effect<unknown, unknown>>;
});
type Call = Effect.Success<typeof calls> extends infer All ? keyof All : never;

/** What each call refuses, and the fields it names. */
const refused: Readonly<Record<Call, ReadonlyArray<readonly [input: unknown, ...fields: ReadonlyArray<string>]>>> = {
  "tickets.open": [
    [undefined, ""],
    [null, ""],
    ["ticket", ""],
    [{}, "subject", "text"],
    [{ ...ticket, subject: "  \n" }, "subject"],
    [{ ...ticket, subject: long(1001), text: 5 }, "subject", "text"],
    [{ ...ticket, text: long(2_000_001) }, "text"],
    [{ ...ticket, html: 5 }, "html"],
    [{ ...ticket, unknown: 1, status: "open" }, "unknown", "status"],
    [{ ...ticket, requester: "5" }, "requester"],
    [{ ...ticket, requester: { externalId: "" } }, "requester.externalId"],
    [{ ...ticket, priority: null, queue: 5 }, "priority", "queue"],
    [{ ...ticket, tags: ["ok", "", 5] }, "tags.1", "tags.2"],
    [{ ...ticket, tags: Array(101).fill("a") }, "tags"],
    [{ ...ticket, files: [1.5] }, "files.0"],
    [{ ...ticket, files: "1" }, "files"],
    [{ ...ticket, once: " " }, "once"],
    [{ ...ticket, once: long(201) }, "once"],
    [{ ...ticket, channel: long(51) }, "channel"],
    [{ ...ticket, custom: { a: date } }, "custom.a"],
    [{ ...ticket, custom: { a: Number.NaN } }, "custom.a"],
    [{ ...ticket, custom: { a: () => 1 } }, "custom.a"],
    [{ ...ticket, custom: [] }, "custom"],
    [{ ...ticket, custom: { a: deep(200) } }, "custom"],
    [{ ...ticket, ...round }, "custom"],
    [{ ...ticket, custom: { a: long(100_001) } }, "custom"],
  ],
  "tickets.update": [
    [null, ""],
    [{ subject: "" }, "subject"],
    [{ text: "x" }, "text"],
    [{ version: 5, id: 2 }, "version", "id"],
    [{ status: null }, "status"],
    [{ assignee: "me" }, "assignee"],
    [{ custom: round.custom }, "custom"],
    [{ custom: { a: long(100_001) } }, "custom"],
  ],
  "tickets.list": [
    [{ sort: "subject" }, "sort"],
    [{ limit: 0 }, "limit"],
    [{ limit: 1001, offset: -1 }, "limit", "offset"],
    [{ limit: "10" }, "limit"],
    [{ after: "nonsense" }, "after"],
    [{ status: 5 }, "status"],
    [{ requester: [1, "2"] }, "requester"],
    [{ createdFrom: "2024-01-01" }, "createdFrom"],
    [{ createdFrom: date }, "createdFrom"],
    [{ createdBefore: new Date(-8.64e15) }, "createdBefore"],
    [{ assigned: 5 }, "assigned"],
    [{ status: Array(1001).fill("open") }, "status"],
  ],
  "messages.reply": [
    [{}, "text"],
    [{ text: " " }, "text"],
    [{ ...message, note: true }, "note"],
    [{ ...message, files: Array(101).fill(1) }, "files"],
  ],
  "messages.note": [[{ text: "" }, "text"]],
  "messages.edit": [
    [{}, "text"],
    [{ ...message, files: [] }, "files"],
  ],
  "messages.list": [
    [{ limit: 0 }, "limit"],
    [{ after: "1" }, "after"],
    [{ notes: 1 }, "notes"],
  ],
  "users.create": [
    [{ role: "root" }, "role"],
    [{ role: "system" }, "role"],
    [{ email: "nonsense" }, "email"],
    [{ email: "a@b@c" }, "email"],
    [{ email: `${long(320)}@b.c` }, "email"],
    [{ externalId: "" }, "externalId"],
    [{ locale: "русский" }, "locale"],
    [{ name: long(501) }, "name"],
    [{ id: 5, active: false }, "id", "active"],
    [{ email: "taken@example.com" }, "email"],
    [{ externalId: "taken" }, "externalId"],
  ],
  "users.update": [
    [{ email: "nonsense", role: "" }, "role", "email"],
    [{ active: "yes" }, "active"],
    [{ externalId: "x" }, "externalId"],
    [{ email: " Taken@Example.com" }, "email"],
  ],
  "users.list": [
    [{ ids: Array(1001).fill(1) }, "ids"],
    [{ role: "bot" }, "role"],
    [{ limit: 1.5 }, "limit"],
  ],
  "users.find": [
    [undefined, ""],
    [{}, ""],
    [{ email: undefined }, ""],
    [{ email: 5 }, "email"],
    [{ name: "x" }, ""],
  ],
  "queues.create": [
    [{}, "name"],
    [{ name: " " }, "name"],
    [{ name: "x", key: "" }, "key"],
    [{ name: "x", rank: 1.5 }, "rank"],
    [{ name: "x", policies: { followUp: { type: "never" } } }, "policies.followUp"],
    [{ name: "x", policies: { other: 1 } }, "policies.other"],
    [{ name: "x", key: "q" }, "key"],
    [{ name: "Q" }, "name"],
  ],
  "categories.create": [[{ name: "x", policies: { withoutThread: "join-open" } }, "policies"]],
  "queues.update": [
    [{ key: "x" }, "key"],
    [{ name: "" }, "name"],
    [{ policies: { followUp: { type: "reopen-within", businessDays: -1 } } }, "policies.followUp"],
  ],
  "categories.update": [[{ policies: { withoutThread: "join-open" } }, "policies"]],
  "files.add": [
    [undefined, "name"],
    [{ name: "a" }, "content"],
    [{ name: "a", content: "text" }, "content"],
    [{ name: "a", content: null }, "content"],
    [{ name: "a", content: [1, 2] }, "content"],
    [{ name: " ", content: bytes }, "name"],
    [{ name: long(1001), content: bytes }, "name"],
    [{ name: "a", content: bytes, contentType: "nonsense" }, "contentType"],
    [{ name: "a", content: bytes, contentType: "text/html\r\nX: y" }, "contentType"],
    [{ name: "a", content: bytes, contentType: `text/${long(300)}` }, "contentType"],
    [{ name: "a", content: bytes, size: 5 }, "size"],
  ],
  "files.open": [
    [{ start: -1 }, "start"],
    [{ start: Number.NaN, end: 1.5 }, "start", "end"],
  ],
  "jobs.add": [
    [{}, "kind"],
    [{ kind: "a", maxAttempts: 0 }, "maxAttempts"],
    [{ kind: "a", runAt: date }, "runAt"],
    [{ kind: "a", runAt: new Date(8.64e15) }, "runAt"],
    [{ kind: "a", payload: 10n }, "payload"],
    [{ kind: "a", payload: deep(200) }, "payload"],
  ],
  "jobs.list": [[{ state: "lost" }, "state"]],
  "inbox.receive": [
    [{}, "text", "channel", "address"],
    [{ ...chat, address: " " }, "address"],
    [{ ...chat, address: long(401) }, "address"],
    [{ ...chat, from: {} }, "from"],
    [{ ...chat, queue: "nowhere" }, "queue"],
    [{ ...chat, subject: "" }, "subject"],
  ],
  "passwords.set": [
    [undefined, "password"],
    ["1234567", "password"],
    [long(1001), "password"],
  ],
  "passwords.check": [
    [undefined, "email", "password"],
    [{}, "email", "password"],
  ],
  "live.tell": [
    [undefined, "state"],
    ["dancing", "state"],
  ],
  eventPage: [
    [{ after: -1 }, "after"],
    [{ limit: 0, ticketId: "1" }, "ticketId", "limit"],
  ],
};

const filled = Effect.gen(function* () {
  const [tickets, lists, users] = [yield* Tickets, yield* Lists, yield* Users];
  yield* asSystem(tickets.open(ticket));
  yield* asSystem(lists.queues.create({ name: "Q", key: "q" }));
  yield* asSystem(lists.categories.create({ name: "C", key: "c" }));
  yield* asSystem(users.create({ email: "taken@example.com", externalId: "taken" }));
  yield* asSystem((yield* Files).add({ name: "a", content: bytes }));
});

describe.each(Object.keys(refused) as ReadonlyArray<Call>)("%s", (name) => {
  it.effect("names each field that is wrong, and changes nothing", () =>
    Effect.gen(function* () {
      yield* filled;
      const call = (yield* calls)[name] as (input: unknown) => Effect.Effect<unknown, unknown>;
      for (const [input, ...fields] of refused[name]) {
        const named = yield* refusedFields(changesNothing(asSystem(call(input))));
        // Of a union only the first part that does not fit is named, below the field itself.
        const tops = named.map((path) => (fields.includes(path) ? path : path.split(".").slice(0, -1).join(".")));
        assert.sameMembers([...new Set(tops)], fields, `${JSON.stringify(fields)} and ${JSON.stringify(named)}`);
      }
    }).pipe(desk()),
  );
});

describe("what is stored", () => {
  const hostile = "a\0b\uD800c";
  const cleaned = "a\uFFFDb\uFFFDc";

  it.effect("holds no NUL and no lone surrogate, by whatever call it came, as object or class", () =>
    Effect.gen(function* () {
      const [tickets, messages, users, lists] = [yield* Tickets, yield* Messages, yield* Users, yield* Lists];
      const [files, jobs, inbox] = [yield* Files, yield* Jobs, yield* Inbox];
      class Form {
        subject = hostile;
        text = hostile;
        html = hostile;
        requester = { externalId: hostile, name: hostile };
        tags = [hostile];
        custom = { [hostile]: [{ deep: hostile }] };
        channel = hostile;
        once = hostile;
      }
      const bare = Object.assign(Object.create(null), { text: hostile });
      const opened = yield* asSystem(tickets.open(new Form()));
      yield* asSystem(tickets.update(opened.id, { subject: `${hostile}!` }));
      const said = yield* asSystem(messages.reply(opened.id, bare));
      yield* asSystem(messages.note(opened.id, { text: hostile }));
      yield* asSystem(messages.edit(said.id, { text: `${hostile}!` }));
      yield* asSystem(users.create({ name: hostile, externalId: `${hostile}2` }));
      yield* asSystem(lists.queues.create({ name: hostile, key: hostile }));
      yield* asSystem(files.add({ name: hostile, content: bytes }));
      yield* asSystem(jobs.add({ kind: hostile, payload: { [hostile]: hostile } }));
      yield* asSystem(inbox.receive({ ...chat, channel: hostile, address: hostile, text: hostile }));
      const kept = yield* everything();
      const texts = (value: unknown): ReadonlyArray<string> =>
        typeof value === "string"
          ? [value]
          : typeof value === "object" && value !== null
            ? [...Object.keys(value), ...Object.values(value)].flatMap(texts)
            : [];
      const found = texts(kept);
      for (const text of found) assert.isTrue(text.isWellFormed() && !text.includes("\0"), JSON.stringify(text));
      assert.isAbove(found.filter((text) => text.includes(cleaned)).length, 20);
    }).pipe(desk()),
  );

  it.effect("is found again by what was asked for, as it was given", () =>
    Effect.gen(function* () {
      const [users, lists, tickets] = [yield* Users, yield* Lists, yield* Tickets];
      const user = yield* asSystem(users.create({ externalId: hostile }));
      assert.strictEqual((yield* asSystem(users.find({ externalId: hostile })))?.id, user.id);
      yield* asSystem(lists.queues.create({ name: "x", key: hostile }));
      assert.strictEqual((yield* asSystem(lists.queues.update(hostile, { name: "y" }))).name, "y");
      yield* asSystem(tickets.open({ ...ticket, queue: hostile }));
      assert.lengthOf((yield* asSystem(tickets.list({ queue: hostile }))).items, 1);
    }).pipe(desk()),
  );
});
