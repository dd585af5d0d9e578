import { type Commit, Conflict, touched } from "@deskwright/core/effect";
import type { Transaction } from "./Database.ts";
import { addJob, dropJob, endJob, heldJob } from "./jobs.ts";
import { find, putRow, removeRow, write } from "./rows.ts";

/** Applies a commit within a transaction: a `Conflict` thrown on the way takes back all that was done before it. */
export const applyCommit = async (tx: Transaction, commit: Commit): Promise<ReadonlyArray<number>> => {
  const { tenant, put, touch, add, once, held, done, drop } = commit;
  for (const claim of held) await heldJob(tx, claim, tenant);
  // Before rows are put: a touch names the version that was read.
  for (const each of touch) {
    const key = { kind: "ticket", id: each.ticketId } as const;
    const found = await find(tx, tenant, key);
    const isFresh = found?.kind === "ticket" && found.row.version === (each.version ?? found.row.version);
    if (!isFresh) throw new Conflict(key);
    await write(tx, tenant, key, { kind: "ticket", row: touched(found.row, each) });
  }
  for (const row of put) await putRow(tx, tenant, row);
  for (const message of add.messages) await putRow(tx, tenant, { kind: "message", row: { ...message, version: 0 } });
  for (const row of once) {
    const key = { kind: "once", key: row.key } as const;
    if (await find(tx, tenant, key)) throw new Conflict({ kind: "once", id: row.key });
    await write(tx, tenant, key, { kind: "once", row });
  }
  for (const { outcome, ...claim } of done) await endJob(tx, commit, claim, outcome);
  for (const { kind, id } of drop) await (kind === "job" ? dropJob : dropFile)(tx, tenant, id);
  for (const job of add.jobs) await addJob(tx, commit, job);
  const positions = await tx.next("event", add.events.length);
  for (const [n, position] of positions.entries())
    await tx.put("events", `${position}`, { ...add.events[n], tenant, position });
  return positions;
};

const dropFile = async (tx: Transaction, tenant: string, id: number): Promise<void> => {
  const file = await find(tx, tenant, { kind: "file", id });
  if (file?.kind !== "file") return;
  if (file.row.messageId !== null) throw new Conflict({ kind: "file", id });
  await removeRow(tx, tenant, file);
};
