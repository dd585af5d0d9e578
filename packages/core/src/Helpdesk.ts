import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { defaultTenant } from "./Actor.ts";
import { Attachments } from "./Attachments.ts";
import { Catalog } from "./Catalog.ts";
import type { Channel } from "./channel/Channel.ts";
import { Channels } from "./channel/Channels.ts";
import { Deliveries } from "./channel/Deliveries.ts";
import { Outbox } from "./channel/Outbox.ts";
import { Sending } from "./channel/Sending.ts";
import { InvalidInput, type StorageError } from "./Errors.ts";
import { EventLog } from "./EventLog.ts";
import { Feed } from "./Feed.ts";
import type { FileStore } from "./file/FileStore.ts";
import { Files } from "./file/Files.ts";
import { Health } from "./Health.ts";
import { Hearing } from "./Hearing.ts";
import { Housekeeping } from "./Housekeeping.ts";
import { inputOf } from "./Input.ts";
import { Arrivals } from "./inbox/Arrivals.ts";
import { Inbox } from "./inbox/Inbox.ts";
import { Intakes } from "./inbox/Intakes.ts";
import { Reports } from "./inbox/Reports.ts";
import { Underway } from "./inbox/Underway.ts";
import { Jobs } from "./jobs/Jobs.ts";
import { Worker } from "./jobs/Worker.ts";
import { Live } from "./Live.ts";
import { memory, memoryFiles } from "./memory.ts";
import type { Templates } from "./notice/Notice.ts";
import { defaultTemplates } from "./notice/templates.ts";
import { People } from "./People.ts";
import { Permissions } from "./Permissions.ts";
import { defaultPolicies, type Policies, SomePolicies } from "./Policies.ts";
import { Lists } from "./queue/Lists.ts";
import { React } from "./React.ts";
import { Rows } from "./Rows.ts";
import { type Authorize, type Beginning, Settings } from "./Settings.ts";
import type { Storage } from "./Storage.ts";
import { Subscriptions } from "./Subscriptions.ts";
import { textOf } from "./Text.ts";
import { Traffic } from "./Traffic.ts";
import { Choices } from "./ticket/Choices.ts";
import { Messages } from "./ticket/Messages.ts";
import { Openings } from "./ticket/Openings.ts";
import { Replies } from "./ticket/Replies.ts";
import { StatusMachine } from "./ticket/StatusMachine.ts";
import { defaultStatuses, flawsOf } from "./ticket/status.ts";
import { Tickets } from "./ticket/Tickets.ts";
import { Passwords } from "./user/Passwords.ts";
import { Users } from "./user/Users.ts";
import { Writer } from "./Writer.ts";

/** What a helpdesk is made of. */
export interface HelpdeskOptions {
  /** Where everything is kept, such as `postgres({ url })`; in this process's memory by default. */
  readonly storage?: Layer.Layer<Storage, StorageError | InvalidInput>;
  /** Where the bytes of files are kept, such as `localFiles("./uploads")`; in memory by default. */
  readonly files?: Layer.Layer<FileStore, StorageError | InvalidInput>;
  /** The status machine; six usual statuses by default. */
  readonly statuses?: StatusMachine;
  /** Policies that differ from the defaults. */
  readonly policies?: Partial<Policies>;
  /** The queues each tenant begins with; none by default. */
  readonly queues?: ReadonlyArray<Beginning>;
  /** The categories each tenant begins with; none by default. */
  readonly categories?: ReadonlyArray<Beginning>;
  /** The priorities each tenant begins with, lowest first; `low`, `normal`, `high`, `urgent` by default. */
  readonly priorities?: ReadonlyArray<Beginning>;
  /** The priority of a ticket that names none; `normal`, or the first there is, by default. */
  readonly defaultPriority?: string;
  /** Ways in and out besides the API, such as `email({ imap, smtp, from })`. */
  readonly channels?: ReadonlyArray<Channel>;
  /** What customers are written, where the default words do not fit. */
  readonly templates?: Partial<Templates>;
  /** The host's own say on who may do what. */
  readonly authorize?: Authorize;
}

const usualPriorities: ReadonlyArray<Beginning> = [
  { key: "low", name: "Low" },
  { key: "normal", name: "Normal" },
  { key: "high", name: "High" },
  { key: "urgent", name: "Urgent" },
];

const Beginnings = Schema.Array(Schema.Struct({ key: textOf(200), name: textOf(200) })).check(
  Schema.makeFilter((list) => {
    const twice = list.findIndex(({ key }, index) => list.findIndex((other) => other.key === key) < index);
    return twice === -1 || { path: [twice, "key"], issue: `There are two with the key "${list[twice]?.key}"` };
  }),
);
const checkOptions = inputOf(
  Schema.Struct({
    statuses: Schema.optionalKey(StatusMachine),
    policies: Schema.optionalKey(SomePolicies),
    queues: Schema.optionalKey(Beginnings),
    categories: Schema.optionalKey(Beginnings),
    priorities: Schema.optionalKey(Beginnings),
    defaultPriority: Schema.optionalKey(Schema.String),
  }),
);

