import { NewUser, User, UserChange, UserListQuery } from "@deskwright/core/effect";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { Actor } from "./Data.ts";
import { ifMatch, params } from "./Fields.ts";
import { problems } from "./Problem.ts";

export const Users = HttpApiGroup.make("users").add(
  HttpApiEndpoint.get("me", "/me", {
    success: Actor,
    error: problems(),
  }).annotate(OpenApi.Summary, "Who is asking"),
  HttpApiEndpoint.post("create", "/users", {
    payload: NewUser,
    success: User.pipe(HttpApiSchema.status(201)),
    error: problems(400, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Adds a user"),
  HttpApiEndpoint.get("list", "/users", {
    query: UserListQuery,
    success: Schema.Array(User),
    error: problems(422),
  }).annotate(OpenApi.Summary, "Users by ascending id"),
  HttpApiEndpoint.get("find", "/users/find", {
    query: { email: Schema.optionalKey(Schema.String), externalId: Schema.optionalKey(Schema.String) },
    success: User,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "The user with this address, or with this id of the host's"),
  HttpApiEndpoint.get("get", "/users/:id", {
    params,
    success: User,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "A user"),
  HttpApiEndpoint.patch("update", "/users/:id", {
    params,
    headers: ifMatch,
    payload: UserChange,
    success: User,
    error: problems(400, 404, 412, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Changes a user"),
  HttpApiEndpoint.put("setPassword", "/users/:id/password", {
    params,
    payload: Schema.Struct({ password: Schema.String }).annotate({ identifier: "Password" }),
    success: HttpApiSchema.NoContent,
    error: problems(400, 404, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Sets a user's password, for helpdesks whose users log in here"),
);
