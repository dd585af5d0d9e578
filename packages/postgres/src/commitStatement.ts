import type { Entry, Part } from "./commitParts.ts";
import type { Statement } from "./Database.ts";
import { eventLock } from "./migrations/eventLock.ts";

/** A column that is written, its type, and the field it comes from: `createdAt` for `created_at`. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly field: string;
}

const columns = (entries: string): ReadonlyArray<Column> =>
  entries
    .trim()
    .split(/,\s*/)
    .map((entry) => {
      const [name = "", type = "text"] = entry.split(" ");
      return { name, type, field: name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) };
    });
const each = (entries: string, text: (name: string) => string) =>
  columns(entries)
    .map(({ name }) => text(name))
    .join(", ");
const names = (entries: string) => each(entries, (name) => name);
const ofX = (entries: string) => each(entries, (name) => `x.${name}`);
const assigned = (entries: string) => each(entries, (name) => `${name} = x.${name}`);

/** How a part is written. */
interface Way {
  /** What of its entries is written; the queries see them as `x`. */
  readonly columns: string;
  /** The queries by name. The one with the part's own name answers the keys of what was written. */
  readonly queries: (s: string, x: string, has: (part: string) => boolean) => Readonly<Record<string, string>>;
  /** The keys that were lost, where they are not simply those that the query did not answer; null = none can be. */
  readonly lost?: ((s: string, x: string) => string) | null;
  /** Tickets that leave a status and assignee (-1) or come to one (1). */
  readonly moves?: (x: string) => string;
}

const put = (table: string, written: string, key = "id", row = (_: string) => "r.id = x.id"): Record<string, Way> => ({
  [`new_${table}`]: {
    columns: written,
    queries: (s, x) => ({
      [`new_${table}`]: `insert into ${s}.${table} as r (tenant, version, ${names(written)})
        select $1::text, 1, ${ofX(written)} from ${x} on conflict do nothing returning r.${key}`,
    }),
  },
  [table]: {
    columns: `version integer, ${written}`,
    queries: (s, x) => ({
      [table]: `update ${s}.${table} r set version = r.version + 1, ${assigned(written)} from ${x}
        where r.tenant = $1::text and ${row(s)} and r.version = x.version returning r.${key}`,
    }),
  },
});

const touch = `updated_at timestamptz, sent_customer integer, sent_agents integer, read_customer integer,
  read_agents integer`;
const touched = `updated_at = greatest(a.updated_at, x.updated_at),
  sent_customer = a.sent_customer + x.sent_customer, sent_agents = a.sent_agents + x.sent_agents,
  read_customer = greatest(a.read_customer, x.read_customer), read_agents = greatest(a.read_agents, x.read_agents)`;
const activity = "status, queue, requester bigint, assignee bigint, deleted boolean";
const ticket = `subject, status, priority, category, tags text[], queue, requester bigint, assignee bigint, channel,
  custom jsonb, follows_up bigint, merged_into bigint, created_at timestamptz, first_reply_at timestamptz, resolved_at timestamptz,
  closed_at timestamptz, deleted_at timestamptz`;
const changed = `id bigint, ${touch}, deleted boolean, ${ticket}`;

/** Keeps the numbers of tickets. */
const tally = (s: string, moves: string) => `insert into ${s}.tallies as k (tenant, status, assignee, shard, count)
  select $1::text, m.status, m.assignee, pg_backend_pid() % 16, sum(m.change)
  from (${moves}) m(status, assignee, change)
  group by m.status, m.assignee having sum(m.change) <> 0 order by m.status, m.assignee
  on conflict (tenant, status, assignee, shard) do update set count = k.count + excluded.count`;
const come = (x: string) => `select x.status, coalesce(x.assignee, 0), 1 from ${x} where not x.deleted`;

/** Drops what is there and free; what is gone already is not missed. */
const drop = (table: string, isFree: string): Record<string, Way> => ({
  [`drop_${table}`]: {
    columns: "id bigint",
    queries: (s, x) => ({
      [`drop_${table}`]: `select r.id, ${isFree} as free from ${x} join ${s}.${table} r on r.id = x.id
        and r.tenant = $1::text order by r.id for update of r`,
      [`dropped_${table}`]: `delete from ${s}.${table} r using drop_${table} d
        where r.tenant = $1::text and r.id = d.id and d.free`,
    }),
    lost: () => `select d.id from drop_${table} d where not d.free`,
  },
});

const claim = "id bigint, token";

