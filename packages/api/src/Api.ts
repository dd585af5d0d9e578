import * as HttpApi from "effect/http-api/HttpApi";
import * as OpenApi from "effect/http-api/OpenApi";
import { Bytes, Files } from "./contract/Files.ts";
import { Categories, Priorities, Queues } from "./contract/Lists.ts";
import { Messages } from "./contract/Messages.ts";
import { Tickets } from "./contract/Tickets.ts";
import { Traffic } from "./contract/Traffic.ts";
import { Users } from "./contract/Users.ts";
import { Work } from "./contract/Work.ts";

/**
 * The HTTP contract of a helpdesk: every path, what it takes, what it answers.
 *
 * @since 0.1.0
 */
export class Api extends HttpApi.make("deskwright")
  .add(Tickets, Messages, Files, Bytes, Users, Queues, Categories, Priorities, Work, Traffic)
  .annotateMerge(OpenApi.annotations({ title: "Deskwright", version: "1" })) {}
