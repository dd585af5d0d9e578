import type { Claim, JobQuery, Storage } from "@deskwright/core/effect";
import type { Statement } from "./Database.ts";
import { jobColumns } from "./rows.ts";

type ClaimRequest = Parameters<Storage["Service"]["claim"]>[0];

/**
 * Each kind is looked through by its own index. The materialized part is what keeps it at `limit` rows: a subquery in
 * the `where` of the update may be run again and take more.
 */
export const claimStatement = (s: string, { kinds, token, now, until, limit }: ClaimRequest): Statement => ({
  text: `with due as materialized (
      select one.id from unnest($1::text[]) k(kind) cross join lateral (
        select j.id, j.run_at from ${s}.jobs j
        where j.kind = k.kind and j.finished_at is null and j.run_at <= $2 and (j.held_until is null or j.held_until <= $2)
        order by j.run_at, j.id limit $3 for update skip locked
      ) one order by one.run_at, one.id limit $3
    )
    update ${s}.jobs j set state = 'running', attempts = j.attempts + 1, token = $4, held_until = $5,
      unique_key = case j.unique_until when 'ended' then j.unique_key end
    from due where j.id = due.id returning ${jobColumns}`,
  values: [[...new Set(kinds)], now, limit, token, until],
  isLong: true,
});

export const extendStatement = (s: string, claims: ReadonlyArray<Claim>, until: Date | null): Statement => {
  const sorted = [...claims].sort((a, b) => a.id - b.id);
  const ids = sorted.map(({ id }) => BigInt(id));
  const held = `from unnest($1::int8[], $2::text[]) c(id, token) where j.id = c.id and j.token = c.token returning j.id::float8`;
  const tokens = sorted.map(({ token }) => token);
  return until === null
    ? {
        text: `update ${s}.jobs j set state = 'waiting', attempts = j.attempts - 1, token = null, held_until = null ${held}`,
        values: [ids, tokens],
        isLong: true,
      }
    : { text: `update ${s}.jobs j set held_until = $3 ${held}`, values: [ids, tokens, until], isLong: true };
};

export const countJobsStatement = (s: string, tenant: string, kind: string): Statement => ({
  text: `select j.state, case jsonb_typeof(j.result -> 'outcome') when 'string' then j.result ->> 'outcome' end, count(*)::float8
    from ${s}.jobs j where j.tenant = $1 and j.kind = $2 group by 1, 2`,
  values: [tenant, kind],
  isLong: true,
});

export const jobStatement = (s: string, { tenant, state, kind, endedBefore, after, limit }: JobQuery): Statement => {
  const values: Array<unknown> = [after, limit];
  const where = (value: unknown, condition: string) => (value === null ? [] : [`${condition} $${values.push(value)}`]);
  const conditions = [
    "j.id > $1",
    ...where(tenant, "j.tenant ="),
    // Named in the text, so that the index of dead jobs is found.
    ...(state === null ? [] : [`j.state = '${state}'`]),
    ...where(kind, "j.kind ="),
    ...where(endedBefore, "j.finished_at <"),
  ];
  return {
    text: `select ${jobColumns} from ${s}.jobs j where ${conditions.join(" and ")} order by j.id limit $2`,
    values,
    isLong: true,
  };
};
