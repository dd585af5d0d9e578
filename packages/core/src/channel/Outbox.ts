import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Catalog } from "../Catalog.ts";
import type { Commit, RecordRow, Row } from "../Commit.ts";
import type { InvalidInput, StorageError } from "../Errors.ts";
import { answeredAfter, type Burst, burstAfter, type Told, toldAfter } from "../notice/caps.ts";
import { localeOf } from "../notice/templates.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { newToken } from "../Writer.ts";
import type { Channel } from "./Channel.ts";
import { Channels } from "./Channels.ts";
import { deliverJob } from "./Deliveries.ts";
import type { Correspondent, Delivery, StoredDelivery } from "./Delivery.ts";
import { dataOf, deliveryKey, recordKey, refKey, threadKey, threadOf, toldKey } from "./ledger.ts";
import type { Arrival, Thread } from "./Thread.ts";
import { threadAfterArrival, threadAfterDelivery } from "./threading.ts";
import { type Change, isByProgram, whatFollows } from "./whatFollows.ts";

/** A change of a ticket on its way to the store, and how it came. */
export interface Departure extends Change {
  readonly tenant: string;
  readonly at: Date;
  readonly arrival: Arrival | null;
}

/** What it adds to the commit. */
export interface Followed {
  readonly put: ReadonlyArray<Row>;
  readonly jobs: Commit["add"]["jobs"];
}

const nothing: Followed = { put: [], jobs: [] };

/** Adds what has to go out to the commit that is the reason for it. */
export class Outbox extends Context.Service<
  Outbox,
  {
    readonly follow: (departure: Departure) => Effect.Effect<Followed, InvalidInput | StorageError>;
  }
