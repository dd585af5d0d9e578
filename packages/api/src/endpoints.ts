import { type Desk, InvalidInput } from "@deskwright/core";
import { readerOf } from "@deskwright/core/effect";
import * as HttpApi from "effect/http-api/HttpApi";
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { Api } from "./Api.ts";
import type { Endpoint, Request } from "./Endpoint.ts";
import { handlers } from "./handlers.ts";

/** One part of a request, and how it is read. */
interface Slot {
  readonly name: string;
  readonly read: (request: Request) => Result.Result<unknown, InvalidInput>;
}

const slot = (
  name: string,
  schema: Schema.Top | undefined,
  pick: (request: Request) => unknown,
): ReadonlyArray<Slot> => {
  if (schema === undefined) return [];
  const read = readerOf(schema as unknown as Schema.Codec<unknown, unknown>);
  return [{ name, read: (request) => read(pick(request)) }];
};

type Fields = Schema.toCodecStringTree<Schema.Struct<Schema.Struct.Fields>>;

/** Takes the fields that a schema knows, where a request has many others, which are none of our business. */
const known = (schema: Schema.Top | undefined): ((from: Readonly<Record<string, unknown>>) => object) => {
  const names = schema === undefined ? [] : Object.keys((schema as unknown as Fields).schema.fields);
  return (from) => Object.fromEntries(names.map((name) => [name, from[name]]));
};

const slotsOf = ({ params, query, headers, payload }: HttpApiEndpoint.Top): ReadonlyArray<Slot> => {
  const [json] = payload.values();
  const [ofPath, ofHeaders] = [known(params), known(headers)];
  return [
    ...slot("params", params, ({ params }) => ofPath(params)),
    // A list of one comes as a plain text.
    ...slot("query", query && Schema.toCodecArrayFromSingle(query), ({ query }) => query),
    ...slot("headers", headers, ({ headers }) => ofHeaders(headers)),
    ...slot("payload", json?.schemas[0], ({ body }) => body),
  ];
};

/** The parts of a request by name; everything that is wrong in any of them is told at once. */
const read = (slots: ReadonlyArray<Slot>, request: Request): Readonly<Record<string, unknown>> => {
  const results = slots.map((slot) => [slot.name, slot.read(request)] as const);
  const issues = results.flatMap(([, result]) => (Result.isFailure(result) ? result.failure.issues : []));
  if (issues.length > 0) throw new InvalidInput({ issues });
  return Object.fromEntries(results.map(([name, result]) => [name, Result.getOrThrow(result)]));
};

const etagOf = (result: unknown): string | null =>
  typeof result === "object" && result !== null && "version" in result ? `"${result.version}"` : null;

type Handle = (input: unknown, desk: Desk) => Promise<unknown>;

const endpointOf = (endpoint: HttpApiEndpoint.Top, handle: Handle, status: number): Endpoint => {
  const slots = slotsOf(endpoint);
  return {
    method: endpoint.method as Endpoint["method"],
    path: endpoint.path,
    hasBody: endpoint.payload.size > 0,
    answer: async (desk, request) => {
      const result = await handle(read(slots, request), desk);
      // What core answers is plain data: as JSON it is what the contract says, which tests hold it to.
      return { status, etag: etagOf(result), body: status === 204 ? null : JSON.stringify(result) };
    },
  };
};

/**
 * The calls of the API, ready to be mounted; those that move bytes are left to what mounts them.
 *
 * @since 0.1.0
 */
export const makeEndpoints = (): ReadonlyArray<Endpoint> => {
  const endpoints: Array<Endpoint> = [];
  const handlersOf: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> = handlers;
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ group, endpoint, successes }) => {
      const handle = handlersOf[group.identifier]?.[endpoint.identifier] as Handle | undefined;
      for (const status of successes.keys())
        if (handle !== undefined) endpoints.push(endpointOf(endpoint, handle, status));
    },
  });
  return endpoints;
};
