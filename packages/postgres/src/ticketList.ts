import type { TicketFilter, TicketQuery } from "@deskwright/core/effect";
import type { Statement } from "./Database.ts";
import { ownColumns, ticketColumns } from "./rows.ts";

type Field = Exclude<keyof TicketFilter, "tag" | "createdFrom" | "createdBefore">;

/** Fields with an index of their own, which both tables of a ticket have. */
const indexed = ["requester", "assignee", "queue", "status"] as const satisfies ReadonlyArray<Field>;
const others = ["priority", "category", "channel"] as const satisfies ReadonlyArray<Field>;

const orders = { createdAt: "t.created_at", updatedAt: "a.updated_at", id: "t.id" } as const;

/** Collects parameters while the text of a statement is put together. */
class Parameters {
  readonly values: Array<unknown> = [];
  /** The place of a value in the text. */
  add(value: unknown): string {
    return `$${this.values.push(typeof value === "number" ? BigInt(value) : value)}`;
  }
}

/** The filter's values of a field, always as a list; null where it does not matter. */
const wanted = (filter: TicketFilter, field: Field): ReadonlyArray<string | number | null> | null => {
  const value = filter[field];
  if (value === undefined) return null;
  return Array.isArray(value) ? value : [value as string | number | null];
};

const arrayType = (field: Field) => (field === "requester" || field === "assignee" ? "int8[]" : "text[]");

const present = (values: ReadonlyArray<string | number | null>) =>
  [...new Set(values)].flatMap((value) => (value === null ? [] : [typeof value === "number" ? BigInt(value) : value]));

/** The condition that a column has one of the values; null means that it has none. */
const isOneOf = (
  column: string,
  field: Field,
  values: ReadonlyArray<string | number | null>,
  $: Parameters,
): string => {
  if (values.length === 1) return values[0] === null ? `${column} is null` : `${column} = ${$.add(values[0])}`;
  const some = `${column} = any(${$.add(present(values))}::${arrayType(field)})`;
  return values.includes(null) ? `(${some} or ${column} is null)` : some;
};

/** What a ticket must be besides `except`; `d` is the table whose index gives the order. */
const conditions = (filter: TicketFilter, d: "t" | "a", except: Field | null, $: Parameters): ReadonlyArray<string> => {
  const all: Array<string> = [];
  for (const field of [...indexed, ...others]) {
    const values = wanted(filter, field);
    if (values === null || field === except) continue;
    all.push(isOneOf(`${(others as ReadonlyArray<Field>).includes(field) ? "t" : d}.${field}`, field, values, $));
  }
  const { tag, createdFrom, createdBefore } = filter;
  if (tag !== undefined) all.push(`t.tags && ${$.add(Array.isArray(tag) ? tag : [tag])}::text[]`, "t.tags <> '{}'");
  if (createdFrom !== undefined) all.push(`t.created_at >= ${$.add(createdFrom)}`);
  if (createdBefore !== undefined) all.push(`t.created_at < ${$.add(createdBefore)}`);
  return all;
};

/** The latest time there is; a cursor made up by somebody may name a later one. */
const lastTime = 8_640_000_000_000_000;

/**
 * Limits stand in the text, as the server plans a statement anew each time it is run with one it does not know; so
 * they come in few sizes.
 */
const pageSizes = [1, 2, 11, 21, 51, 101, 201, 501, 1001];

/**
 * A page of tickets, or some more, in no order: its rows in one of the two tables come from one index up to the limit, and only then
 * the other table is joined, so that no plan can join more than the page.
 */
