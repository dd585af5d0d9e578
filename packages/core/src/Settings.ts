import * as Context from "effect/Context";
import type { Actor } from "./Actor.ts";
import type { Channel } from "./channel/Channel.ts";
import type { Templates } from "./notice/Notice.ts";
import type { Policies } from "./Policies.ts";
import type { Action, Resource } from "./permission.ts";
import type { StatusMachine } from "./ticket/StatusMachine.ts";

/** A say of the host's own on what an actor may do: true, false, or undefined for the default. */
export type Authorize = (
  actor: Actor,
  action: Action,
  resource: Resource,
) => boolean | undefined | Promise<boolean | undefined>;

/** A queue, category or priority that each tenant begins with. */
export interface Beginning {
  readonly key: string;
  readonly name: string;
}

/** What this helpdesk was told about itself. */
export class Settings extends Context.Service<
  Settings,
  {
    readonly statuses: StatusMachine;
    readonly policies: Policies;
    readonly lists: Readonly<Record<"queue" | "category" | "priority", ReadonlyArray<Beginning>>>;
    readonly defaultPriority: string;
    readonly authorize: Authorize | null;
    readonly channels: ReadonlyArray<Channel>;
    readonly templates: Templates;
  }
>()("@deskwright/core/Settings") {}
