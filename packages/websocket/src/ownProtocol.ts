import type { Ref } from "./ClientFrame.ts";
import type { LiveProtocol } from "./LiveProtocol.ts";
import { readFrame } from "./readFrame.ts";
import { frameErrorOf } from "./refusal.ts";
import type { ServerFrame } from "./ServerFrame.ts";

/** Our own frames, as JSON. */
export const ownProtocol: LiveProtocol = {
  hello: ({ position, actor }) => (actor === null ? [] : [encode({ type: "hello", position, actor })]),
  receive: (text, context) => {
    const input = parsed(text);
    try {
      return readFrame(input);
    } catch (error) {
      context.send(encode({ type: "error", error: frameErrorOf(error), ...refOf(input) }));
      return null;
    }
  },
  send: (frame) => encode(frame),
};

const encode = (frame: ServerFrame): string => JSON.stringify(frame);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The `ref` of a frame that is otherwise not understood, so that its sender learns which one it was. */
const refOf = (input: unknown): { readonly ref?: Ref } => {
  if (typeof input !== "object" || input === null || !("ref" in input)) return {};
  const { ref } = input;
  return typeof ref === "string" || typeof ref === "number" ? { ref } : {};
};
