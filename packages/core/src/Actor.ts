import * as Context from "effect/Context";
import * as Schema from "effect/Schema";

/** What somebody is to the helpdesk; `bot`, `rule` and `system` are its own parts at work. */
export const Role = Schema.Literals(["customer", "agent", "admin", "bot", "rule", "system"]);
export type Role = typeof Role.Type;

/** Who does something, and in which tenant. */
export interface Actor {
  readonly role: Role;
  /** The id of their user; null for `rule`, `system` and a bot that has none. */
  readonly user: number | null;
  readonly tenant: string;
}

/** The tenant of a helpdesk that serves one organisation. */
export const defaultTenant = "default";

/** The actor of the running call. Nobody by default, and nobody may do nothing. */
export class CurrentActor extends Context.Reference<Actor | null>("@deskwright/core/CurrentActor", {
  defaultValue: () => null,
}) {}
