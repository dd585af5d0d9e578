import { randomUUID } from "node:crypto";
import type { Claim, ClaimedJob } from "@deskwright/core/effect";
import * as Effect from "effect/Effect";
import { only } from "../expectations.ts";
import type { Desk } from "./Desk.ts";
import { time } from "./rows.ts";

/** Claims jobs of the desk's own kind, for a minute from `now` on. */
export const claimAll = (
  { storage, kind }: Desk,
  { now = time(), until = time(now.getTime() - time().getTime() + 60_000), limit = 100, kinds = [kind] } = {},
) => storage.claim({ kinds, token: randomUUID(), now, until, limit });

/** Claims the one job that is due. */
export const claimJob = (desk: Desk, now = time()): Effect.Effect<ClaimedJob, unknown> =>
  Effect.map(claimAll(desk, { now }), only);

export const claimOne = (desk: Desk, now = time()): Effect.Effect<Claim, unknown> =>
  Effect.map(claimJob(desk, now), ({ id, token }) => ({ id, token }));