const settings = ({ storage, files, authorize, channels = [], templates = {}, ...given }: HelpdeskOptions) =>
  Layer.effect(
    Settings,
    Effect.gen(function* () {
      const options = yield* checkOptions(given);
      const { statuses = defaultStatuses, queues = [], categories = [], priorities = usualPriorities } = options;
      const usual = priorities.some(({ key }) => key === "normal") ? "normal" : priorities[0]?.key;
      const defaultPriority = options.defaultPriority ?? usual ?? "";
      const flaws: Array<Flaw> = flawsOf(statuses).map(({ path, message }) => ({
        path: ["statuses", ...path],
        message,
      }));
      if (!priorities.some(({ key }) => key === defaultPriority))
        flaws.push({ path: ["defaultPriority"], message: `There is no priority "${defaultPriority}"` });
      for (const [name, layer, example] of [
        ["storage", storage, "postgres({ url })"],
        ["files", files, "localFiles(directory)"],
      ] as const)
        if (layer !== undefined && !Layer.isLayer(layer))
          flaws.push({ path: [name], message: `Expected what a package for it makes, such as ${example}` });
      if (authorize !== undefined && typeof authorize !== "function")
        flaws.push({ path: ["authorize"], message: "Expected a function" });
      flaws.push(...flawsOfChannels(channels), ...flawsOfTemplates(templates));
      if (flaws.length > 0) return yield* new InvalidInput({ issues: flaws });
      return Settings.of({
        statuses,
        policies: { ...defaultPolicies, ...options.policies },
        lists: { queue: queues, category: categories, priority: priorities },
        defaultPriority,
        authorize: authorize ?? null,
        channels,
        templates: { ...defaultTemplates, ...templates },
      });
    }),
  );

type Flaw = InvalidInput["issues"][number];

const flawsOfChannels = (channels: ReadonlyArray<Channel>): ReadonlyArray<Flaw> => {
  if (!Array.isArray(channels)) return [{ path: ["channels"], message: "Expected an array" }];
  return (channels as ReadonlyArray<Channel>).flatMap((channel, index) => {
    const path = ["channels", index];
    if (typeof channel?.name !== "string" || typeof channel.send !== "function" || typeof channel.newRef !== "function")
      return [{ path, message: "Expected what a package for it makes, such as email({ imap, smtp, from })" }];
    const { name, tenant = defaultTenant } = channel;
    const isSecond = channels
      .slice(0, index)
      .some((one) => one.name === name && (one.tenant ?? defaultTenant) === tenant);
    return isSecond ? [{ path: [...path, "name"], message: `There are two with the name "${name}"` }] : [];
  });
};

const flawsOfTemplates = (templates: Partial<Templates>): ReadonlyArray<Flaw> =>
  Object.entries(templates).flatMap(([name, template]) => {
    const path = ["templates", name];
    if (!(name in defaultTemplates)) return [{ path, message: "There is no such field" }];
    return typeof template === "function" ? [] : [{ path, message: "Expected a function" }];
  });

const services = Layer.mergeAll(
  Housekeeping.layer,
  Tickets.layer,
  Inbox.layer,
  Live.layer,
  EventLog.layer,
  Traffic.layer,
  Deliveries.layer,
  Health.layer,
).pipe(
  Layer.provideMerge(Layer.mergeAll(Intakes.layer, Sending.layer)),
  Layer.provideMerge(Layer.mergeAll(Arrivals.layer, Reports.layer, Jobs.layer)),
  Layer.provideMerge(Underway.layer),
  Layer.provideMerge(Layer.mergeAll(Files.layer, Messages.layer, Users.layer, Passwords.layer, Lists.layer)),
  Layer.provideMerge(Layer.mergeAll(Subscriptions.layer, Replies.layer)),
  Layer.provideMerge(Layer.mergeAll(Openings.layer, Choices.layer)),
  Layer.provideMerge(Layer.mergeAll(React.layer, People.layer, Attachments.layer, Worker.layer)),
  Layer.provideMerge(Outbox.layer),
  Layer.provideMerge(Layer.mergeAll(Catalog.layer, Channels.layer, Hearing.layer)),
  Layer.provideMerge(Layer.mergeAll(Writer.layer, Rows.layer, Permissions.layer, Feed.layer)),
);

/** What is no layer at all is refused with the other settings. */
const orElse = <A, E>(given: Layer.Layer<A, E> | undefined, usual: () => Layer.Layer<A>): Layer.Layer<A, E> =>
  Layer.isLayer(given) ? given : usual();

/** Every service of a helpdesk, for users of Effect. */
export const Helpdesk = {
  /** Bad settings fail here with `InvalidInput` that names them, and an unreachable storage with `StorageError`. */
  layer: (options: HelpdeskOptions = {}) =>
    // Effect makes a layer once in a program; two helpdesks are two for all that.
    Layer.fresh(services).pipe(
      Layer.provideMerge(
        Layer.mergeAll(settings(options), orElse(options.storage, memory), orElse(options.files, memoryFiles)),
      ),
    ),
};
