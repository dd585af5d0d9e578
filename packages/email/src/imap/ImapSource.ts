import { setTimeout as pause } from "node:timers/promises";
import type { Intake, NewItem, Source } from "@deskwright/core";
import { batchesOf, type Waiting } from "./batches.ts";
import { type Cursor, cursorOf, keyOf, nextOf, readUpTo } from "./cursor.ts";
import type { ImapAccount } from "./ImapOptions.ts";
import { LoginRefused, Mailbox } from "./Mailbox.ts";

const limits = { mails: 50, bytes: 20_000_000 };

/** How often the connection may break over one mail until only its text is read, and until it is given up. */
const patience = { wholly: 4, reduced: 7 };

/** Reads the folders of an account and goes on reading what arrives. */
export class ImapSource implements Source {
  readonly name: string;
  private readonly account: ImapAccount;
  /** The mail over which the connection broke, and how often in a row. */
  private stumble = { key: "", times: 0 };
  /** The UIDs of mails that were accepted, and are still to be marked or moved, by folder and UIDVALIDITY. */
  private readonly toSettle = new Map<string, ReadonlyArray<number>>();
  /** Why mail that was accepted could not be marked or moved, until it can. */
  private unsettled: string | null = null;

  constructor(account: ImapAccount) {
    this.account = account;
    this.name = account.name;
  }