const ways: Readonly<Record<string, Way>> = {
  done: {
    columns: `${claim}, type, result jsonb, at timestamptz, error, payload jsonb, ended_at timestamptz`,
    queries: (s, x) => ({
      done: `update ${s}.jobs j set
          state = case x.type when 'going' then j.state when 'retry' then 'waiting' else x.type end,
          payload = case x.type when 'going' then x.payload else j.payload end,
          result = case x.type when 'finished' then x.result end,
          error = case x.type when 'going' then j.error else x.error end,
          run_at = case x.type when 'retry' then x.at else j.run_at end,
          finished_at = case when x.type in ('finished', 'dead') then x.ended_at end,
          token = case x.type when 'going' then j.token end,
          held_until = case x.type when 'going' then j.held_until end,
          unique_key = case when x.type in ('going', 'retry') then j.unique_key end
        from ${x} where j.id = x.id and j.tenant = $1::text and j.token = x.token returning j.id`,
    }),
  },
  held: {
    columns: claim,
    queries: (s, x) => ({
      held: `select j.id from ${x} join ${s}.jobs j on j.id = x.id and j.tenant = $1::text and j.token = x.token
        for share of j`,
    }),
  },
  once: {
    columns: "key, result jsonb",
    queries: (s, x) => ({
      once: `insert into ${s}.once as o (tenant, key, result) select $1::text, x.key, x.result from ${x}
        on conflict do nothing returning o.key`,
    }),
  },
  ...put(
    "users",
    `id bigint, role, name, email, email_verified boolean, external_id, active boolean, locale, created_at timestamptz, updated_at timestamptz`,
  ),
  ...put("records", "id bigint, collection, key, data jsonb", "key"),
  ...put(
    "conversations",
    "channel, address, user_id bigint, ticket_id bigint",
    "address",
    (s) => `r.channel = x.channel and r.address_hash = ${s}.digest(x.address)`,
  ),
  ...put(
    "files",
    `id bigint, name, content_type, size bigint, sha256, storage_key, uploaded_by bigint, message_id bigint,
     ticket_id bigint, created_at timestamptz`,
  ),
  new_tickets: {
    columns: changed,
    queries: (s, x) => ({
      new_tickets: `insert into ${s}.ticket_activity as a (tenant, id, version, ${names(touch)}, ${names(activity)})
        select $1::text, x.id, 1, ${ofX(touch)}, ${ofX(activity)} from ${x} on conflict do nothing returning a.id`,
      new_rows: `insert into ${s}.tickets (tenant, id, ${names(ticket)})
        select $1::text, x.id, ${ofX(ticket)} from ${x} where x.id in (select n.id from new_tickets n)`,
    }),
    moves: come,
  },
  tickets: {
    columns: `version integer, ${changed}`,
    queries: (s, x) => ({
      before: `select ${ofX(changed)}, a.status as old_status, a.assignee as old_assignee, a.deleted as old_deleted
        from ${x} join ${s}.ticket_activity a on a.tenant = $1::text and a.id = x.id and a.version = x.version
        order by a.id for no key update of a`,
      tickets: `update ${s}.ticket_activity a set version = a.version + 1, ${assigned(activity)}, ${touched}
        from before x where a.tenant = $1::text and a.id = x.id returning a.id`,
      rows_of_tickets: `update ${s}.tickets t set ${assigned(ticket)}
        from before x where t.tenant = $1::text and t.id = x.id`,
    }),
    moves: () => `select x.old_status, coalesce(x.old_assignee, 0), -1 from before x where not x.old_deleted
      union all ${come("before x")}`,
  },
  touches: {
    columns: `id bigint, version integer, ${touch}`,
    queries: (s, x) => ({
      touches: `update ${s}.ticket_activity a set ${touched} from ${x}
        where a.tenant = $1::text and a.id = x.id and a.version = coalesce(x.version, a.version) returning a.id`,
    }),
  },
  ...put(
    "messages",
    `id bigint, ticket_id bigint, note boolean, author bigint, role, text, html, full_text, attachments jsonb, channel,
     created_at timestamptz, edited_at timestamptz, deleted_at timestamptz`,
  ),
  ...drop("jobs", "r.finished_at is not null"),
  ...drop("files", "r.message_id is null"),
  jobs: {
    columns: `id bigint, kind, payload jsonb, run_at timestamptz, max_attempts integer, created_at timestamptz,
      unique_key, unique_until`,
    queries: (s, x, has) => ({
      // After what ends: a job may be followed by one with its key.
      jobs: `insert into ${s}.jobs (id, tenant, kind, payload, state, run_at, attempts, max_attempts, created_at,
          unique_key, unique_until)
        select x.id, $1::text, x.kind, x.payload, 'waiting', x.run_at, 0, x.max_attempts, x.created_at, x.unique_key,
          x.unique_until
        from ${x}${has("done") ? " where (select count(*) from done) > 0" : ""} on conflict do nothing`,
    }),
    lost: (s, x) => `select x.id from ${x} join ${s}.jobs j on j.id = x.id`,
  },
  events: {
    columns: "ticket_id bigint, at timestamptz, data jsonb",
    queries: (s, x) => ({
      // The lock names a position below those that follow: until this commit ends, nobody reads beyond it. No event
      // gets that position itself, because it was taken before the lock.
      locked: `select pg_advisory_xact_lock_shared(${eventLock(s)} + nextval('${s}.event_position'))`,
      events: `insert into ${s}.events as e (position, tenant, ticket_id, at, data)
        select nextval('${s}.event_position'), $1::text, x.ticket_id, x.at, x.data from locked, ${x}
        returning e.position`,
    }),
    lost: null,
  },
};