export const listStatement = (s: string, tenant: string, query: TicketQuery): Statement => {
  const { filter, sort, limit, after, offset } = query;
  const $ = new Parameters();
  const order = sort.replace("-", "") as keyof typeof orders;
  const [direction, beyond] = sort.startsWith("-") ? ["desc", "<"] : ["asc", ">"];
  const d = order === "updatedAt" ? "a" : "t";
  const key = orders[order];
  const lists = indexed.flatMap((field) => {
    const values = wanted(filter, field);
    return values === null ? [] : [{ field, values }];
  });
  // Where only a list of values narrows the search, each value is looked up by itself and the pages are merged.
  const merged = lists.length === 0 || lists.some(({ values }) => values.length === 1) ? null : (lists[0] ?? null);
  const of = $.add(tenant);
  const where = [
    `${d}.tenant = ${of}`,
    d === "t" ? "t.deleted_at is null" : "not a.deleted",
    ...conditions(filter, d, merged?.field ?? null, $),
  ];
  if (after !== null && order === "id") where.push(`t.id ${beyond} ${$.add(after.id)}`);
  else if (after !== null) {
    const time = $.add(new Date(Math.min(after.value, lastTime)));
    where.push(`(${key}, ${d}.id) ${beyond} (${time}, ${$.add(after.id)})`);
  }
  const tables = { t: `${s}.tickets t`, a: `${s}.ticket_activity a` };
  const needsBoth =
    d === "a" && Object.keys(filter).some((field) => !(indexed as ReadonlyArray<string>).includes(field));
  const from = needsBoth ? `${tables.a} join ${tables.t} on t.tenant = a.tenant and t.id = a.id` : tables[d];
  const by = order === "id" ? `t.id ${direction}` : `${key} ${direction}, ${d}.id ${direction}`;
  const rows = (extra: ReadonlyArray<string>, first: string, count: string) =>
    `select ${ownColumns[d]} from ${from} where ${[...where, ...extra].join(" and ")} order by ${first}${by} ${count}`;
  // An index on a column that is null keeps its order only for a query that names the column in its order.
  const byNull = (field: Field) => (order === "id" ? "" : `${d}.${field} ${direction}, `);
  const page = (): string => {
    const size = pageSizes.find((size) => size >= limit) ?? $.add(limit);
    const count = `limit ${size}${offset > 0 ? ` offset ${$.add(offset)}` : ""}`;
    if (merged === null) {
      const [only, ...more] = lists;
      return rows([], only?.values[0] === null && more.length === 0 ? byNull(only.field) : "", count);
    }
    const { field, values } = merged;
    const upTo = `limit ${offset > 0 ? $.add(limit + offset) : size}`;
    const each = `select ${ownColumns[d]} from unnest(${$.add(present(values))}::${arrayType(field)}) v(value)
      cross join lateral (${rows([`${d}.${field} = v.value`], "", upTo)}) ${d}`;
    const none = values.includes(null) ? ` union all (${rows([`${d}.${field} is null`], byNull(field), upTo)})` : "";
    return `select ${ownColumns[d]} from (${each}${none}) ${d} order by ${by} ${count}`;
  };
  const other = d === "t" ? "a" : "t";
  const fields = Object.keys(filter);
  const isDirect = fields.length === 0 || (fields.length === 1 && lists.length === 1 && order !== "id");
  return {
    isLong: !isDirect || offset > 0,
    text: `select ${ticketColumns} from (${page()}) ${d} join ${tables[other]} on ${other}.tenant = ${of} and t.id = a.id`,
    values: $.values,
  };
};

/** How many tickets a filter lets through: from the kept numbers where they say it. */
export const countStatement = (s: string, tenant: string, filter: TicketFilter): Statement => {
  const $ = new Parameters();
  const of = $.add(tenant);
  const isKept = Object.keys(filter).every((field) => field === "status" || field === "assignee");
  if (!isKept) {
    const where = [`t.tenant = ${of}`, "t.deleted_at is null", ...conditions(filter, "t", null, $)];
    return {
      isLong: true,
      text: `select count(*)::float8 from ${s}.tickets t where ${where.join(" and ")}`,
      values: $.values,
    };
  }
  const where = [`k.tenant = ${of}`];
  const [statuses, assignees] = [wanted(filter, "status"), wanted(filter, "assignee")];
  if (statuses !== null) where.push(isOneOf("k.status", "status", statuses, $));
  if (assignees !== null)
    where.push(
      isOneOf(
        "k.assignee",
        "assignee",
        // Kept under 0 are those whom nobody has; a user 0 there is not.
        assignees.filter((id) => id !== 0).map((id) => id ?? 0),
        $,
      ),
    );
  return {
    text: `select coalesce(sum(k.count), 0)::float8 from ${s}.tallies k where ${where.join(" and ")}`,
    values: $.values,
  };
};
