import {
  Balance,
  Delivery,
  DeliveryListQuery,
  DeliveryPage,
  HealthReport,
  Inbound,
  InboundListQuery,
} from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { params } from "./Fields.ts";
import { problems } from "./Problem.ts";

/** What comes in and goes out by channels. */
export const Traffic = HttpApiGroup.make("traffic").add(
  HttpApiEndpoint.get("health", "/health", {
    success: HealthReport,
    error: problems(),
  }).annotate(OpenApi.Summary, "How the parts that work by themselves are doing"),
  HttpApiEndpoint.get("balance", "/inbound/balance", {
    success: Balance,
    error: problems(),
  }).annotate(OpenApi.Summary, "Where everything went that ever came in by a channel"),
  HttpApiEndpoint.get("inbound", "/inbound", {
    query: InboundListQuery,
    success: Schema.Array(Inbound),
    error: problems(422),
  }).annotate(OpenApi.Summary, "What came in by channels, oldest first"),
  HttpApiEndpoint.get("inboundItem", "/inbound/:id", {
    params,
    success: Inbound,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "One of them, and what became of it"),
  HttpApiEndpoint.post("replay", "/inbound/:id/replay", {
    params,
    success: Inbound,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Understands a quarantined item anew, under a new id"),
  HttpApiEndpoint.get("deliveries", "/deliveries", {
    query: DeliveryListQuery,
    success: DeliveryPage,
    error: problems(422),
  }).annotate(OpenApi.Summary, "What goes out by channels, by its state"),
  HttpApiEndpoint.get("delivery", "/deliveries/:id", {
    params,
    success: Delivery,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "One of them, and how it fared"),
  HttpApiEndpoint.post("retryDelivery", "/deliveries/:id/retry", {
    params,
    success: Delivery,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Sends one again that failed or may not have arrived"),
);