const order = Object.keys(ways);
const columnsOf = new Map(Object.entries(ways).map(([name, way]) => [name, columns(way.columns)]));

/** One entry as typed values, with the columns of the part. */
const valuesTable = (columns: ReadonlyArray<Column>, first: number): string =>
  `(values (${columns.map(({ type }, index) => `$${first + index}::${type}`).join(", ")})) x(${columns.map(({ name }) => name).join(", ")})`;

/**
 * Several entries as a list in JSON, with the same columns. The limit, which is their number, tells the planner that
 * they are few, so that it looks rows up by their keys instead of reading a table whole.
 */
const listTable = (columns: ReadonlyArray<Column>, first: number): string =>
  `select * from jsonb_to_recordset($${first}::jsonb) x(${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})
    limit $${first + 1}::bigint`;

const valuesOf = (
  columns: ReadonlyArray<Column>,
  entries: ReadonlyArray<Entry>,
  isOne: boolean,
): ReadonlyArray<unknown> => {
  const [only] = entries;
  if (isOne && only !== undefined)
    return columns.map(({ field, type }) =>
      type === "jsonb" ? JSON.stringify(only[field] ?? null) : (only[field] ?? null),
    );
  const rows = entries.map((entry) =>
    Object.fromEntries(columns.map(({ name, field }) => [name, entry[field] ?? null])),
  );
  return [JSON.stringify(rows), BigInt(rows.length)];
};

/** The text for commits with these parts. It answers the positions of the events last. */
const textOf = (s: string, parts: ReadonlyArray<Part>, isOne: boolean): string => {
  const has = (name: string) => parts.some((part) => part.name === name);
  const queries: Array<string> = [];
  const answers: Array<string> = [];
  const moves: Array<string> = [];
  let first = 2;
  for (const { name, key } of parts) {
    const [way, list] = [ways[name] as Way, columnsOf.get(name) as ReadonlyArray<Column>];
    const x = isOne ? valuesTable(list, first) : `given_${name} x`;
    if (!isOne) queries.push(`given_${name} as materialized (${listTable(list, first)})`);
    for (const [query, text] of Object.entries(way.queries(s, x, has))) queries.push(`${query} as (${text})`);
    if (way.lost !== null) {
      // Of a single entry it is known which one was lost.
      const lost =
        way.lost?.(s, x) ?? `select x.${key} from ${x} where x.${key} not in (select d.${key} from ${name} d)`;
      const which = isOne ? "null" : `(select l.key::text from (${lost}) l(key) limit 1)`;
      const count = isOne ? 1 : `(select count(*) from given_${name})`;
      const isLost = way.lost === undefined ? `(select count(*) from ${name}) < ${count}` : `exists (${lost})`;
      answers.push(`case when ${isLost} then ${s}.refuse('${name}', ${which}) end`);
    }
    if (way.moves !== undefined) moves.push(way.moves(x));
    first += isOne ? list.length : 2;
  }
  if (moves.length > 0) queries.push(`tally as (${tally(s, moves.join(" union all "))})`);
  answers.push(has("events") ? "array(select e.position from events e order by e.position)" : "'{}'::int8[]");
  const text = `${queries.length > 0 ? `with ${queries.join(", ")} ` : ""}select ${answers.join(", ")}`;
  return text.replace(/\s+/g, " ");
};

/**
 * One statement applies a commit: one round trip, and no transaction to be left open. Its text depends on which parts
 * there are and whether they have one entry or more. A lost race raises DW001 with the part and the key, which undoes
 * everything. Queries that write see the tables as they were at the start, and none of them writes a row of another.
 */
export const makeCommitStatement = (s: string): ((tenant: string, parts: ReadonlyArray<Part>) => Statement) => {
  const texts = new Map<string, string>();
  return (tenant, unordered) => {
    const parts = unordered.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    // The fewer texts there are, the sooner the server has planned each of them.
    const isOne = parts.every(({ entries }) => entries.length === 1);
    const shape = `${isOne} ${parts.map(({ name }) => name).join(" ")}`;
    const text = texts.get(shape) ?? textOf(s, parts, isOne);
    texts.set(shape, text);
    const values = parts.flatMap(({ name, entries }) => valuesOf(columnsOf.get(name) ?? [], entries, isOne));
    return { text, values: parts.length === 0 ? [] : [tenant, ...values] };
  };
};