  async run(intake: Intake, signal: AbortSignal): Promise<void> {
    const reader = { intake, cursor: cursorOf(intake.cursor) };
    while (!signal.aborted) {
      try {
        await this.session(reader, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof LoginRefused)) throw error;
        intake.report(error.message);
        await pause(this.account.loginPauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One connection, from its login to its end. */
  private async session(reader: Reader, signal: AbortSignal): Promise<void> {
    const mailbox = await Mailbox.connect(this.account, signal);
    try {
      while (!signal.aborted) await this.round(reader, mailbox, signal);
    } finally {
      mailbox.close();
    }
  }

  /** Looks into every folder, and stays in the first one until the next round is due. */
  private async round(reader: Reader, mailbox: Mailbox, signal: AbortSignal): Promise<void> {
    const { folders, pollMs } = this.account;
    const [first, ...others] = folders;
    const troubles: Array<string> = [];
    for (const folder of others) {
      const uidValidity = await mailbox.open(folder);
      if (uidValidity === null) troubles.push(`There is no folder ${folder}.`);
      else await this.catchUp(reader, mailbox, folder, uidValidity);
    }
    const uidValidity = await mailbox.open(first);
    if (uidValidity === null) throw new Error(`${this.name}: there is no folder ${first}`);
    const due = performance.now() + pollMs;
    do {
      await this.catchUp(reader, mailbox, first, uidValidity);
      const all = this.unsettled === null ? troubles : [...troubles, this.unsettled];
      reader.intake.report(all.length === 0 ? null : all.join(" "));
      await mailbox.news(Math.max(0, due - performance.now()));
    } while (performance.now() < due && !signal.aborted);
  }

  /** Hands over what is new in the open folder. */
  private async catchUp(reader: Reader, mailbox: Mailbox, folder: string, uidValidity: number): Promise<void> {
    const place = { folder, uidValidity };
    await this.settle(mailbox, place, []);
    for await (const waiting of mailbox.from(nextOf(reader.cursor, folder, uidValidity)))
      await this.handOver(reader, mailbox, place, waiting);
  }

  private async handOver(
    reader: Reader,
    mailbox: Mailbox,
    place: Place,
    waiting: ReadonlyArray<Waiting>,
  ): Promise<void> {
    const { folder, uidValidity } = place;
    const key = (uid: number) => keyOf(folder, uidValidity, uid);
    const { maxBytes } = this.account;
    const isSuspect = waiting[0] !== undefined && key(waiting[0].uid) === this.stumble.key;
    // Where a connection broke over some mails, each goes alone until the one to blame is known.
    const mails = isSuspect && this.stumble.times > 1 ? 1 : limits.mails;
    const batches = batchesOf(waiting, { ...limits, mails, maxBytes });
    const fetch = async (batch: ReadonlyArray<Waiting> | undefined): Promise<ReadonlyArray<NewItem>> =>
      batch?.[0] === undefined ? [] : this.watched(key(batch[0].uid), mailbox, () => this.itemsOf(mailbox, batch, key));
    let items = await fetch(batches[0]);
    for (const [at, batch] of batches.entries()) {
      const cursor = readUpTo(reader.cursor, folder, uidValidity, batch.at(-1)?.uid ?? 0);
      const accept = async () => {
        if (items.length > 0) await reader.intake.accept(items, cursor);
      };
      // The next ones are on their way while these are written down. Whichever fails, the other comes to its end: a
      // connection that is closed in the middle of a mail would put that mail under suspicion.
      const [accepted, next] = await Promise.allSettled([accept(), fetch(batches[at + 1])]);
      if (accepted.status === "rejected") throw accepted.reason;
      reader.cursor = cursor;
      const uids = batch.map(({ uid }) => uid);
      await this.settle(mailbox, place, uids);
      if (next.status === "rejected") throw next.reason;
      items = next.value;
    }
  }

  /** Where the connection breaks, the next one tries once more; mail that breaks that as well stays as it is. */
  private async settle(mailbox: Mailbox, place: Place, accepted: ReadonlyArray<number>): Promise<void> {
    const name = `${place.folder}:${place.uidValidity}`;
    const uids = [...(this.toSettle.get(name) ?? []), ...accepted];
    if (uids.length === 0) return;
    this.toSettle.set(name, accepted);
    this.unsettled = await mailbox.settle(uids);
    this.toSettle.delete(name);
  }

  /** Counts how often in a row the connection breaks over the same mail. */
  private async watched<A>(key: string, mailbox: Mailbox, work: () => Promise<A>): Promise<A> {
    try {
      const result = await work();
      if (this.stumble.key === key) this.stumble = { key: "", times: 0 };
      return result;
    } catch (error) {
      const before = this.stumble.key === key ? this.stumble.times : 0;
      if (!mailbox.isOpen) this.stumble = { key, times: before + 1 };
      throw error;
    }
  }

  private async itemsOf(
    mailbox: Mailbox,
    batch: ReadonlyArray<Waiting>,
    key: (uid: number) => string,
  ): Promise<ReadonlyArray<NewItem>> {
    const isTrusted = (uid: number) => key(uid) !== this.stumble.key || this.stumble.times < patience.wholly;
    const whole = batch.filter(({ uid, bytes }) => bytes <= this.account.maxBytes && isTrusted(uid));
    const read = await this.readEach(
      mailbox,
      whole.map(({ uid }) => uid),
    );
    const items: Array<NewItem> = [];
    for (const { uid, bytes } of batch) {
      const raw = read.get(uid);
      const item = raw === undefined ? await this.otherwise(mailbox, uid, bytes, key(uid)) : { key: key(uid), raw };
      if (item !== null) items.push(item);
    }
    return items;
  }

  /** All at once; where the server cannot do that although the connection holds, one by one. */
  private async readEach(mailbox: Mailbox, uids: ReadonlyArray<number>): Promise<ReadonlyMap<number, Uint8Array>> {
    try {
      return await mailbox.read(uids);
    } catch (error) {
      if (!mailbox.isOpen) throw error;
    }
    const read = new Map<number, Uint8Array>();
    for (const uid of uids) {
      try {
        for (const [, raw] of await mailbox.read([uid])) read.set(uid, raw);
      } catch (error) {
        if (!mailbox.isOpen) throw error;
      }
    }
    return read;
  }

  /** What is handed over of a mail that cannot be read wholly; null where it is gone. */
  private async otherwise(mailbox: Mailbox, uid: number, bytes: number, key: string): Promise<NewItem | null> {
    if (!(await mailbox.has(uid))) return null;
    try {
      const isHopeless = key === this.stumble.key && this.stumble.times >= patience.reduced;
      const reduced = isHopeless ? null : await mailbox.readReduced(uid);
      if (reduced !== null) {
        const why = bytes > this.account.maxBytes ? "oversize" : "unreadable";
        return { key, raw: reduced.raw, about: { [why]: bytes, leftOut: [...reduced.leftOut] } };
      }
    } catch (error) {
      if (!mailbox.isOpen) throw error;
    }
    // No bytes are no mail: the item is put aside where an agent sees it, and the mailbox goes on.
    return { key, raw: new Uint8Array(), about: { unreadable: bytes } };
  }
}

/** Where UIDs mean what they mean. */
interface Place {
  readonly folder: string;
  readonly uidValidity: number;
}

interface Reader {
  readonly intake: Intake;
  cursor: Cursor;
}
