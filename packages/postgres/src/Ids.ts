import type { IdKind, StorageError } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { Database, Statement } from "./Database.ts";
import { makeGroups } from "./Groups.ts";

type Wanted = Readonly<Partial<Record<IdKind, number>>>;
type Taken = Readonly<Partial<Record<IdKind, ReadonlyArray<number>>>>;

/** Kinds of which a process takes 32 ids at once. */
const stocked = ["user", "file", "record", "job"] as const;
const blockSize = 32;

interface Request {
  readonly tenant: string;
  readonly wanted: Wanted;
}

/**
 * Takes ids with few round trips: one runs at a time, and what is asked for meanwhile goes together with the next.
 * Tickets and messages do not come in blocks, so that their ids follow time also across processes.
 */
export const makeIds = Effect.fnUntraced(function* ({ query }: Database, s: string) {
  const stock: Record<(typeof stocked)[number], Array<number>> = { user: [], file: [], record: [], job: [] };

  const fetch = Effect.fnUntraced(function* (requests: ReadonlyArray<Request>) {
    const sum = (kind: IdKind) => requests.reduce((total, { wanted }) => total + (wanted[kind] ?? 0), 0);
    const left = stocked.map((kind) => stock[kind].splice(0, sum(kind)));
    const tickets = new Map<string, number>();
    for (const { tenant, wanted } of requests)
      if (wanted.ticket) tickets.set(tenant, (tickets.get(tenant) ?? 0) + wanted.ticket);
    const blocks = stocked.map((kind, index) => Math.ceil((sum(kind) - (left[index] ?? []).length) / blockSize));
    const { text, values } = statement(s, tickets, [sum("message"), ...blocks]);
    const [row = []] = yield* query(text, values);
    const [last = [], messages = [], ...fetched] = row.slice(0, 2 + stocked.length).map(numbers);
    const next = new Map([...tickets].map(([tenant, count], index) => [tenant, (last[index] ?? 0) - count]));
    const ids: Record<IdKind, Array<number>> = { ...stock, ticket: [], message: messages };
    stocked.forEach((kind, index) => {
      const fresh = (fetched[index] ?? []).flatMap((first) => upFrom(first, blockSize));
      stock[kind] = ids[kind] = [...(left[index] ?? []), ...fresh, ...stock[kind]];
    });
    return requests.map(({ tenant, wanted }) => {
      const before = next.get(tenant) ?? 0;
      next.set(tenant, before + (wanted.ticket ?? 0));
      ids.ticket = upFrom(before + 1, wanted.ticket ?? 0);
      return Exit.succeed(take(ids, wanted));
    });
  });

  const taken = yield* makeGroups<Request, Taken, StorageError>(fetch);

  return (tenant: string, wanted: Wanted): Effect.Effect<Taken, StorageError> =>
    Effect.suspend(() =>
      !wanted.ticket && !wanted.message && stocked.every((kind) => (wanted[kind] ?? 0) <= stock[kind].length)
        ? Effect.succeed(take({ ...stock, ticket: [], message: [] }, wanted))
        : taken({ tenant, wanted }),
    );
});

/** Its text says what is wanted, most often the next message alone. */
const statement = (s: string, tickets: ReadonlyMap<string, number>, counts: ReadonlyArray<number>): Statement => {
  const values: Array<unknown> = [];
  const given = (value: unknown) => `$${values.push(value)}`;
  const ids = ["message", ...stocked].map((kind, index) =>
    counts[index]
      ? `array(select nextval('${s}.${kind}_id') from generate_series(1, ${given(counts[index])}::int4))`
      : "null",
  );
  if (tickets.size === 0) return { text: `select null, ${ids.join(", ")}`, values };
  const wanted = `unnest(${given([...tickets.keys()])}::text[], ${given([...tickets.values()].map(BigInt))}::int8[])`;
  // In one order, so that two processes never wait for each other. Losing the counter's last steps in a crash is
  // harmless: a commit that is on the disk has brought its counter there.
  const text = `with wanted as (select * from ${wanted} with ordinality w(tenant, count, place)),
    taken as (
      insert into ${s}.counters as c (tenant, last_ticket) select tenant, count from wanted order by tenant
      on conflict (tenant) do update set last_ticket = c.last_ticket + excluded.last_ticket
      returning c.tenant, c.last_ticket)
    select array(select t.last_ticket from taken t join wanted w on w.tenant = t.tenant order by w.place),
      ${ids.join(", ")}, set_config('synchronous_commit', 'off', true)`;
  return { text, values };
};

/** Takes the first ids of each kind that is wanted. */
const take = (ids: Readonly<Record<IdKind, Array<number>>>, wanted: Wanted): Taken =>
  Object.fromEntries(Object.entries(wanted).map(([kind, count]) => [kind, ids[kind as IdKind].splice(0, count)]));

const upFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

const numbers = (ids: unknown): Array<number> => ((ids ?? []) as ReadonlyArray<bigint>).map(Number);
