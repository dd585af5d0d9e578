import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { type Actor, CurrentActor, defaultTenant } from "./Actor.ts";
import { Deliveries } from "./channel/Deliveries.ts";
import type { ActorRef, CreateHelpdeskOptions, Desk, EventsQuery, Helpdesk } from "./Desk.ts";
import { EventsInput, HandlerInput, WorkInput } from "./DeskInput.ts";
import { NotAllowed, StorageError } from "./Errors.ts";
import type { Event, EventType } from "./Event.ts";
import { EventLog } from "./EventLog.ts";
import { Feed } from "./Feed.ts";
import { Files } from "./file/Files.ts";
import { Health } from "./Health.ts";
import { Hearing } from "./Hearing.ts";
import { Helpdesk as HelpdeskLayers } from "./Helpdesk.ts";
import { Housekeeping } from "./Housekeeping.ts";
import { inputOf } from "./Input.ts";
import { Inbox } from "./inbox/Inbox.ts";
import { Intakes } from "./inbox/Intakes.ts";
import { Jobs } from "./jobs/Jobs.ts";
import { Worker } from "./jobs/Worker.ts";
import { Live } from "./Live.ts";
import { People } from "./People.ts";
import { type Heard, mayHear } from "./permission.ts";
import { abortOf, Beginnings, calling, iterableOf, runNow, runToPromise, toPromises } from "./promises.ts";
import { Lists } from "./queue/Lists.ts";
import { Subscriptions } from "./Subscriptions.ts";
import { Traffic } from "./Traffic.ts";
import { Messages } from "./ticket/Messages.ts";
import { Tickets } from "./ticket/Tickets.ts";
import { Passwords } from "./user/Passwords.ts";
import { Users } from "./user/Users.ts";

/** How long jobs that are being done may take to end once the helpdesk is closed. */
const patience = "3 seconds";

