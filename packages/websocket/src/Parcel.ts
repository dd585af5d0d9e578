import { StorageError } from "@deskwright/core";
import * as Effect from "effect/Effect";
import type { LiveProtocol } from "./LiveProtocol.ts";
import type { EventFrame, ServerFrame } from "./ServerFrame.ts";
import { textFrame } from "./textFrame.ts";

/** A frame with the bytes it is sent as, made once for all who hear it; null where the protocol sends nothing. */
export interface Parcel {
  readonly frame: ServerFrame;
  readonly bytes: Buffer | null;
}

export const parcelOf = (frame: ServerFrame, text: string | null): Parcel => ({
  frame,
  bytes: text === null ? null : textFrame(text),
});

/** A protocol that throws loses this one frame and nothing else. */
export const textOf = (protocol: LiveProtocol, frame: ServerFrame): string | null => {
  try {
    return protocol.send(frame);
  } catch (error) {
    report(`A live protocol could not put a frame of type ${frame.type} in words`, error);
    return null;
  }
};

/** As `textOf`, for an event; rejects while the storage is away. */
export const eventTextOf = async (protocol: LiveProtocol, frame: EventFrame): Promise<string | null> => {
  if (protocol.event === undefined) return textOf(protocol, frame);
  try {
    return await protocol.event(frame);
  } catch (error) {
    if (isOutage(error)) throw error;
    report(`A live protocol could not put event ${frame.event.position} in words`, error);
    return null;
  }
};

/** Whether the same call may go through later. */
export const isOutage = (error: unknown): boolean => error instanceof StorageError && error.retryable;

/** Tells the operator what no client can be told. */
export const report = (what: string, error: unknown): void => {
  Effect.runFork(Effect.logError(what, error));
};
