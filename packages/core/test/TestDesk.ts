import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import { CurrentActor, defaultTenant, type Role } from "../src/Actor.ts";
import { type HelpdeskError, type InvalidInput, StorageError } from "../src/Errors.ts";
import { Helpdesk, type HelpdeskOptions } from "../src/Helpdesk.ts";
import { makeMemoryStorage } from "../src/memory/MemoryStorage.ts";
import { memory } from "../src/memory.ts";
import { Storage } from "../src/Storage.ts";
import { type NewUser, Users } from "../src/user/Users.ts";
import { Dice } from "./Dice.ts";

/** Runs a test on a helpdesk of its own, in memory. */
export const desk = (options?: HelpdeskOptions) => Effect.provide(Helpdesk.layer(options));

/**
 * The memory of the process, with pauses before and after each call as a database far away has them: what runs at once
 * runs into each other.
 */
export const farMemory = (seed = 1): Layer.Layer<Storage> =>
  Layer.effect(
    Storage,
    Effect.gen(function* () {
      const dice = new Dice(seed);
      const pause = Effect.suspend(() =>
        Effect.forEach(
          dice.many(dice.int(0, 4), () => 0),
          () => Effect.yieldNow,
        ),
      );
      const far = Object.entries(yield* Storage).map(([name, call]) => [
        name,
        typeof call === "function"
          ? (...args: ReadonlyArray<never>) => Effect.tap(Effect.andThen(pause, (call as Call)(...args)), pause)
          : call,
      ]);
      return Object.fromEntries(far) as Storage["Service"];
    }),
  ).pipe(Layer.provide(memory()));

/** What may be done about a storage's answers, while a test runs. */
export interface Line {
  /** Answers nothing but `StorageError` for as long as it is set. */
  isCut: boolean;
  /** What answers of these calls wait for. */
  readonly waitFor: Partial<Record<keyof Storage["Service"], Effect.Effect<void>>>;
}

/** The memory of the process at the end of a line that can be cut and held up. */
export const lineTo = (line: Line, store = makeMemoryStorage()): Layer.Layer<Storage> => {
  const calls = Object.entries(store).map(([name, call]) => [
    name,
    typeof call === "function"
      ? (...args: ReadonlyArray<never>) =>
          Effect.suspend(() =>
            line.isCut
              ? Effect.fail(new StorageError({ reason: "the line is cut", retryable: true }))
              : Effect.tap((call as Call)(...args), line.waitFor[name as keyof typeof store] ?? Effect.void),
          )
      : call,
  ]);
  return Layer.succeed(Storage, Object.fromEntries(calls) as Storage["Service"]);
};

type Call = (...args: ReadonlyArray<never>) => Effect.Effect<unknown, unknown>;

/** Lets time pass for as long as something takes, retries after a lost race among it. */
export const asTimePasses = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect);
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("5 millis");
    return yield* Fiber.join(fiber);
  });

/** Does something as somebody. */
export const as =
  (role: Role, user: number | null = null, tenant = defaultTenant) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(effect, CurrentActor, { role, user, tenant });

export const asSystem = as("system");

/** A user of this role, and how to do things as they. */
export const person = Effect.fnUntraced(function* (
  role: "customer" | "agent" | "admin",
  fields: NewUser = {},
  tenant = defaultTenant,
) {
  const users = yield* Users;
  const user = yield* as("system", null, tenant)(users.create({ ...fields, role }));
  return { ...user, does: as(role, user.id, tenant) };
});

/** A customer, another, an agent and an admin of one tenant. */
export const people = Effect.all({
  ada: person("customer", { name: "Ada", externalId: "ada" }),
  bob: person("customer", { name: "Bob", externalId: "bob" }),
  agent: person("agent", { name: "Grace" }),
  admin: person("admin", { name: "Linus" }),
});

/** The error that something must fail with. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.exit(effect), (exit) =>
    Exit.isSuccess(exit)
      ? Effect.die(new Error(`Expected a failure, and got ${JSON.stringify(exit.value)}`))
      : Effect.succeed(Cause.squash(exit.cause) as HelpdeskError),
  );

/** The paths of the issues that something must be refused for, joined by dots. */
export const refusedFields = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(failureOf(effect), (error) =>
    error._tag === "InvalidInput"
      ? Effect.succeed([...new Set((error as InvalidInput).issues.map(({ path }) => path.join(".")))])
      : Effect.die(error),
  );

/** Everything that a store keeps for a tenant, to compare before with after. */
export const everything = (tenant = defaultTenant) =>
  Effect.gen(function* () {
    const storage = yield* Storage;
    const { events } = yield* storage.events({ tenant, ticketId: null, after: 0, limit: 10_000 });
    const all = { sort: "id", limit: 10_000, after: null, offset: 0, filter: {} } as const;
    const tickets = yield* storage.tickets(tenant, all);
    const ids = new Set(events.flatMap((event) => ("ticketId" in event ? [event.ticketId] : [])));
    return {
      events,
      tickets,
      messages: yield* Effect.forEach(ids, (ticketId) =>
        storage.messages(tenant, { ticketId, notes: true, after: 0, limit: 10_000 }),
      ),
      users: yield* storage.users(tenant, { role: null, active: null, after: 0, limit: 10_000 }),
      lists: yield* Effect.forEach(["queue", "category", "priority", "password"], (kind) =>
        storage.records(tenant, kind),
      ),
      tallies: yield* storage.tallies(tenant),
      jobs: yield* storage.jobs({ tenant, state: null, kind: null, endedBefore: null, after: 0, limit: 10_000 }),
      files: yield* storage.files({ unattachedBefore: new Date(8.64e15), limit: 10_000 }),
    };
  });

/** Fails where something that was refused left a trace. */
export const changesNothing = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = yield* everything();
    const result = yield* effect;
    for (const [kind, rows] of Object.entries(yield* everything())) {
      const [was, is] = [before[kind as keyof typeof before], rows].map((value) => JSON.stringify(value));
      if (was !== is) return yield* Effect.die(new Error(`The ${kind} changed from ${was}\nto ${is}`));
    }
    return result;
  });
