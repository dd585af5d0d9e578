import { Conflict, type Event, memory, Storage, StorageError } from "@deskwright/core/effect";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { problemsOf } from "../src/Case.ts";
import { outageOf } from "../src/Outage.ts";
import { everyMethod } from "../src/storage/everyMethod.ts";
import { groups } from "../src/storageContract.ts";

type Port = Storage["Service"];

/** A memory storage with something wrong in it. */
const broken = (change: (port: Port) => Partial<Port>): Layer.Layer<Storage> =>
  Layer.effect(
    Storage,
    Effect.map(Storage, (port) => ({ ...port, ...change(port) })),
  ).pipe(Layer.provide(memory()));

/** Whether a test of this group fails on the storage. */
const fails = (about: string, storage: Layer.Layer<Storage>) =>
  Effect.gen(function* () {
    for (const { body } of groups.find((group) => group.about === about)?.cases ?? []) {
      const exit = yield* Effect.exit(Effect.scoped(body).pipe(Effect.timeout("2 seconds")));
      if (exit._tag === "Failure") return true;
    }
    return false;
  }).pipe(Effect.provide(storage));

/** What is wrong with a storage, and the groups that must find it. */
const mistakes: ReadonlyArray<readonly [string, (port: Port) => Partial<Port>, ReadonlyArray<string>]> = [
  [
    "takes a lost race for a success",
    (port) => ({
      commit: (commit) =>
        Effect.catchIf(
          port.commit(commit),
          (error) => error instanceof Conflict,
          () => Effect.succeed([]),
        ),
    }),
    ["a stale version", "all or nothing", "many writers at once", "keys used once", "leases", "random histories"],
  ],
  [
    "applies the rest of a commit although a part of it is refused",
    (port) => ({
      commit: (commit) =>
        Effect.tapError(port.commit(commit), () =>
          port.commit({ ...commit, put: [], touch: [], once: [], held: [], done: [], drop: [] }),
        ),
    }),
    ["all or nothing"],
  ],
  [
    "shows one tenant's rows to another",
    (port) => ({
      records: (_, collection) => port.records("all", collection),
      commit: (commit) => port.commit({ ...commit, tenant: "all" }),
    }),
    ["tenants"],
  ],
  [
    "passes over an event now and then",
    (port) => ({
      events: (query) =>
        Effect.map(port.events(query), ({ events, position }) => ({
          position,
          events: events.filter((_: Event, n) => n !== 7),
        })),
    }),
    ["events"],
  ],
  [
    "answers the end of the log as the position of a page that is full",
    (port) => ({
      events: (query) =>
        Effect.gen(function* () {
          const { position } = yield* port.events({ ...query, after: null });
          return { ...(yield* port.events(query)), position };
        }),
    }),
    ["events"],
  ],
  [
    "counts tallies late",
    (port) => {
      let last: Effect.Success<ReturnType<Port["tallies"]>> = [];
      return {
        tallies: (tenant) =>
          Effect.map(port.tallies(tenant), (now) => {
            const answer = last;
            last = now;
            return answer;
          }),
      };
    },
    ["tallies"],
  ],
  [
    "hands out ids twice",
    (port) => ({
      reserve: (tenant, wanted) => Effect.map(port.reserve(tenant, wanted), (ids) => ({ ...ids, job: [1, 1] })),
    }),
    ["ids"],
  ],
  [
    "finds users without regard to case",
    (port) => ({
      find: (tenant, keys) =>
        port.find(
          tenant,
          keys.map((key) => ("externalId" in key ? { kind: "user", externalId: key.externalId.toUpperCase() } : key)),
        ),
    }),
    ["read your write"],
  ],
  [
    "gives one job to two claimers",
    (port) => ({
      claim: (request) =>
        Effect.tap(port.claim(request), (jobs) => port.extend(jobs.slice(0, 1), new Date(request.now.getTime() - 1))),
    }),
    ["jobs", "leases"],
  ],
  ["tells its listeners nothing", () => ({ signal: () => Effect.void }), ["signals"]],
  [
    "cuts long texts off",
    (port) => ({
      messages: (tenant, query) =>
        Effect.map(port.messages(tenant, query), (found) =>
          found.map((message) => ({ ...message, text: message.text.slice(0, 10) })),
        ),
    }),
    ["content"],
  ],
  [
    "pages without the id of the last ticket",
    (port) => ({
      tickets: (tenant, query) =>
        port.tickets(tenant, {
          ...query,
          after: query.after && { ...query.after, id: query.sort.startsWith("-") ? 0 : 1e9 },
        }),
    }),
    ["lists of tickets", "paging"],
  ],
];

describe("the contract of a storage", () => {
  for (const [what, change, expected] of mistakes)
    it.live(`finds a storage that ${what}`, () =>
      Effect.gen(function* () {
        for (const about of expected) assert.isTrue(yield* fails(about, broken(change)), about);
      }),
    );

  for (const [what, answering, outcome] of [
    ["passes a storage of which no method answers while its connection is broken", [], "Success"],
    ["finds a storage of which one method answers while its connection is broken", ["tallies"], "Failure"],
  ] as const)
    it.live(what, () =>
      Effect.gen(function* () {
        let isCut = false;
        const adapter = broken((port) => {
          const methods = Object.entries(port).map(([name, method]) => [
            name,
            (...args: ReadonlyArray<never>) =>
              Effect.suspend(() =>
                isCut && !answering.some((each) => each === name)
                  ? Effect.fail(new StorageError({ reason: "no connection", retryable: true }))
                  : (method as (...args: ReadonlyArray<never>) => Effect.Effect<unknown, unknown>)(...args),
              ),
          ]);
          return { ...Object.fromEntries(methods), listen: port.listen };
        });
        const cut = async () => {
          isCut = true;
        };
        for (const { body } of outageOf(Storage, { adapter, cut }, everyMethod).cases)
          assert.strictEqual((yield* Effect.exit(Effect.scoped(body)))._tag, outcome);
      }),
    );
});

describe("what is skipped", () => {
  const named = [
    { about: "a group", cases: [{ test: "one" }, { test: "two" }].map((each) => ({ ...each, body: Effect.void })) },
  ];

  it("must be named with a reason", () => {
    assert.deepStrictEqual(problemsOf(named, [{ test: "two", reason: "it has none" }]), []);
    assert.deepStrictEqual(problemsOf(named, [{ test: "three", reason: "it has none" }]), [
      'no test is called "three"',
    ]);
    assert.deepStrictEqual(problemsOf(named, [{ test: "one", reason: " " }]), ['no reason to skip "one"']);
  });

  it("is told from another by its name", () => {
    assert.deepStrictEqual(problemsOf([...named, ...named], []).length, 2);
  });
});
