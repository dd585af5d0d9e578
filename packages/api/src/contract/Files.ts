import * as Multipart from "effect/http/Multipart";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import * as Struct from "effect/Struct";
import { File } from "./Data.ts";
import { params } from "./Fields.ts";
import { problems } from "./Problem.ts";

export const Files = HttpApiGroup.make("files").add(
  HttpApiEndpoint.get("get", "/files/:id", {
    params,
    success: File,
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "A file's name, size and hash"),
);

/** Bytes on their way in and out: described here, moved by what mounts the API. */
export const Bytes = HttpApiGroup.make("bytes").add(
  HttpApiEndpoint.post("upload", "/files", {
    payload: Schema.Struct({ files: Multipart.FilesSchema }).pipe(HttpApiSchema.asMultipart()),
    success: Schema.Array(File).pipe(HttpApiSchema.status(201)),
    error: problems(400, 413, 415, 422),
  }).annotate(OpenApi.Summary, "Stores files, to be named in a message's `files` within a day"),
  HttpApiEndpoint.get("raw", "/inbound/:id/raw", {
    params,
    success: HttpApiSchema.StreamUint8Array(),
    error: problems(404, 422),
  }).annotate(OpenApi.Summary, "The bytes of what came in by a channel, as they came"),
  HttpApiEndpoint.get("download", "/files/:id/content", {
    params,
    headers: Struct.map(
      { range: Schema.String, "if-range": Schema.String, "if-none-match": Schema.String },
      Schema.optionalKey,
    ),
    success: HttpApiSchema.StreamUint8Array(),
    error: problems(404, 416, 422),
  })
    .annotate(OpenApi.Summary, "A file's bytes, or one range of them")
    .annotate(OpenApi.Transform, (operation) => ({
      ...operation,
      responses: {
        ...operation["responses"],
        206: { ...operation["responses"][200], description: "The range" },
        304: { description: "The content that `If-None-Match` names" },
      },
    })),
);
