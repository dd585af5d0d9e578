import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Actor } from "../Actor.ts";
import { Attachments } from "../Attachments.ts";
import type { Commit } from "../Commit.ts";
import type { Channel, ReadMessage } from "../channel/Channel.ts";
import { type Referred, recordKey, referredOf, refKey, threadKey, threadOf } from "../channel/ledger.ts";
import type { Arrival } from "../channel/Thread.ts";
import { clean } from "../clean.ts";
import type { HelpdeskError } from "../Errors.ts";
import type { File } from "../file/File.ts";
import type { ClaimedJob, Job } from "../jobs/Job.ts";
import { finished } from "../jobs/Worker.ts";
import { People } from "../People.ts";
import type { Found } from "../Query.ts";
import { Rows } from "../Rows.ts";
import { Settings } from "../Settings.ts";
import { Storage } from "../Storage.ts";
import { Openings } from "../ticket/Openings.ts";
import { Replies } from "../ticket/Replies.ts";
import { isOpen } from "../ticket/status.ts";
import type { TicketRow } from "../ticket/Ticket.ts";
import type { User } from "../user/User.ts";
import { Writer } from "../Writer.ts";
import { belongingOf, type Candidate } from "./belonging.ts";
import { mediaType, subjectOf, textOf, withFiles } from "./content.ts";
import { fitted } from "./fitted.ts";
import type { InboundPayload, InboundResult } from "./Inbound.ts";
import { Underway } from "./Underway.ts";

/** References that are looked up; who writes more is not answering anything. */
const mostRefs = 50;

/** Makes tickets and messages of what channels read. */
export class Arrivals extends Context.Service<
  Arrivals,
  {
    /** Takes a message in; the item that brings the same message a second time is ignored. */
    readonly take: (
      channel: Channel,
      claimed: ClaimedJob,
      message: ReadMessage,
      raw: Uint8Array,
    ) => Effect.Effect<InboundResult | typeof finished, HelpdeskError>;
  }
