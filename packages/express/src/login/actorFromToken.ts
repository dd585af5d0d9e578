import type { ActorRef } from "@deskwright/core";
import { type BearerTokenOptions, bearerToken, type TokenRequest } from "./bearerToken.ts";
import type { JwtVerifier } from "./jwtVerifier.ts";
import { Unauthorized } from "./Unauthorized.ts";

/**
 * Reads who asks from a token of `passwordLogin`, for the `actor` of `helpdesk` and `attachLive`; null where there is
 * no token, and `Unauthorized` for one that is not good. A host with tokens of its own reads their claims itself: their
 * `sub` is not our user's id.
 *
 * @since 0.1.0
 */
export const actorFromToken =
  (verify: JwtVerifier, options: BearerTokenOptions = {}) =>
  async (request: TokenRequest): Promise<ActorRef | null> => {
    const token = bearerToken(request, options);
    if (token === null) return null;
    const { sub, role, tenant } = await verify(token);
    const isOurs =
      typeof sub === "string" &&
      /^[1-9]\d{0,14}$/.test(sub) &&
      (role === "customer" || role === "agent" || role === "admin") &&
      (tenant === undefined || (typeof tenant === "string" && tenant !== ""));
    if (!isOurs) throw new Unauthorized();
    return { role, user: Number(sub), ...(tenant !== undefined && { tenant }) };
  };
