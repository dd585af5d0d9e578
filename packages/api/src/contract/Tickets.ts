import { Message, MessageListQuery, Ticket, TicketChange, TicketListQuery, TicketPage } from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import * as Struct from "effect/Struct";
import { Event, NewMessage, NewTicket } from "./Data.ts";
import { ifMatch, once, params } from "./Fields.ts";
import { problems } from "./Problem.ts";
import { createdWithin } from "./When.ts";

const said = {
  params,
  headers: once,
  payload: NewMessage,
  success: Message.pipe(HttpApiSchema.status(201)),
  error: problems(400, 404, 409, 413, 415, 422),
};

export const Tickets = HttpApiGroup.make("tickets").add(
  HttpApiEndpoint.post("open", "/tickets", {
    headers: once,
    payload: NewTicket,
    success: Ticket.pipe(HttpApiSchema.status(201)),
    error: problems(400, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Opens a ticket with its first message"),
  HttpApiEndpoint.get("list", "/tickets", {
    query: TicketListQuery.mapFields(Struct.assign(createdWithin)),
    success: TicketPage,
    error: problems(422),
  }).annotate(OpenApi.Summary, "A page of the tickets that the actor may see"),
  HttpApiEndpoint.get("get", "/tickets/:id", {
    params,
    success: Ticket,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "A ticket"),
  HttpApiEndpoint.patch("update", "/tickets/:id", {
    params,
    headers: ifMatch,
    payload: TicketChange,
    success: Ticket,
    error: problems(400, 404, 409, 412, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Changes a ticket: all that is asked, or nothing"),
  HttpApiEndpoint.delete("remove", "/tickets/:id", {
    params,
    success: HttpApiSchema.NoContent,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Takes a ticket out of every list and answer"),
  HttpApiEndpoint.post("merge", "/tickets/:id/merge", {
    params,
    payload: Schema.Struct({ into: Schema.Int }),
    success: Ticket,
    error: problems(400, 404, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Lets a ticket go on in another one"),
  HttpApiEndpoint.post("markRead", "/tickets/:id/read", {
    params,
    success: Ticket,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "Marks what the other side sent as read"),
  HttpApiEndpoint.get("history", "/tickets/:id/history", {
    params,
    query: { after: Schema.optionalKey(Schema.Int) },
    success: Schema.Array(Event),
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "What happened to a ticket, oldest first, at most 1,000 events after a position"),
  HttpApiEndpoint.get("messages", "/tickets/:id/messages", {
    params,
    query: MessageListQuery,
    success: Schema.Array(Message),
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "What was said on a ticket, oldest first"),
  HttpApiEndpoint.post("reply", "/tickets/:id/messages", said).annotate(
    OpenApi.Summary,
    "Says something in public; the answer's `ticketId` is another one where a closed ticket is not opened again",
  ),
  HttpApiEndpoint.post("note", "/tickets/:id/notes", said).annotate(
    OpenApi.Summary,
    "Writes an internal note, which customers never see",
  ),
);