>()("@deskwright/core/Arrivals") {
  static readonly layer = Layer.effect(
    Arrivals,
    Effect.gen(function* () {
      const storage = yield* Storage;
      const writer = yield* Writer;
      const people = yield* People;
      const attachments = yield* Attachments;
      const rows = yield* Rows;
      const openings = yield* Openings;
      const replies = yield* Replies;
      const underway = yield* Underway;
      const { statuses } = yield* Settings;

      /** Under names that follow from the item's, so that another try writes over them. */
      const upload = ({ tenant, payload }: Job, { files }: ReadMessage) => {
        const { raw, start } = payload as unknown as InboundPayload;
        return Effect.forEach(files, ({ name, contentType, content, inlineAs }, at) =>
          Effect.map(
            attachments.keep(tenant, null, `${raw}-${start}-${at}`, {
              name: clean(name || "file") as string,
              contentType: mediaType(contentType),
              content,
            }),
            (file) => ({ file, inlineAs }),
          ),
        );
      };

      /** The tickets that the signs point at, the surest first. */
      const candidatesOf = Effect.fnUntraced(function* (
        tenant: string,
        channel: Channel,
        user: Sender,
        { thread, from, isForged = false }: ReadMessage,
      ) {
        const keys = thread.refs.slice(0, mostRefs).map((ref) => recordKey(refKey(channel.name, ref)));
        const found = keys.length === 0 ? [] : yield* storage.find(tenant, keys);
        const referred = found.flatMap(
          (one): ReadonlyArray<Referred> => (one?.kind === "record" ? [referredOf(one.row)] : []),
        );
        const signs: ReadonlyArray<Pick<Candidate, "ticketId" | "sign">> = [
          ...(thread.signed === null ? [] : [{ ticketId: thread.signed, sign: "proof" } as const]),
          ...referred.map(({ ticketId, deliveryId }) => {
            return { ticketId, sign: deliveryId === null ? "reference" : "proof" } as const;
          }),
          ...(thread.claimed === null ? [] : [{ ticketId: thread.claimed, sign: "claim" } as const]),
        ];
        const tickets = new Map<number, TicketRow>();
        const candidates: Array<Candidate> = [];
        for (const { ticketId: named, sign } of signs) {
          const [about, row] = yield* storage.find(tenant, [
            { kind: "ticket", id: named },
            recordKey(threadKey(named)),
          ]);
          const old = about?.kind === "ticket" ? about.row : null;
          // What was said on a merged ticket goes on where that does; who took part in it takes part there.
          const ticket = old === null ? null : yield* rows.goingOn(tenant, old);
          if (old === null || ticket === null) continue;
          const ticketId = ticket.id;
          tickets.set(ticketId, ticket);
          const known = row?.kind === "record" ? threadOf(row.row) : null;
          const inCopy =
            known !== null && !isForged && [known.to, ...known.copies].some(({ address }) => address === from.address);
          const isParticipant = [ticket.requester, old.requester].includes(user.id) || inCopy;
          candidates.push({ ticketId, sign, isParticipant, isOpen: isOpen(statuses, ticket.status) });
        }
        return { candidates, tickets };
      });

      const senderOf = (tenant: string, channel: Channel, read: ReadMessage, known: Found | null) => {
        if (!channel.hasEmailAddresses)
          return Effect.map(
            people.idOf(tenant, externalOf(channel, read), "customer", "from"),
            (id): Sender => ({ id, role: "customer" }),
          );
        if (read.isForged)
          return Effect.map(
            people.idOf(
              tenant,
              { ...externalOf(channel, read), externalId: `${channel.name}:unproven:${read.from.address}` },
              "customer",
              "from",
            ),
            (id): Sender => ({ id, role: "customer" }),
          );
        return known?.kind === "user" && known.row.emailVerified
          ? Effect.succeed<Sender>(known.row)
          : people.senderOf(tenant, read.from);
      };

      /** For a machine that says nothing of what it answers: the last ticket of who it answers for. */
      const lastOf = Effect.fnUntraced(function* (tenant: string, { id }: Sender) {
        const [last] = yield* storage.tickets(tenant, {
          filter: { requester: id },
          sort: "-createdAt",
          limit: 1,
          after: null,
          offset: 0,
        });
        return last ?? null;
      });

      const take = Effect.fnUntraced(function* (
        channel: Channel,
        claimed: ClaimedJob,
        whole: ReadMessage,
        raw: Uint8Array,
      ) {
        const read = fitted(channel, whole, raw);
        const { job } = claimed;
        const { tenant } = job;
        const item = itemOf(job);
        const key = JSON.stringify(["arrival", channel.name, read.fingerprint]);
        const isMachine = read.nature === "auto-reply";
        const done = (ticketId: number, messageId: number): Commit["done"] => {
          const result = { ...processed(ticketId, messageId) };
          // The claim is renewed where the store was away for long.
          return [{ id: claimed.id, token: claimed.token, outcome: { type: "finished", result } }];
        };
        let uploaded: ReadonlyArray<Uploaded> | undefined;
        return yield* writer.again(
          Effect.gen(function* () {
            // Asked for at once, since most mails are new, and of somebody who wrote before.
            const [earlier, known = null, seen = null] = yield* storage.find(tenant, [
              { kind: "once", key },
              { kind: "user", email: read.from.address },
              ...(read.ref === null ? [] : [recordKey(refKey(channel.name, read.ref))]),
            ]);
            if (earlier?.kind === "once") {
              const taken = earlier.row.result as unknown as Taken;
              // The same message by two ways, at once. Where it is this very item, that message has these files.
              if (taken.item !== item) yield* attachments.discard((uploaded ?? []).map(({ file }) => file));
              return earlierResult(taken, item);
            }
            const user = yield* senderOf(tenant, channel, read, known);
            const look = candidatesOf(tenant, channel, user, read);
            const found = yield* look;
            const isUnplaced = found.candidates.length === 0 && read.thread.refs.length > 0;
            const { candidates, tickets } = isUnplaced
              ? yield* Effect.andThen(underway.earlierDone(claimed, read.thread.refs), look)
              : found;
            const belonging = belongingOf(candidates);
            const joined =
              belonging === null
                ? isMachine
                  ? yield* lastOf(tenant, user)
                  : null
                : (tickets.get(belonging.ticketId) ?? null);
            const isStranger = belonging?.as === "stranger";
            // Who forges a customer's address and guesses a number must not get our answers in copy.
            const mayAdd = belonging === null || belonging.sign === "proof";
            uploaded ??= yield* upload(job, read);
            const arrival: Arrival = {
              channel: channel.name,
              from: read.from,
              replyTo: read.replyTo,
              copies: mayAdd ? read.copies : [],
              ref: seen === null ? read.ref : null,
              silence: read.silence,
              isParticipant: !isStranger && !isMachine,
            };
            const text = textOf(read);
            const message = {
              text,
              html: read.html === null ? null : withFiles(read.html, uploaded).slice(0, 5_000_000),
              files: uploaded.map(({ file }) => file.id),
              channel: channel.name,
            };
            const said = {
              message,
              uploaders: [null],
              uploaded: uploaded.map(({ file }) => file),
              put: () => [],
              arrival,
              done,
              fullText: read.fullText === null ? null : (clean(read.fullText) as string),
            };
            const once = (messageId: number) => [{ key, result: { item, messageId } }];
            const actor: Actor = { tenant, role: "customer", user: user.id };
            if (joined !== null) {
              // What an agent mails to a ticket stays among agents: anybody can write an agent's name above a mail.
              const isNote = user.role !== "customer" && joined.requester !== user.id;
              const subject = subjectOf(read, text);
              const reply = { ...said, subject, note: isNote, once, isQuiet: isMachine || isStranger };
              const author = isNote ? { ...actor, role: user.role } : actor;
              yield* replies.add(author, joined, reply);
              return finished;
            }
            yield* openings.open(actor, {
              ...said,
              once: (_, messageId) => once(messageId),
              subject: subjectOf(read, text),
              requester: user.id,
              fields: {},
            });
            return finished;
          }),
        );
      });

      return Arrivals.of({ take });
    }),
  );
}

/** Which item a job is about, also under the new id that a retry gives it. */
const itemOf = ({ payload }: Job): string => {
  const { channel, source, key } = payload as unknown as InboundPayload;
  return JSON.stringify([channel, source, key]);
};

type Sender = Pick<User, "id" | "role">;

/** What is remembered of a message that was taken. */
interface Taken {
  readonly item: string;
  readonly messageId: number;
}

const processed = (ticketId: number | null, messageId: number | null): InboundResult => ({
  outcome: "processed",
  reason: null,
  ticketId,
  messageId,
});

/** The same item again answers what it came to: the process that took it died before it could say so. */
const earlierResult = ({ item, messageId }: Taken, current: string): InboundResult =>
  item === current
    ? processed(null, messageId)
    : { outcome: "ignored", reason: "The same message came before", ticketId: null, messageId };

const externalOf = (channel: Channel, { from }: ReadMessage) => ({
  externalId: `${channel.name}:${from.address}`,
  ...(from.name === null ? {} : { name: from.name }),
});

interface Uploaded {
  readonly file: File;
  readonly inlineAs: string | null;
}
