import { InvalidInput } from "@deskwright/core";
import * as Schema from "effect/Schema";
import * as SchemaIssue from "effect/SchemaIssue";
import { type ClientFrame, clientFrames, inboxFrames } from "./ClientFrame.ts";

const decoderOf = (schema: Schema.ConstraintDecoder<ClientFrame>) =>
  Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" });

const decodersOf = (schemas: Readonly<Record<string, Schema.ConstraintDecoder<ClientFrame>>>) =>
  new Map(Object.entries(schemas).map(([type, schema]) => [type, decoderOf(schema)]));

const decoders = decodersOf(clientFrames);
const inboxDecoders = decodersOf(inboxFrames);

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "Needed, and not given";
    if (issue._tag === "UnexpectedKey") return "There is no such field";
    return SchemaIssue.defaultLeafHook(issue);
  },
});

/** A client's frame out of parsed JSON; throws `InvalidInput` that names each field. */
export const readFrame = (input: unknown): ClientFrame => {
  if (typeof input !== "object" || input === null) throw refusal([], "Expected a JSON object");
  const type = "type" in input ? input.type : undefined;
  const known = "inbox" in input ? inboxDecoders : decoders;
  const decode = known.get(String(type));
  if (decode === undefined) throw refusal(["type"], `Expected one of ${[...known.keys()].join(", ")}`);
  const result = decode(input);
  if (result._tag === "Success") return result.success;
  throw new InvalidInput({
    issues: format(result.failure.issue).issues.map(({ path = [], message }) => ({
      path: path.map((key) => (typeof key === "number" ? key : String(key))),
      message,
    })),
  });
};

const refusal = (path: ReadonlyArray<string>, message: string) => new InvalidInput({ issues: [{ path, message }] });
