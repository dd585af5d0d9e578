import { Message, MessageEdit } from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import { ChatMessage } from "./Data.ts";
import { ifMatch, once, params } from "./Fields.ts";
import { problems } from "./Problem.ts";

export const Messages = HttpApiGroup.make("messages").add(
  HttpApiEndpoint.get("get", "/messages/:id", {
    params,
    success: Message,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "A message or note"),
  HttpApiEndpoint.patch("edit", "/messages/:id", {
    params,
    headers: ifMatch,
    payload: MessageEdit,
    success: Message,
    error: problems(400, 404, 412, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Puts a message in other words"),
  HttpApiEndpoint.delete("remove", "/messages/:id", {
    params,
    success: HttpApiSchema.NoContent,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Takes back what a message says and carries; a tombstone stays"),
  HttpApiEndpoint.post("receive", "/inbox", {
    headers: once,
    payload: ChatMessage,
    success: Message.pipe(HttpApiSchema.status(201)),
    error: problems(400, 409, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Takes a customer's chat message: it joins the open ticket of its chat or opens one"),
);
