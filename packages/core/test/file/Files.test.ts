import { createHash } from "node:crypto";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import { FileStore } from "../../src/file/FileStore.ts";
import { Files, type NewFile } from "../../src/file/Files.ts";
import { Housekeeping } from "../../src/Housekeeping.ts";
import { Messages } from "../../src/ticket/Messages.ts";
import { Tickets } from "../../src/ticket/Tickets.ts";
import { asSystem, asTimePasses, changesNothing, desk, failureOf, farMemory, people } from "../TestDesk.ts";

const bytes = Buffer.from("The manual of the printer");
async function* inPieces() {
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7);
}
const file = (fields: Partial<NewFile> = {}) => ({ name: "manual.txt", content: bytes, ...fields });
const read = ({ content }: { readonly content: AsyncIterable<Uint8Array> }) =>
  Effect.promise(async () => {
    const pieces: Array<Uint8Array> = [];
    for await (const piece of content) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  });
const tag = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(failureOf(effect), ({ _tag }) => _tag);

describe("a file", () => {
  it.effect("is stored whole, from bytes or in pieces, with what is to be known of it", () =>
    Effect.gen(function* () {
      const [files, { ada }] = [yield* Files, yield* people];
      for (const content of [bytes, inPieces()]) {
        const stored = yield* ada.does(
          files.add(file({ content, name: "../../manual.txt", contentType: "text/plain" })),
        );
        assert.deepInclude(stored, {
          name: "manual.txt",
          contentType: "text/plain",
          size: bytes.length,
          sha256: createHash("sha256").update(bytes).digest("hex"),
          uploadedBy: ada.id,
          messageId: null,
          ticketId: null,
        });
        assert.deepStrictEqual(yield* ada.does(files.get(stored.id)), stored);
        assert.strictEqual(yield* read(yield* ada.does(files.open(stored.id))), bytes.toString());
      }
      assert.strictEqual((yield* ada.does(files.add(file()))).contentType, "application/octet-stream");
      assert.strictEqual((yield* ada.does(files.add(file({ content: new Uint8Array() })))).size, 0);
    }).pipe(desk()),
  );

  it.effect("is read in part, and never beyond its end", () =>
    Effect.gen(function* () {
      const [files, { ada }] = [yield* Files, yield* people];
      const { id } = yield* ada.does(files.add(file()));
      const part = (start?: number, end?: number) =>
        Effect.flatMap(
          ada.does(files.open(id, { ...(start !== undefined && { start }), ...(end !== undefined && { end }) })),
          read,
        );
      assert.strictEqual(yield* part(4, 10), "manual");
      assert.strictEqual(yield* part(18), "printer");
      assert.strictEqual(yield* part(undefined, 3), "The");
      assert.strictEqual(yield* part(18, 10_000), "printer");
      assert.strictEqual(yield* part(10_000), "");
      assert.strictEqual(yield* part(5, 5), "");
    }).pipe(desk()),
  );

  it.effect("whose content breaks off is not there", () =>
    Effect.gen(function* () {
      const [files, { ada }] = [yield* Files, yield* people];
      async function* broken() {
        yield bytes;
        throw new Error("The browser went away");
      }
      const error = yield* failureOf(changesNothing(ada.does(files.add(file({ content: broken() })))));
      assert.deepInclude(error, { _tag: "StorageError" });
      assert.include(error.message, "The browser went away");
    }).pipe(desk()),
  );

  it.effect("before a message names it is its uploader's, and afterwards of those who see the message", () =>
    Effect.gen(function* () {
      const [files, messages, tickets] = [yield* Files, yield* Messages, yield* Tickets];
      const { ada, bob, agent, admin } = yield* people;
      const { id } = yield* ada.does(files.add(file()));
      for (const who of [bob, agent, admin]) assert.strictEqual(yield* tag(who.does(files.get(id))), "NotFound");
      yield* ada.does(tickets.open({ subject: "s", text: "t", files: [id] }));
      for (const who of [ada, agent, admin]) assert.strictEqual((yield* who.does(files.get(id))).ticketId, 1);
      assert.strictEqual(yield* tag(bob.does(files.open(id))), "NotFound");
      for (const who of [ada, agent, admin])
        assert.strictEqual(yield* tag(changesNothing(who.does(files.remove(id)))), "NotAllowed");
      yield* admin.does(tickets.update(1, { requester: bob.id }));
      assert.strictEqual(yield* tag(ada.does(files.get(id))), "NotFound");
      assert.strictEqual((yield* bob.does(files.get(id))).id, id);
      assert.lengthOf(yield* bob.does(messages.list(1)), 1);
      yield* admin.does(tickets.remove(1));
      for (const who of [bob, agent, admin]) assert.strictEqual(yield* tag(who.does(files.get(id))), "NotFound");
    }).pipe(desk()),
  );

  it.effect("of a machine is no other's, not even another machine's without a name", () =>
    Effect.gen(function* () {
      const [files, { agent }] = [yield* Files, yield* people];
      const { id } = yield* asSystem(files.add(file()));
      assert.strictEqual((yield* asSystem(files.get(id))).uploadedBy, null);
      assert.strictEqual(yield* tag(agent.does(files.get(id))), "NotFound");
    }).pipe(desk()),
  );

  it.effect("is taken back by who uploaded it, bytes and all", () =>
    Effect.gen(function* () {
      const [files, store, { ada, bob }] = [yield* Files, yield* FileStore, yield* people];
      const { id, storageKey } = yield* ada.does(files.add(file()));
      assert.strictEqual(yield* tag(changesNothing(bob.does(files.remove(id)))), "NotFound");
      yield* ada.does(files.remove(id));
      assert.strictEqual(yield* tag(ada.does(files.get(id))), "NotFound");
      assert.isNull(yield* store.read(storageKey, { start: 0, end: 1 }));
    }).pipe(desk()),
  );

  it.effect("whose bytes are gone is an error of the storage, not a file that is not there", () =>
    Effect.gen(function* () {
      const [files, store, { ada }] = [yield* Files, yield* FileStore, yield* people];
      const { id, storageKey } = yield* ada.does(files.add(file()));
      yield* store.remove(storageKey);
      assert.deepInclude(yield* failureOf(ada.does(files.open(id))), { _tag: "StorageError", retryable: false });
    }).pipe(desk()),
  );
});

