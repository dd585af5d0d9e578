import { randomUUID } from "node:crypto";
import { type Claim, Conflict, type Message, type RowKey, type Storage } from "@deskwright/core/effect";
import { assert } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Case, Group } from "../Case.ts";
import { Random } from "../Random.ts";
import { type Desk, makeDesk } from "./Desk.ts";
import { randomCommit } from "./randomCommit.ts";
import { put, time } from "./rows.ts";
import { Twin } from "./Twin.ts";
import { expectTallies } from "./tallies.ts";

const byId = <A extends { readonly id: number }>(rows: ReadonlyArray<A>) => rows.toSorted((a, b) => a.id - b.id);

/** Reads everything there is and expects it to be what the twin has. */
const compare = Effect.fnUntraced(function* (desk: Desk, twin: Twin) {
  const { storage, tenant } = desk;
  const everything = { filter: {}, sort: "id", limit: 1000, after: null, offset: 0 } as const;
  const tickets = byId(twin.all("ticket"));
  const listed = tickets.filter(({ deletedAt }) => deletedAt === null);
  assert.deepStrictEqual(yield* storage.tickets(tenant, everything), listed);
  yield* expectTallies(desk, listed);
  const messages = byId(twin.all("message"));
  for (const { id } of tickets) {
    const query = { ticketId: id, notes: true, after: 0, limit: 1000 };
    const expected: ReadonlyArray<Message> = messages.filter(({ ticketId }) => ticketId === id);
    assert.deepStrictEqual(yield* storage.messages(tenant, query), expected);
  }
  const users = { role: null, active: null, after: 0, limit: 1000 };
  assert.deepStrictEqual(yield* storage.users(tenant, users), byId(twin.all("user")));
  for (const name of ["queue", "rule"]) {
    const expected = byId(twin.all("record").filter(({ collection }) => collection === name));
    assert.deepStrictEqual(yield* storage.records(tenant, name), expected);
  }
  const { events } = yield* storage.events({ tenant, ticketId: null, after: 0, limit: 10_000 });
  const bodies = events.map(({ position: _, tenant: __, ...event }) => event);
  assert.deepStrictEqual<unknown>(bodies, twin.events);
  const jobs = { tenant, state: null, kind: null, endedBefore: null, after: 0, limit: 1000 };
  assert.deepStrictEqual(yield* storage.jobs(jobs), byId(twin.jobs.map(({ job }) => job)));

  const deleted = tickets.filter(({ deletedAt }) => deletedAt !== null);
  const [conversations, files] = [twin.all("conversation"), twin.all("file")];
  const keys: ReadonlyArray<RowKey> = [
    ...deleted.map(({ id }) => ({ kind: "ticket", id }) as const),
    ...conversations.map(({ channel, address }) => ({ kind: "conversation", channel, address }) as const),
    ...files.map(({ id }) => ({ kind: "file", id }) as const),
    ...Array.from({ length: 20 }, (_, n) => ({ kind: "once", key: `key-${n}` }) as const),
  ];
  const used = Array.from({ length: 20 }, (_, n) => twin.used.find(({ key }) => key === `key-${n}`) ?? null);
  const found = yield* storage.find(tenant, keys);
  assert.deepStrictEqual<unknown>(
    found.map((each) => each?.row ?? null),
    [...deleted, ...conversations, ...files, ...used],
  );
});

const history = (steps: number): Case<Storage>["body"] =>
  Effect.gen(function* () {
    const desk = yield* makeDesk;
    const random = yield* Random.make;
    const twin = new Twin(desk.tenant);
    const people = [desk.customer.id, (yield* desk.newUser()).id];
    const found = yield* desk.storage.find(
      desk.tenant,
      people.map((id) => ({ kind: "user", id }) as const),
    );
    twin.rows = found.flatMap((user) => (user?.kind === "user" ? [put("user", user.row)] : []));

    const wanted = 4 * steps;
    const reserved = yield* desk.storage.reserve(desk.tenant, {
      ticket: wanted,
      message: wanted,
      user: wanted,
      file: wanted,
      record: wanted,
      job: wanted,
    });
    const next = { ticket: 0, message: 0, user: 0, file: 0, record: 0, job: 0 };
    const scene = {
      twin,
      random,
      kind: desk.kind,
      people,
      claims: [] as Array<Claim>,
      now: 0,
      id: (kind: keyof typeof next) => reserved[kind]?.[next[kind]++] as number,
    };
    const accepted = { yes: 0, no: 0 };
    for (let step = 1; step <= steps; step++) {
      scene.now += random.int(5000);
      if (random.chance(0.25)) {
        const [token, now, until] = [randomUUID(), time(scene.now), time(scene.now + 15_000)];
        const claimed = yield* desk.storage.claim({ kinds: [desk.kind], token, now, until, limit: 1000 });
        assert.deepStrictEqual(byId(claimed.map(({ job }) => job)), byId(twin.claim(token, now, until)));
        scene.claims.push(...claimed.map(({ id }) => ({ id, token })));
      } else if (random.chance(0.1)) {
        const claims = random.some(scene.claims).slice(0, 5);
        const until = random.chance(0.5) ? null : time(scene.now + 20_000);
        const held = yield* desk.storage.extend(claims, until);
        assert.sameMembers([...held], [...twin.extend(claims, until)]);
      } else {
        const commit = randomCommit(scene);
        const due = twin.accepts(commit);
        const refused = yield* desk.storage.commit(commit).pipe(
          Effect.as(false),
          Effect.catchIf(
            (error) => error instanceof Conflict,
            () => Effect.succeed(true),
          ),
        );
        assert.strictEqual(refused, !due, `step ${step}: ${JSON.stringify(commit)}`);
        if (due) twin.apply(commit);
        accepted[due ? "yes" : "no"]++;
      }
      if (step % 20 === 0) yield* compare(desk, twin);
    }
    // A history without both would prove nothing.
    assert.isAbove(accepted.yes, steps / 4);
    assert.isAbove(accepted.no, steps / 40);
  });

/** Random commits against a twin that searches plain lists. */
export const histories: Group<Storage> = {
  about: "random histories",
  cases: [
    {
      test: "every commit of a random history is applied or refused, and all is read, as the twin has it",
      timeout: 60_000,
      body: history(200),
    },
  ],
};
