import { Conflict, type Found, nameOf, namesOf, type Row, rewritten } from "@deskwright/core/effect";
import type { Transaction } from "./Database.ts";
import { getJob } from "./jobs.ts";

type Key = Parameters<typeof nameOf>[0];
type Stored = Exclude<Found, { kind: "job" }>;
export type Listed = Exclude<Row["kind"], "conversation">;
export type RowOf<K extends Row["kind"]> = Extract<Row, { readonly kind: K }>["row"];

const inTenant = (tenant: string, name: string) => JSON.stringify([tenant, name]);

/** Rows and used keys stand under their first name; other names of a row lead there, and are unique by that. */
export const find = async (tx: Transaction, tenant: string, key: Key): Promise<Found | null> => {
  if (key.kind === "job") {
    const job = (await getJob(tx, key.id))?.job;
    return job?.tenant === tenant ? { kind: "job", row: job } : null;
  }
  const name = inTenant(tenant, nameOf(key));
  return (await tx.get<{ stored: Stored }>("rows", (await tx.get<string>("names", name)) ?? name))?.stored ?? null;
};

/** Writes what has one name, whatever was there. */
export const write = (tx: Transaction, tenant: string, key: Key, stored: Stored): Promise<void> =>
  tx.put("rows", inTenant(tenant, nameOf(key)), { tenant, stored });

/** The rows of one kind that pass, by ascending id. */
export const listRows = async <K extends Listed>(
  tx: Transaction,
  kind: K,
  passes: (row: RowOf<K>, tenant: string) => boolean,
) => {
  const found = await tx.list<{ tenant: string; stored: { kind: Row["kind"]; row: RowOf<K> } }>(
    "rows",
    ({ tenant, stored }) => stored.kind === kind && passes(stored.row, tenant),
  );
  return found.map(({ tenant, stored }) => ({ tenant, row: stored.row })).sort((a, b) => a.row.id - b.row.id);
};

/** Puts a row that nobody changed since it was read, under names that nobody else has. */
export const putRow = async (tx: Transaction, tenant: string, given: Row): Promise<void> => {
  const { kind, row } = given;
  const [own, ...others] = namesOf(given).map((name) => inTenant(tenant, name)) as [string];
  const before = (await tx.get<{ stored: Row }>("rows", own))?.stored;
  const holders = await Promise.all(others.map((name) => tx.get<string>("names", name)));
  if (row.version !== (before?.row.version ?? 0) || holders.some((holder) => (holder ?? own) !== own))
    throw new Conflict({ kind, id: "id" in row ? row.id : row.address });
  await removeRow(tx, tenant, before);
  const after = kind === "ticket" && before?.kind === "ticket" ? rewritten(before.row, row) : row;
  await tx.put("rows", own, { tenant, stored: { kind, row: { ...after, version: row.version + 1 } } });
  for (const name of others) await tx.put("names", name, own);
};

export const removeRow = async (tx: Transaction, tenant: string, row: Row | undefined): Promise<void> => {
  for (const name of row ? namesOf(row) : [])
    for (const table of ["rows", "names"]) await tx.put(table, inTenant(tenant, name), undefined);
};
