import type { Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { makeDesk } from "./Desk.ts";
import { conversationRow, fileRow, newJob, recordRow } from "./rows.ts";

const texts = {
  "an empty text": "",
  "blanks, tabs and line ends": "  two\t lines\r\n\n and a form feed\f ",
  "quotes and backslashes": `it's "quoted" \`so\` \\ \\n \\' \\\\ $1 %s \${x} :name ?`,
  "what ends a statement": "'); drop table ticket; -- /* */ {a,b} (c,d) [e]",
  "emoji with joiners and skin tones": "👩‍👩‍👧‍👦 👍🏽 🇺🇦 ❤️",
  "writing from right to left": "שלום \u200fمرحبا\u200e بالعالم",
  "combining marks, not normalised": "e\u0301 is not é, and ﬁ is no fi; Å Å",
  "other scripts": "Ещё принтер сломался — 打印机坏了 — เครื่องพิมพ์เสีย — İstanbul ıI ẞß",
  "control characters and odd blanks": "\u0001\u001b[31m\u007f\u0085\u2028\u2029\ufeff\ufffd\u200b",
  "text that looks like something else": "null",
  "a number with blanks": " 0042 ",
};

const text = (what: string, value: string): Case<Storage> => ({
  test: `${what} can stand in every text and every key`,
  body: Effect.gen(function* () {
    const desk = yield* makeDesk;
    const { storage, tenant } = desk;
    const key = `${value}x`;
    const custom = { [key]: value, list: [value, { [key]: null }] };
    const ticket = yield* desk.newTicket({ subject: value, status: key, queue: value, tags: [value, key], custom });
    const message = yield* desk.newMessage(ticket.id, { text: value, html: value, channel: value });
    const user = yield* desk.newUser({ name: value, email: key.toLowerCase(), externalId: value });
    const conversation = yield* desk.put("conversation", conversationRow(value, user.id, { channel: key }));
    const file = yield* desk.put("file", fileRow(yield* desk.id("file"), { name: value }));
    const record = yield* desk.put(
      "record",
      recordRow(yield* desk.id("record"), { collection: key, key: value, data: custom }),
    );
    const job = newJob(yield* desk.id("job"), `${desk.kind}${value}`, {
      payload: custom,
      unique: { key, until: "ended" },
    });
    yield* desk.commit({ jobs: [job], once: [{ key: value, result: custom }] });

    assert.deepStrictEqual(yield* desk.ticket(ticket.id), ticket);
    assert.deepStrictEqual(yield* storage.tallies(tenant), [{ status: key, assignee: null, count: 1 }]);
    for (const filter of [{ status: key }, { queue: value }, { tag: value }, { tag: [key] }])
      assert.strictEqual(yield* storage.countTickets(tenant, filter), 1, JSON.stringify(filter));
    const query = { ticketId: ticket.id, notes: true, after: 0, limit: 10 };
    assert.deepStrictEqual(yield* storage.messages(tenant, query), [message]);
    assert.deepStrictEqual(yield* storage.records(tenant, key), [record]);
    const found = yield* storage.find(tenant, [
      { kind: "user", email: key.toLowerCase() },
      { kind: "user", externalId: value },
      { kind: "conversation", channel: key, address: value },
      { kind: "file", id: file.id },
      { kind: "record", collection: key, key: value },
      { kind: "once", key: value },
    ]);
    const once = { key: value, result: custom };
    assert.deepStrictEqual<unknown>(
      found.map((each) => each?.row),
      [user, user, conversation, file, record, once],
    );
    const jobs = yield* storage.jobs({ tenant, state: null, kind: job.kind, endedBefore: null, after: 0, limit: 10 });
    assert.deepStrictEqual(
      jobs.map(({ payload }) => payload),
      [custom],
    );
  }),
});

/** Whatever people write comes back as they wrote it. */
export const content: Group<Storage> = {
  about: "content",
  cases: [
    ...Object.entries(texts).map(([what, value]) => text(what, value)),
    {
      test: "a body of one megabyte comes back whole",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const ticket = yield* desk.newTicket();
        const body = 'Ünïcödé 🙂 \\" \n'.repeat(2 ** 16).slice(0, 2 ** 20);
        const message = yield* desk.newMessage(ticket.id, { text: body, html: body });
        assert.isTrue(isSame(yield* desk.find({ kind: "message", id: message.id }), message));
        yield* desk.commit({ once: [{ key: "big", result: body }] });
        assert.isTrue(isSame(yield* desk.find({ kind: "once", key: "big" }), { key: "big", result: body }));
      }),
    },
    {
      test: "custom fields keep names that mean something to JavaScript",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const custom = JSON.parse(
          '{"__proto__": {"admin": true}, "constructor": 1, "toString": null, "": "", "a.b": []}',
        );
        const ticket = yield* desk.newTicket({ custom });
        const read = yield* desk.ticket(ticket.id);
        assert.deepStrictEqual(Object.entries(read?.custom ?? {}).sort(), Object.entries(custom).sort());
      }),
    },
    {
      test: "numbers in JSON keep their value",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const numbers = [0, -1, 0.1, 1e21, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, -2147483649];
        const ticket = yield* desk.newTicket({ custom: { numbers } });
        assert.deepStrictEqual((yield* desk.ticket(ticket.id))?.custom, { numbers });
      }),
    },
    {
      test: "dates keep their milliseconds, long ago and far ahead",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        for (const iso of [
          "1969-12-31T23:59:59.999Z",
          "1900-01-01T00:00:00.001Z",
          "2026-03-29T01:30:00.250Z",
          "2028-02-29T12:00:00.007Z",
          "9999-12-31T23:59:59.998Z",
        ]) {
          const ticket = yield* desk.newTicket({ createdAt: new Date(iso), updatedAt: new Date(iso) });
          assert.deepStrictEqual(yield* desk.ticket(ticket.id), ticket);
          const filter = { createdFrom: new Date(iso), createdBefore: new Date(Date.parse(iso) + 1) };
          assert.strictEqual(yield* desk.storage.countTickets(desk.tenant, filter), 1, iso);
        }
      }),
    },
    {
      test: "upper and lower case make two keys",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        for (const key of ["straße", "Straße", "STRASSE", "strasse"]) {
          yield* desk.put("conversation", conversationRow(key, desk.customer.id));
          yield* desk.put("record", recordRow(yield* desk.id("record"), { key }));
          yield* desk.newUser({ externalId: key });
          yield* desk.commit({ once: [{ key, result: key }] });
        }
        assert.lengthOf(yield* desk.storage.records(desk.tenant, "queue"), 4);
      }),
    },
    {
      test: "keys that differ in a trailing blank, a mark or an odd separator are different keys",
      body: Effect.gen(function* () {
        const desk = yield* makeDesk;
        const keys = ["a", "a ", " a", "a\u0301", "á", "a/b", "a\\b", "a:b", "a,b", "a\u0001b", "a%b", "a_b", "a*b"];
        for (const [n, key] of keys.entries()) yield* desk.commit({ once: [{ key, result: n }] });
        const asked = keys.map((key) => ({ kind: "once", key }) as const);
        const found = yield* desk.storage.find(desk.tenant, asked);
        assert.deepStrictEqual(
          found.map((each) => each?.kind === "once" && each.row.result),
          keys.map((_, n) => n),
        );
        const pairs = [
          ["a", "b c"],
          ["a b", "c"],
          ["a", "b:c"],
          ["a:b", "c"],
        ] as const;
        for (const [channel, address] of pairs)
          yield* desk.put("conversation", conversationRow(address, desk.customer.id, { channel }));
      }),
    },
  ],
};

/** Equality without a report: one of two megabytes would be no help. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
const sorted = (row: unknown) => Object.entries(row as object).sort(([a], [b]) => (a < b ? -1 : 1));
