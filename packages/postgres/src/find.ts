import { type Found, nameOf, namesOf, type RowKey } from "@deskwright/core/effect";
import type { Statement, Values } from "./Database.ts";
import {
  conversationColumns,
  conversationOf,
  fileColumns,
  fileOf,
  jobColumns,
  jobOf,
  messageColumns,
  messageOf,
  onceOf,
  recordColumns,
  recordOf,
  ticketColumns,
  ticketOf,
  userColumns,
  userOf,
} from "./rows.ts";

/**
 * How rows are looked up by one kind of key. In the text `$1` is the tenant, then come lists of the keys' parts. Where a
 * key has two parts, more may be found than was asked for.
 */
interface Lookup {
  readonly text: (s: string) => string;
  readonly parts: (key: never) => ReadonlyArray<string | number>;
  readonly found: (values: Values) => Found;
}

const ticket = (values: Values): Found => ({ kind: "ticket", row: ticketOf(values) });
const message = (values: Values): Found => ({ kind: "message", row: messageOf(values) });
const file = (values: Values): Found => ({ kind: "file", row: fileOf(values) });
const job = (values: Values): Found => ({ kind: "job", row: jobOf(values) });
const user = (values: Values): Found => ({ kind: "user", row: userOf(values) });

const id = ({ id }: { readonly id: number }) => [id];
const byId = (table: string, alias: string, columns: string, found: (values: Values) => Found): Lookup => ({
  text: (s) =>
    `select ${columns} from ${s}.${table} ${alias} where ${alias}.tenant = $1 and ${alias}.id = any($2::int8[])`,
  parts: id,
  found,
});

/** The hashes that keys are found by, worked out before the table is looked at, so that its index is used. */
const digests = (s: string, keys: string) => `array(select ${s}.digest(k) from unnest(${keys}::text[]) k)`;

const lookups = {
  ticket: {
    text: (s) => `select ${ticketColumns} from ${s}.tickets t
      join ${s}.ticket_activity a on a.tenant = t.tenant and a.id = t.id where t.tenant = $1 and t.id = any($2::int8[])`,
    parts: id,
    found: ticket,
  },
  message: byId("messages", "m", messageColumns, message),
  file: byId("files", "f", fileColumns, file),
  job: byId("jobs", "j", jobColumns, job),
  user: byId("users", "u", userColumns, user),
  email: {
    text: (s) => `select ${userColumns} from ${s}.users u where u.tenant = $1 and u.email = any($2::text[])`,
    parts: ({ email }: { readonly email: string }) => [email],
    found: user,
  },
  externalId: {
    text: (s) => `select ${userColumns} from ${s}.users u where u.tenant = $1 and u.external_id = any($2::text[])`,
    parts: ({ externalId }: { readonly externalId: string }) => [externalId],
    found: user,
  },
  conversation: {
    text: (s) => `select ${conversationColumns} from ${s}.conversations c
      where c.tenant = $1 and c.channel = any($2::text[]) and c.address_hash = any(${digests(s, "$3")})`,
    parts: ({ channel, address }: Extract<RowKey, { kind: "conversation" }>) => [channel, address],
    found: (values) => ({ kind: "conversation", row: conversationOf(values) }),
  },
  record: {
    text: (s) => `select ${recordColumns} from ${s}.records r
      where r.tenant = $1 and r.collection = any($2::text[]) and r.key = any($3::text[])`,
    parts: ({ collection, key }: Extract<RowKey, { kind: "record" }>) => [collection, key],
    found: (values) => ({ kind: "record", row: recordOf(values) }),
  },
  once: {
    text: (s) =>
      `select o.key, o.result from ${s}.once o where o.tenant = $1 and o.key_hash = any(${digests(s, "$2")})`,
    parts: ({ key }: Extract<RowKey, { kind: "once" }>) => [key],
    found: (values) => ({ kind: "once", row: onceOf(values) }),
  },
} satisfies Record<string, Lookup>;

const lookupOf = (key: RowKey): keyof typeof lookups =>
  key.kind !== "user" || "id" in key ? key.kind : "email" in key ? "email" : "externalId";

/** Keys of one kind and tenant: what one statement looks up. */
export interface Wanted {
  readonly tenant: string;
  readonly lookup: keyof typeof lookups;
  readonly keys: ReadonlyArray<RowKey>;
}

export const wantedOf = (tenant: string, keys: ReadonlyArray<RowKey>): ReadonlyArray<Wanted> =>
  [...new Set(keys.map(lookupOf))].map((lookup) => ({
    tenant,
    lookup,
    keys: keys.filter((key) => lookupOf(key) === lookup),
  }));

export const findStatement = (s: string, { tenant, lookup, keys }: Wanted): Statement & Pick<Lookup, "found"> => {
  const { text, parts, found }: Lookup = lookups[lookup];
  const rows = keys.map((key) => parts(key as never));
  const lists = (rows[0] ?? []).map((_, index) => rows.map((row) => bound(row[index])));
  return { text: text(s), values: [tenant, ...lists], found };
};

/** What is looked up together with the first: others of its kind and tenant. */
export const alike = (
  waiting: ReadonlyArray<Wanted>,
): readonly [group: ReadonlyArray<Wanted>, others: Array<Wanted>] => {
  const [first] = waiting;
  const isAlike = ({ tenant, lookup }: Wanted) => tenant === first?.tenant && lookup === first.lookup;
  return [waiting.filter(isAlike), waiting.filter((wanted) => !isAlike(wanted))];
};

/** What was found in the places of the keys that name it. */
export const answersTo = (keys: ReadonlyArray<RowKey>, found: ReadonlyArray<Found>): ReadonlyArray<Found | null> => {
  const named = new Map(found.flatMap((each) => allNames(each).map((name) => [name, each])));
  return keys.map((key) => named.get(nameOf(key)) ?? null);
};

const allNames = (found: Found): ReadonlyArray<string> => {
  if (found.kind === "job") return [nameOf({ kind: "job", id: found.row.id })];
  if (found.kind === "once") return [nameOf({ kind: "once", key: found.row.key })];
  return namesOf(found);
};

const bound = (part: string | number | undefined) => (typeof part === "number" ? BigInt(part) : part);