describe("sweeping", () => {
  it.effect("removes what no message came to name within a day, bytes and all, and nothing else", () =>
    Effect.gen(function* () {
      const [files, store, tickets, { ada }] = [yield* Files, yield* FileStore, yield* Tickets, yield* people];
      const [old, named] = [yield* ada.does(files.add(file())), yield* ada.does(files.add(file()))];
      yield* ada.does(tickets.open({ subject: "s", text: "t", files: [named.id] }));
      yield* TestClock.adjust("23 hours");
      const young = yield* ada.does(files.add(file()));
      assert.strictEqual(yield* asSystem(files.sweep()), 0);
      yield* TestClock.adjust("2 hours");
      assert.strictEqual(yield* asSystem(files.sweep()), 1);
      assert.strictEqual(yield* tag(ada.does(files.get(old.id))), "NotFound");
      assert.isNull(yield* store.read(old.storageKey, { start: 0, end: 1 }));
      for (const { id } of [named, young])
        assert.strictEqual(yield* read(yield* ada.does(files.open(id))), bytes.toString());
    }).pipe(desk()),
  );

  it.effect("is the helpdesk's own work, and clears away any number", () =>
    Effect.gen(function* () {
      const [files, keeping, { ada, admin }] = [yield* Files, yield* Housekeeping, yield* people];
      assert.strictEqual(yield* tag(admin.does(files.sweep())), "NotAllowed");
      yield* Effect.replicateEffect(ada.does(files.add(file())), 1203, { discard: true });
      yield* TestClock.adjust("25 hours");
      yield* keeping.once;
      assert.strictEqual(yield* asSystem(files.sweep()), 0);
    }).pipe(desk()),
  );

  it.effect("never takes a file that a message names in the same moment", () =>
    Effect.gen(function* () {
      const [files, tickets, { ada }] = [yield* Files, yield* Tickets, yield* people];
      const added = yield* Effect.replicateEffect(ada.does(files.add(file())), 40);
      yield* TestClock.adjust("25 hours");
      const open = added.map(({ id }) => Effect.exit(ada.does(tickets.open({ subject: "s", text: "t", files: [id] }))));
      const [, ...opened] = yield* asTimePasses(
        Effect.all([asSystem(files.sweep()), ...open], { concurrency: "unbounded" }),
      );
      const kept = added.filter((_, index) => opened[index]?._tag === "Success");
      for (const { id } of kept) assert.strictEqual(yield* read(yield* ada.does(files.open(id))), bytes.toString());
      assert.isAbove(kept.length, 0);
      assert.isBelow(kept.length, 40);
    }).pipe(desk({ storage: farMemory() })),
  );
});
