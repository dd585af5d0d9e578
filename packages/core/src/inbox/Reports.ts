import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { RecordRow, Row } from "../Commit.ts";
import type { Channel, ReadReport, ReportedRecipient } from "../channel/Channel.ts";
import { deliverJob } from "../channel/Deliveries.ts";
import type { StoredDelivery } from "../channel/Delivery.ts";
import { dataOf, deliveryKey, deliveryOf, recordKey, referredOf, refKey, toldKey } from "../channel/ledger.ts";
import type { HelpdeskError } from "../Errors.ts";
import type { EventBody } from "../Event.ts";
import type { NewJob } from "../jobs/Job.ts";
import { Rows } from "../Rows.ts";
import { Storage } from "../Storage.ts";
import { Replies } from "../ticket/Replies.ts";
import { Writer } from "../Writer.ts";
import type { InboundResult } from "./Inbound.ts";

const nothing: InboundResult = {
  outcome: "processed",
  reason: "About nothing that was sent from here",
  ticketId: null,
  messageId: null,
};

/** Takes in what the other side says about deliveries, and tells the agents where it matters. */
export class Reports extends Context.Service<
  Reports,
  {
    readonly take: (
      tenant: string,
      channel: Channel,
      item: string,
      report: ReadReport,
    ) => Effect.Effect<InboundResult, HelpdeskError>;
  }
>()("@deskwright/core/Reports") {
  static readonly layer = Layer.effect(
    Reports,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const replies = yield* Replies;
      const rows = yield* Rows;

      const rowsOf = Effect.fnUntraced(function* (
        tenant: string,
        keys: ReadonlyArray<{ collection: string; key: string }>,
      ) {
        const found = keys.length === 0 ? [] : yield* storage.find(tenant, keys.map(recordKey));
        return found.flatMap((one): ReadonlyArray<RecordRow> => (one?.kind === "record" ? [one.row] : []));
      });

      /** Nothing automatic goes to an address that does not exist, for the longest time there is. */
      const mark = Effect.fnUntraced(function* (tenant: string, channel: Channel, { address }: ReportedRecipient) {
        const key = toldKey(channel, address);
        const [before] = yield* rowsOf(tenant, [key]);
        const id = before?.id ?? (yield* storage.reserve(tenant, { record: 1 })).record?.[0] ?? 0;
        const row = { ...key, id, version: before?.version ?? 0, data: "bad" };
        return { kind: "record", row } satisfies Row;
      });

      const take = Effect.fnUntraced(function* (tenant: string, channel: Channel, item: string, report: ReadReport) {
        const key = JSON.stringify(["arrival", channel.name, report.fingerprint]);
        return yield* writer.again(
          Effect.gen(function* () {
            const [earlier] = yield* storage.find(tenant, [{ kind: "once", key }]);
            if (earlier?.kind === "once") {
              const { item: first, messageId } = earlier.row.result as {
                readonly item: string;
                readonly messageId: number;
              };
              return first === item
                ? { ...nothing, reason: null, messageId }
                : ({ outcome: "ignored", reason: "The same report came before", ticketId: null, messageId } as const);
            }
            const referred = (yield* rowsOf(
              tenant,
              report.refs.slice(0, 50).map((ref) => refKey(channel.name, ref)),
            )).map(referredOf);
            // Anybody may know the reference of what a customer wrote: only who got our mail can say what became of it.
            const deliveryId = referred.find((one) => one.deliveryId !== null)?.deliveryId ?? null;
            const [row] = deliveryId === null ? [] : yield* rowsOf(tenant, [deliveryKey(deliveryId)]);
            if (row === undefined) return nothing;
            const before = deliveryOf(row);
            const about = yield* rows.anyTicket(tenant, before.ticketId);
            const ticket = about === null ? null : yield* rows.goingOn(tenant, about);
            if (ticket === null) return nothing;
            const recipients = eachOnce(report.recipients);
            const failed = recipients.filter(({ outcome }) => outcome === "failed" || outcome === "complaint");
            if (failed.length === 0 && recipients.some(({ outcome }) => outcome === "delivered"))
              return { ...nothing, reason: "It was delivered", ticketId: ticket.id };
            const put: Array<Row> = [];
            const events: Array<EventBody> = [];
            // Forwarded mail comes back from addresses that it was never sent to, and a liar names whom they like.
            const ours = [before.to, ...before.copies].map(({ address }) => address);
            for (const recipient of failed)
              if (recipient.isAddressBad && ours.includes(recipient.address))
                put.push(yield* mark(tenant, channel, recipient));
            const jobs: Array<NewJob> = [];
            if (failed.length > 0) {
              const refused = failed.map(({ address, reason }) => ({ address, reason }));
              const after: StoredDelivery = {
                ...before,
                state: "failed",
                error: reasonOf({ ...report, recipients }),
                refused,
              };
              put.push({ kind: "record", row: { ...row, data: dataOf(after) } });
              const { messageId } = before;
              const requester = ticket.requester;
              // It ends at once as one that failed, and so stands among those.
              const { job: [jobId = 0] = [] } = yield* storage.reserve(tenant, { job: 1 });
              jobs.push(deliverJob(jobId, before.id, yield* writer.now));
              events.push({
                type: "DeliveryFailed",
                ticketId: ticket.id,
                requester,
                deliveryId: before.id,
                messageId,
                state: "failed",
              });
            }
            const note = yield* replies.add({ tenant, role: "system", user: null }, ticket, {
              note: true,
              message: { text: reasonOf({ ...report, recipients }), channel: channel.name },
              uploaders: [],
              put: () => put,
              jobs,
              once: (messageId) => [{ key, result: { item, messageId } }],
              events,
            });
            return { outcome: "processed", reason: null, ticketId: ticket.id, messageId: note.id } as const;
          }),
        );
      });

      return Reports.of({ take });
    }),
  );
}

/** In a line for each recipient; without any, what the other side wrote. */
const reasonOf = ({ recipients, text }: ReadReport): string => {
  const lines = recipients.map(({ address, outcome, status, reason }) =>
    `${words[outcome]} ${address}${status === null ? "" : ` (${status})`}: ${reason}`.trim(),
  );
  return (lines.length > 0 ? lines.join("\n") : `Not delivered: ${text}`).slice(0, 10_000);
};

/** Recipients of one report; the first word about an address counts. */
const mostRecipients = 100;
const eachOnce = (all: ReadonlyArray<ReportedRecipient>): ReadonlyArray<ReportedRecipient> => {
  const first = new Map<string, ReportedRecipient>();
  for (const recipient of all)
    if (first.size < mostRecipients && !first.has(recipient.address)) first.set(recipient.address, recipient);
  return [...first.values()];
};

const words: Readonly<Record<ReportedRecipient["outcome"], string>> = {
  failed: "Not delivered to",
  delayed: "Not yet delivered to",
  delivered: "Delivered to",
  complaint: "Marked as spam by",
};
