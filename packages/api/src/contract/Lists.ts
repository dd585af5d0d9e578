import { Entry, EntryChange, NewEntry } from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { ifMatch } from "./Fields.ts";
import { problems } from "./Problem.ts";

const params = { key: Schema.String };

const listOf = <const Name extends string>(name: Name, one: string) =>
  HttpApiGroup.make(name).add(
    HttpApiEndpoint.post("create", `/${name}`, {
      payload: NewEntry,
      success: Entry.pipe(HttpApiSchema.status(201)),
      error: problems(400, 413, 415, 422),
    }).annotate(OpenApi.Summary, `Adds a ${one}; its key is made from the name unless given`),
    HttpApiEndpoint.get("list", `/${name}`, {
      query: { removed: Schema.optionalKey(Schema.Boolean) },
      success: Schema.Array(Entry),
      error: problems(422),
    }).annotate(OpenApi.Summary, "The list by rank, removed entries only where asked for"),
    HttpApiEndpoint.patch("update", `/${name}/:key`, {
      params,
      headers: ifMatch,
      payload: EntryChange,
      success: Entry,
      error: problems(400, 404, 412, 413, 415, 422),
    }).annotate(OpenApi.Summary, `Changes a ${one}`),
    HttpApiEndpoint.delete("remove", `/${name}/:key`, {
      params,
      success: HttpApiSchema.NoContent,
      error: problems(404, 422),
    }).annotate(OpenApi.Summary, `Removes a ${one}: tickets that have it keep it, no other ticket can take it`),
  );

export const Queues = listOf("queues", "queue");
export const Categories = listOf("categories", "category");
export const Priorities = listOf("priorities", "priority");