>()("@deskwright/core/Outbox") {
  static readonly layer = Layer.effect(
    Outbox,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const channels = yield* Channels;
      const catalog = yield* Catalog;
      const { statuses, templates } = yield* Settings;
      const bursts = new Map<string, Burst>();

      const recordOf = Effect.fnUntraced(function* (tenant: string, key: Pick<RecordRow, "collection" | "key">) {
        const [found] = yield* storage.find(tenant, [recordKey(key)]);
        return found?.kind === "record" ? found.row : null;
      });

      const newRecord = Effect.fnUntraced(function* (
        tenant: string,
        key: Pick<RecordRow, "collection" | "key">,
        before: RecordRow | null,
        data: RecordRow["data"],
      ) {
        const id = before?.id ?? (yield* storage.reserve(tenant, { record: 1 })).record?.[0] ?? 0;
        return { kind: "record", row: { ...key, id, version: before?.version ?? 0, data } } as const;
      });

      /** What is written down where an address may be told something by itself; null where it may not. */
      const allowed = Effect.fnUntraced(function* (
        { tenant, at, after }: Departure,
        channel: Channel,
        thread: Thread,
        kind: Delivery["kind"],
        mostAutomatic: number,
      ): Effect.fn.Return<ReadonlyArray<Row> | null, StorageError> {
        if (thread.silence !== null) return null;
        const key = toldKey(channel, thread.to.address);
        const before = yield* recordOf(tenant, key);
        if (before?.data === "bad") return null;
        // Somebody closed the ticket: a machine on the other side can't make us do that again and again.
        if (kind === "closing") return [];
        const earlier = (before?.data ?? []) as unknown as ReadonlyArray<Told>;
        const now = at.getTime();
        const told = kind === "message" ? answeredAfter(earlier, now) : toldAfter(earlier, after.subject, now);
        if (told === null) return null;
        // A lost race tries again, which is the same message.
        const what = `${thread.to.address} ${kind} ${kind === "message" ? told.length : after.subject}`;
        const burst = burstAfter(bursts.get(channel.name) ?? [], what, at.getTime(), mostAutomatic);
        if (burst === null) {
          yield* Effect.logError(`${channel.name} wrote too much by itself in ten minutes and is silent now`);
          return null;
        }
        bursts.set(channel.name, burst);
        return [yield* newRecord(tenant, key, before, told as unknown as RecordRow["data"])];
      });

      /** Where the answers of a ticket go that nothing came in for yet. */
      const begun = Effect.fnUntraced(function* ({ tenant, after }: Departure, channel: Channel) {
        const [found] = yield* storage.find(tenant, [{ kind: "user", id: after.requester }]);
        if (found?.kind !== "user" || !channel.hasEmailAddresses || found.row.email === null) return null;
        const to: Correspondent = { address: found.row.email, name: found.row.name };
        return { channel: channel.name, to, copies: [], refs: [], silence: null } satisfies Thread;
      });

      const notice = Effect.fnUntraced(function* (
        { tenant, after, message }: Departure,
        kind: Delivery["kind"],
        to: Correspondent,
      ) {
        if (kind === "message") return null;
        const [found] = yield* storage.find(tenant, [{ kind: "user", id: after.requester }]);
        const locale = found?.kind === "user" ? found.row.locale : null;
        const about = {
          ticketId: after.id,
          subject: after.subject,
          name: to.name,
          locale: locale ?? localeOf(`${after.subject} ${message?.text ?? ""}`),
          text: "",
          html: null,
          author: null,
        };
        const { subject, text, html = null } = templates[kind](about);
        return { subject, text, html };
      });

      const follow = Effect.fnUntraced(function* (departure: Departure) {
        const { tenant, at, after, message, arrival } = departure;
        const channel = channels.named(tenant, after.channel);
        if (channel === null) return nothing;
        const policies = yield* catalog.policiesOf(tenant, after.queue);
        const kinds = whatFollows(statuses, policies, departure);
        if (kinds.length === 0 && arrival === null) return nothing;
        // A new ticket has nothing yet to go on from.
        const before = departure.before === null ? null : yield* recordOf(tenant, threadKey(after.id));
        const known = before === null ? null : threadOf(before);
        let thread =
          arrival === null ? (known ?? (yield* begun(departure, channel))) : threadAfterArrival(known, arrival);
        if (thread === null) return nothing;

        const put: Array<Row> = [];
        const jobs: Array<Commit["add"]["jobs"][number]> = [];
        if (arrival !== null && arrival.ref !== null)
          put.push(yield* newRef(tenant, arrival.channel, arrival.ref, { ticketId: after.id, deliveryId: null }));
        for (const kind of kinds) {
          if (kind !== "message" || (message !== null && isByProgram(message))) {
            const told = yield* allowed(departure, channel, thread, kind, policies.mostAutomatic);
            if (told === null) continue;
            put.push(...told);
          }
          const ids = yield* storage.reserve(tenant, { job: 1, ...(kind === "message" ? {} : { message: 1 }) });
          const id = kind === "message" ? (message?.id ?? 0) : (ids.message?.[0] ?? 0);
          const ref = channel.newRef({
            tenant,
            ticketId: after.id,
            secret: yield* channels.secret(tenant),
            token: yield* newToken,
          });
          const delivery: StoredDelivery = {
            id,
            channel: channel.name,
            kind,
            ticketId: after.id,
            messageId: kind === "message" ? id : null,
            to: thread.to,
            copies: kind === "message" ? thread.copies : [],
            ref,
            state: "queued",
            error: null,
            refused: [],
            createdAt: at,
            sentAt: null,
            notice: yield* notice(departure, kind, thread.to),
          };
          put.push(yield* newRecord(tenant, deliveryKey(id), null, dataOf(delivery)));
          put.push(yield* newRef(tenant, channel.name, ref, { ticketId: after.id, deliveryId: id }));
          jobs.push(deliverJob(ids.job?.[0] ?? 0, id, at));
          thread = threadAfterDelivery(thread, ref);
        }
        const isSame = known !== null && JSON.stringify(known) === JSON.stringify(thread);
        if (!isSame) put.push(yield* newRecord(tenant, threadKey(after.id), before, dataOf(thread)));
        return { put, jobs };
      });

      const newRef = (
        tenant: string,
        channel: string,
        ref: string,
        data: { readonly ticketId: number; readonly deliveryId: number | null },
      ) => newRecord(tenant, refKey(channel, ref), null, dataOf(data));

      return Outbox.of({ follow });
    }),
  );
}
