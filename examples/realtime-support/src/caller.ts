import { type ActorRef, type Desk, type Helpdesk, NotAllowed } from "@deskwright/core";
import { jwtVerifier, Unauthorized } from "@deskwright/express/login";
import type { Response } from "express";

/** Who calls, as their token says. */
export interface Caller {
  readonly id: number;
  readonly isAdmin: boolean;
}

/** Reads tokens: `sub` is the user's integer id, `role` is `user` or `admin`. */
export const callerReader = (secret: string) => {
  const verify = jwtVerifier({ secret });
  return async (token: string | null): Promise<Caller> => {
    if (token === null) throw new Unauthorized("Expected a bearer token");
    const { sub, role } = (await verify(token)) as Readonly<Record<string, unknown>>;
    // RFC 7519 wants `sub` to be a string, and some libraries write no other.
    const id = typeof sub === "string" && /^\d+$/.test(sub) ? Number(sub) : sub;
    if (!isHostId(id) || (role !== "user" && role !== "admin"))
      throw new Unauthorized("Expected a token with sub, an integer, and role, user or admin");
    return { id, isAdmin: role === "admin" };
  };
};

/** 0 is no user's number: it stands for nobody. */
export const isHostId = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) > 0;

export const callerOf = (res: Response): Caller => res.locals["caller"] as Caller;

export const actorOf = ({ id, isAdmin }: Caller): ActorRef => ({
  role: isAdmin ? "admin" : "customer",
  user: { externalId: String(id) },
});

/** The helpdesk as the caller may use it. */
export const deskOf = (desk: Helpdesk, caller: Caller): Desk => desk.as(actorOf(caller));

/** Refuses everybody but admins. */
export const demandAdmin = ({ isAdmin }: Caller): void => {
  if (!isAdmin) throw new NotAllowed({ action: "admin", reason: "the role user may not" });
};
