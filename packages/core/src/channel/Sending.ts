import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import type * as Schema from "effect/Schema";
import { Catalog } from "../Catalog.ts";
import { type Conflict, DeliveryError, StorageError } from "../Errors.ts";
import type { EventBody } from "../Event.ts";
import { FileStore } from "../file/FileStore.ts";
import { GivenUp } from "../jobs/GivenUp.ts";
import type { ClaimedJob } from "../jobs/Job.ts";
import { localeOf } from "../notice/templates.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { emptyCommit, eventsBy, Writer } from "../Writer.ts";
import type { Outgoing, OutgoingFile, Sent } from "./Channel.ts";
import { Channels } from "./Channels.ts";
import type { StoredDelivery } from "./Delivery.ts";
import { dataOf, deliveryKey, deliveryOf, recordKey, refKey, threadKey, threadOf } from "./ledger.ts";
import { isByProgram } from "./whatFollows.ts";

/** How often what may have arrived is sent, where the policy says so. */
const unknownTries = 5;

/** Sends what is queued: the work of the jobs of that kind. */
export class Sending extends Context.Service<
  Sending,
  { readonly deliver: (claimed: ClaimedJob) => Effect.Effect<Schema.Json, unknown> }
>()("@deskwright/core/Sending") {
  static readonly layer = Layer.effect(
    Sending,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const store = yield* FileStore;
      const writer = yield* Writer;
      const channels = yield* Channels;
      const rows = yield* Rows;
      const catalog = yield* Catalog;
      const { templates } = yield* Settings;

      const rowOf = Effect.fnUntraced(function* (tenant: string, id: number) {
        const [found] = yield* storage.find(tenant, [recordKey(deliveryKey(id))]);
        return found?.kind === "record" ? found.row : yield* Effect.fail(new GivenUp(`There is no delivery ${id}`));
      });

      /** Writes down how it goes; what is over stays as it is. */
      const move = (
        tenant: string,
        id: number,
        change: Partial<StoredDelivery>,
        event?: "Delivered" | "DeliveryFailed",
      ) =>
        writer.again(
          Effect.gen(function* () {
            const row = yield* rowOf(tenant, id);
            const before = deliveryOf(row);
            if (before.state === "sent" || before.state === "failed") return before;
            const at = yield* writer.now;
            const after: StoredDelivery = { ...before, ...change, ...(event === "Delivered" ? { sentAt: at } : {}) };
            const { requester } = yield* ticketOf(tenant, before);
            const { ticketId, messageId } = before;
            const about = { ticketId, requester, deliveryId: id, messageId };
            const events: ReadonlyArray<EventBody> =
              event === "Delivered"
                ? [{ type: event, ...about }]
                : event === "DeliveryFailed"
                  ? [{ type: event, ...about, state: after.state === "unknown" ? "unknown" : "failed" }]
                  : [];
            yield* storage.commit({
              ...emptyCommit(tenant, at),
              put: [{ kind: "record", row: { ...row, data: dataOf(after) } }],
              add: { messages: [], jobs: [], events: eventsBy({ tenant, role: "system", user: null }, at, events) },
            });
            return after;
          }),
        ) as Effect.Effect<StoredDelivery, GivenUp | StorageError>;

      const ticketOf = (tenant: string, { ticketId }: StoredDelivery) =>
        Effect.flatMap(rows.anyTicket(tenant, ticketId), (ticket) =>
          ticket === null ? Effect.fail(new GivenUp(`There is no ticket ${ticketId}`)) : Effect.succeed(ticket),
        );

      const filesOf = Effect.fnUntraced(function* (tenant: string, ids: ReadonlyArray<number>) {
        const files: Array<OutgoingFile> = [];
        for (const id of ids) {
          const { name, contentType, size, storageKey } = yield* rows.file(tenant, id);
          const content = yield* store.read(storageKey, { start: 0, end: size });
          if (content === null)
            return yield* new StorageError({ reason: `the bytes of file ${id} are missing`, retryable: false });
          files.push({ name, contentType, content });
        }
        return files;
      });

      const written = Effect.fnUntraced(function* (tenant: string, delivery: StoredDelivery) {
        if (delivery.notice !== null) return { ...delivery.notice, files: [], isByProgram: true };
        const message = yield* rows.message(tenant, delivery.messageId as number);
        if (message.deletedAt !== null) return yield* Effect.fail(new GivenUp("The message was deleted"));
        const ticket = yield* ticketOf(tenant, delivery);
        const requester = yield* Effect.catchTag(rows.user(tenant, ticket.requester), "NotFound", () =>
          Effect.succeed(null),
        );
        const author =
          message.author === null
            ? null
            : yield* Effect.catchTag(rows.user(tenant, message.author), "NotFound", () => Effect.succeed(null));
        const {
          subject,
          text,
          html = null,
        } = templates.reply({
          ticketId: ticket.id,
          subject: ticket.subject,
          name: delivery.to.name,
          locale: requester?.locale ?? localeOf(`${ticket.subject} ${message.text}`),
          text: message.text,
          html: message.html,
          author: author?.name ?? null,
        });
        const files = yield* filesOf(
          tenant,
          message.attachments.map(({ id }) => id),
        );
        return { subject, text, html, files, isByProgram: isByProgram(message) };
      });

      const compose = Effect.fnUntraced(function* (tenant: string, delivery: StoredDelivery, attempt: number) {
        const { ref, to, copies, ticketId, kind, only = null } = delivery;
        const { isByProgram: isAutomatic, ...content } = yield* written(tenant, delivery);
        const [found] = yield* storage.find(tenant, [recordKey(threadKey(ticketId))]);
        const refs = found?.kind === "record" ? threadOf(found.row).refs : [];
        const own = refs.indexOf(ref);
        return {
          tenant,
          secret: yield* channels.secret(tenant),
          ref,
          to: [to],
          copies,
          only,
          ...content,
          ticketId,
          thread: own < 0 ? refs : refs.slice(0, own),
          automatic: !isAutomatic ? null : kind === "closing" ? "notice" : "reply",
          attempt,
        } satisfies Outgoing;
      });

      const deliver = Effect.fnUntraced(function* ({ job }: ClaimedJob) {
        const { tenant, attempts, maxAttempts } = job;
        const { deliveryId } = job.payload as { readonly deliveryId: number };
        const before = deliveryOf(yield* rowOf(tenant, deliveryId));
        if (before.state === "sent") return { outcome: "sent" };
        // It was given up, or came back: only `deliveries.retry` sends it again.
        if (before.state === "failed" || before.state === "unknown")
          return yield* Effect.fail(new GivenUp(before.error ?? `It is ${before.state}`));
        const channel = channels.named(tenant, before.channel);
        if (channel === null)
          return yield* new DeliveryError({ reason: `no channel ${before.channel} here`, outcome: "retryable" });

        /** It went out; where the one whom it answers was refused, that is a failure for all that others have it. */
        const sent = Effect.fnUntraced(function* (now: ReadonlyArray<Refused>) {
          const { only = null } = before;
          const earlier = before.refused.filter(({ address }) => only === null || !only.includes(address));
          const refused = refusedWith(earlier, now);
          const main = refused.find(({ address }) => address === before.to.address);
          if (main === undefined) {
            yield* move(tenant, deliveryId, { state: "sent", error: null, only: null, refused }, "Delivered");
            return { outcome: "sent" };
          }
          const failed = { state: "failed", error: main.reason, only: [main.address], refused } as const;
          yield* move(tenant, deliveryId, failed, "DeliveryFailed");
          return yield* Effect.fail(new GivenUp(main.reason));
        });

        const fail = (error: unknown) =>
          Effect.gen(function* () {
            const said = outcomeOf(error);
            const { queue } = yield* ticketOf(tenant, before);
            const { retryUnknown } = yield* catalog.policiesOf(tenant, queue);
            const outcome = said === "unknown" && retryUnknown && attempts < unknownTries ? "retryable" : said;
            const isLast = outcome !== "retryable" || attempts >= maxAttempts;
            const reason = error instanceof Error ? error.message : String(error);
            const { only = null } = before;
            // Others have it: it went out, and not to everybody.
            if (isLast && outcome !== "unknown" && only !== null)
              return yield* sent(only.map((address) => ({ address, reason })));
            const state = outcome === "unknown" ? "unknown" : isLast ? "failed" : "queued";
            yield* move(tenant, deliveryId, { state, error: reason }, isLast ? "DeliveryFailed" : undefined);
            return yield* Effect.fail(isLast ? new GivenUp(reason) : error);
          });

        const composed = yield* compose(tenant, before, attempts).pipe(
          Effect.map((outgoing) => ({ outgoing })),
          Effect.catch((error) => Effect.map(fail(error), (result) => ({ result }))),
        );
        if ("result" in composed) return composed.result;
        // A try that a killed process began may have arrived or not. Nothing accepted is lost, so it is made again,
        // under the same reference, by which the other side can tell that it has it already.
        yield* move(tenant, deliveryId, { state: "sending" });
        // Once begun it is not broken off: what was sent is written down.
        const send = Effect.uninterruptible(
          Effect.gen(function* () {
            const exit = yield* Effect.exit(
              Effect.tryPromise({ try: (): Promise<Sent> => channel.send(composed.outgoing), catch: (error) => error }),
            );
            if (Exit.isFailure(exit))
              return yield* Effect.catchCause(Effect.failCause(exit.cause), (cause) => fail(Cause.squash(cause)));
            const { ref } = exit.value;
            if (ref !== null && ref !== before.ref) yield* alias(tenant, before, ref);
            const later = exit.value.refused.filter(({ mayPass }) => mayPass);
            if (later.length === 0 || attempts >= maxAttempts) return yield* sent(exit.value.refused);
            const error = later.map(({ address, reason }) => `${address}: ${reason}`).join("; ");
            const [only, final] = [
              later.map(({ address }) => address),
              exit.value.refused.filter(({ mayPass }) => !mayPass),
            ];
            yield* move(tenant, deliveryId, {
              state: "queued",
              error,
              only,
              refused: refusedWith(before.refused, final),
            });
            return yield* new DeliveryError({ reason: error, outcome: "retryable" });
          }),
        );
        return yield* send;
      });

      /** The other side knows it under another reference, and so will those who answer. */
      const alias = Effect.fnUntraced(function* (
        tenant: string,
        { id, ticketId, channel }: StoredDelivery,
        ref: string,
      ) {
        const { record: [recordId = 0] = [] } = yield* storage.reserve(tenant, { record: 1 });
        const row = { ...refKey(channel, ref), id: recordId, version: 0, data: dataOf({ ticketId, deliveryId: id }) };
        const commit = { ...emptyCommit(tenant, yield* writer.now), put: [{ kind: "record", row } as const] };
        yield* Effect.catchTag(storage.commit(commit), "Conflict", (_: Conflict) => Effect.void);
      });

      return Sending.of({ deliver });
    }),
  );
}

type Refused = StoredDelivery["refused"][number];

/** Who was refused so far; what is said last of an address counts. */
const refusedWith = (before: ReadonlyArray<Refused>, now: ReadonlyArray<Refused>): ReadonlyArray<Refused> => [
  ...before.filter(({ address }) => now.every((one) => one.address !== address)),
  ...now.map(({ address, reason }) => ({ address, reason })),
];

/** Whether a failure may pass; whatever a channel throws besides is final. */
const outcomeOf = (error: unknown): DeliveryError["outcome"] => {
  if (error instanceof DeliveryError) return error.outcome;
  return error instanceof StorageError && error.retryable ? "retryable" : "final";
};