/** Starts a helpdesk. Bad settings and an unreachable storage reject here, not at the first request. */
export const createHelpdesk = async ({
  jobs = {},
  run: running = {},
  ...options
}: CreateHelpdeskOptions = {}): Promise<Helpdesk> => {
  const scope = Scope.makeUnsafe();
  const closing = Deferred.makeUnsafe<void>();
  const toPromise = runToPromise(Effect.runPromiseExit);

  const work = await toPromise(checkWork({ jobs, run: running }));
  const context = await toPromise(Layer.buildWithScope(HelpdeskLayers.layer(options), scope)).catch(async (error) => {
    await toPromise(Scope.close(scope, Exit.void));
    throw error;
  });
  const feed = Context.get(context, Feed);
  const people = Context.get(context, People);
  const worker = Context.get(context, Worker);
  const subscriptions = Context.get(context, Subscriptions);
  const hearing = Context.get(context, Hearing);
  const lists = Context.get(context, Lists);

  let closed: Promise<void> | undefined;
  let isOver = false;
  const close = () => {
    closed ??= (async () => {
      await toPromise(Deferred.succeed(closing, undefined));
      await toPromise(Effect.timeoutOption(worker.finish, patience));
      isOver = true;
      await toPromise(Scope.close(scope, Exit.void));
    })();
    return closed;
  };

  const beginnings = new Beginnings();
  const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
    const { all } = beginnings;
    if (all !== undefined) return all.then(() => run(effect));
    return isOver ? Promise.reject(overError()) : toPromise(effect);
  };

  const hears = (actor: Actor, heard: Heard) => Effect.map(hearing.heardBy(actor, [heard]), ({ length }) => length > 0);

  const iterate = <A>(begin: Effect.Effect<Stream.Stream<A, unknown>, unknown>, signal: AbortSignal | undefined) =>
    iterableOf(beginnings.watch(begin), Effect.race(abortOf(signal), Deferred.await(closing)));

  const deskOf = (actor: Effect.Effect<Actor, unknown>): Desk => {
    const runAs = <A, E>(effect: Effect.Effect<A, E>) =>
      run(Effect.flatMap(actor, (who) => Effect.provideService(effect, CurrentActor, who)));
    const follow = (query: EventsQuery) =>
      Effect.gen(function* () {
        const { after, ticketId, everyTenant = false } = yield* checkEventsQuery(query);
        const who = yield* actor;
        if (everyTenant && who.role !== "system")
          return yield* new NotAllowed({ action: "events", reason: "only system hears every tenant" });
        // In an outage there is nothing to wait for: the stream begins when that has passed.
        const newest = after === undefined ? Option.getOrUndefined(yield* Effect.option(feed.newest)) : after;
        const events = feed.follow({ after: newest, ticketId, tenant: everyTenant ? null : who.tenant });
        return everyTenant ? events : Stream.filterEffect(events, (event) => hears(who, event));
      });
    // Getters: a desk is made for each request, which uses one or two of these.
    return {
      get tickets() {
        return toPromises(Context.get(context, Tickets), runAs);
      },
      get messages() {
        return toPromises(Context.get(context, Messages), runAs);
      },
      get users() {
        return toPromises(Context.get(context, Users), runAs);
      },
      get passwords() {
        return toPromises(Context.get(context, Passwords), runAs);
      },
      get queues() {
        return toPromises(lists.queues, runAs);
      },
      get categories() {
        return toPromises(lists.categories, runAs);
      },
      get priorities() {
        return toPromises(lists.priorities, runAs);
      },
      get files() {
        return toPromises(Context.get(context, Files), runAs);
      },
      get jobs() {
        return toPromises(Context.get(context, Jobs), runAs);
      },
      get inbox() {
        return toPromises(Context.get(context, Inbox), runAs);
      },
      get inbound() {
        const { accept, list, get, raw, replay, balance } = Context.get(context, Intakes);
        return toPromises({ accept, list, get, raw, replay, balance }, runAs);
      },
      get deliveries() {
        return toPromises(Context.get(context, Deliveries), runAs);
      },
      get live() {
        return toPromises({ tell: Context.get(context, Live).tell }, runAs);
      },
      health: () => runAs(Context.get(context, Health).look()),
      actor: () => run(actor),
      events: ({ signal, ...query } = {}) => iterate(follow(query), signal),
      eventPage: (query) => runAs(Context.get(context, EventLog).page(query)),
    };
  };

  const as = ({ role, user, tenant = defaultTenant }: ActorRef) => deskOf(people.actorOf(tenant, role, user ?? null));

  const on = (
    type: EventType,
    ...rest: readonly [Handler] | readonly [{ readonly as: string }, Handler]
  ): (() => Promise<void>) => {
    const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
    const { as: name } = runNow(checkEventHandler({ type, handler, ...options }));
    const handle = (event: Event) =>
      calling(async () => handler(event as never, as({ role: "rule", tenant: event.tenant })));
    const own = runNow(Scope.fork(scope));
    const begun = name === undefined ? subscriptions.live(type, handle) : subscriptions.durable(name, type, handle);
    Effect.runFork(beginnings.watch(Scope.provide(begun, own)));
    return () => toPromise(Scope.close(own, Exit.void));
  };

  for (const [kind, handler] of Object.entries(jobs))
    worker.register(kind, ({ job }) =>
      calling(async () => (await handler(job.payload, as({ role: "system", tenant: job.tenant }))) ?? null),
    );
  const start = async ({ workers = 4, channels = true }: WorkInput["run"]) => {
    const own = runNow(Scope.fork(scope));
    const { read } = Context.get(context, Traffic);
    if (workers > 0) {
      await toPromise(Scope.provide(worker.run(workers), own));
      await toPromise(Scope.provide(Context.get(context, Housekeeping).run, own));
    }
    if (channels) await toPromise(Scope.provide(read, own));
    return () => toPromise(Scope.close(own, Exit.void));
  };
  await start(work.run);

  return {
    ...as({ role: "system" }),
    as,
    on,
    mayHear: options.authorize ? (actor, heard) => run(hears(actor, heard)) : mayHear,
    liveSignals: ({ signal } = {}) => iterate(Effect.succeed(Context.get(context, Live).heard), signal),
    worker: async (options = {}) => start((await toPromise(checkWork({ run: options, jobs: {} }))).run),
    close,
    [Symbol.asyncDispose]: close,
  };
};

type Handler = (event: never, desk: Desk) => unknown;
const overError = () => new StorageError({ reason: "the helpdesk is closed", retryable: false });

const checkEventHandler = inputOf(HandlerInput);
const checkEventsQuery = inputOf(EventsInput);
const checkWork = inputOf(WorkInput);
