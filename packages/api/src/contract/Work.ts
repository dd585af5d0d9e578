import { EventPageQuery, Job, JobListQuery, TicketStats } from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { EventPage } from "./Data.ts";
import { params } from "./Fields.ts";
import { problems } from "./Problem.ts";

/** What the helpdesk has done and still has to do. */
export const Work = HttpApiGroup.make("work").add(
  HttpApiEndpoint.get("stats", "/stats", {
    success: TicketStats,
    error: problems(),
  }).annotate(OpenApi.Summary, "How many tickets there are"),
  HttpApiEndpoint.get("events", "/events", {
    query: EventPageQuery,
    success: EventPage,
    error: problems(422),
  })
    .annotate(OpenApi.Summary, "What happened after a position, as far as the actor may hear of it")
    .annotate(
      OpenApi.Description,
      "Without `after` there are no events in the answer, and the newest position: where to begin for what happens from " +
        "now on. `after=0` begins with the first event there is.",
    ),
  HttpApiEndpoint.get("jobs", "/jobs", {
    query: JobListQuery,
    success: Schema.Array(Job),
    error: problems(422),
  }).annotate(OpenApi.Summary, "Jobs by ascending id"),
  HttpApiEndpoint.get("job", "/jobs/:id", {
    params,
    success: Job,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "A job with its state and result"),
  HttpApiEndpoint.post("retryJob", "/jobs/:id/retry", {
    params,
    success: Job,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Gives a dead job a new life, under a new id"),
);
