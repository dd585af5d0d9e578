import { Storage } from "@deskwright/core/effect";
import type * as Layer from "effect/Layer";
import { type ContractOptions, type Group, runContract } from "./Case.ts";
import { type Outage, outageOf } from "./Outage.ts";
import { allOrNothing } from "./storage/allOrNothing.ts";
import { content } from "./storage/content.ts";
import { conversations } from "./storage/conversations.ts";
import { events } from "./storage/events.ts";
import { everyMethod } from "./storage/everyMethod.ts";
import { filters } from "./storage/filters.ts";
import { histories } from "./storage/history.ts";
import { ids } from "./storage/ids.ts";
import { jobLists } from "./storage/jobLists.ts";
import { jobs } from "./storage/jobs.ts";
import { leases } from "./storage/leases.ts";
import { manyWriters } from "./storage/manyWriters.ts";
import { once } from "./storage/once.ts";
import { paging } from "./storage/paging.ts";
import { port } from "./storage/port.ts";
import { readYourWrite } from "./storage/readYourWrite.ts";
import { records } from "./storage/records.ts";
import { signals } from "./storage/signals.ts";
import { staleVersion } from "./storage/staleVersion.ts";
import { tallies } from "./storage/tallies.ts";
import { tenants } from "./storage/tenants.ts";
import { touches } from "./storage/touches.ts";
import { users } from "./storage/users.ts";

/** All that is demanded of every storage, but what an outage looks like. */
export const groups: ReadonlyArray<Group<Storage>> = [
  port,
  readYourWrite,
  staleVersion,
  allOrNothing,
  manyWriters,
  touches,
  once,
  users,
  conversations,
  records,
  ids,
  tenants,
  content,
  filters,
  paging,
  tallies,
  events,
  jobs,
  jobLists,
  leases,
  signals,
  histories,
];

export interface StorageContractOptions extends ContractOptions {
  /** How the connection of such a storage is broken; needed unless that test is skipped with a reason. */
  readonly outage?: Outage<Storage>;
}

/**
 * Registers the whole contract of a storage as tests. They make tenants of their own, so they may run on a database
 * with other data in it, need no cleaning and no order.
 */
export const storageContract = <E>(
  name: string,
  storage: Layer.Layer<Storage, E>,
  options: StorageContractOptions = {},
): void => runContract(name, storage, [...groups, outageOf(Storage, options.outage, everyMethod)], options);
