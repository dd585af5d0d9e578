import type { RecordRow } from "../Commit.ts";
import type { RowKey } from "../Query.ts";
import type { StoredDelivery } from "./Delivery.ts";
import type { Thread } from "./Thread.ts";

// What is known of channels is kept as records, each found by its key.

/** A key of what others chose; an index of a database takes no text of any length. */
const short = (key: string): string => key.slice(0, 600);

export const threadKey = (ticketId: number) => ({ collection: "thread", key: String(ticketId) });
export const refKey = (channel: string, ref: string) => ({ collection: `ref:${channel}`, key: short(ref) });
export const deliveryKey = (id: number) => ({ collection: "delivery", key: String(id) });
/** An address of mail is the same person's on every channel of mail. */
export const toldKey = (channel: { readonly name: string; readonly hasEmailAddresses?: boolean }, address: string) => ({
  collection: channel.hasEmailAddresses ? "told by mail" : `told:${channel.name}`,
  key: short(address),
});
export const secretKey = { collection: "secret", key: "signatures" };

export const recordKey = (key: { readonly collection: string; readonly key: string }): RowKey => ({
  kind: "record",
  ...key,
});

/** What a reference stands for. */
export interface Referred {
  readonly ticketId: number;
  readonly deliveryId: number | null;
}

const dates = ["createdAt", "sentAt"] as const;

export const dataOf = (value: Thread | StoredDelivery | Referred): RecordRow["data"] =>
  JSON.parse(JSON.stringify(value));

export const threadOf = (row: RecordRow): Thread => row.data as unknown as Thread;
export const referredOf = (row: RecordRow): Referred => row.data as unknown as Referred;

export const deliveryOf = (row: RecordRow): StoredDelivery => {
  const data = row.data as unknown as Record<string, unknown>;
  const revived = dates.map((name) => [name, data[name] === null ? null : new Date(data[name] as string)]);
  return { ...data, ...Object.fromEntries(revived) } as unknown as StoredDelivery;
};
