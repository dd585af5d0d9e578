import type { Actor, Event, LiveState, Message, Role, Ticket } from "@deskwright/core";
import type { Ref, Target } from "./ClientFrame.ts";

/** Somebody on a ticket. */
export interface Person {
  readonly role: Role;
  readonly user: number | null;
}

/** An error as clients are told it, in the words of the HTTP API's problems: never its cause. */
export interface FrameError {
  /** `NotFound`, `InvalidInput`, `NotAllowed` and so on; `InternalError` for what the client can do nothing about. */
  readonly code: string;
  /** What is wrong, in a sentence for people. */
  readonly detail: string;
  /** Of `InvalidInput`: each field that is not usable. */
  readonly errors?: ReadonlyArray<{ readonly path: ReadonlyArray<string | number>; readonly message: string }>;
  /** Of `RateLimited`: when to try again. */
  readonly retryAfterMs?: number;
  /** Of `StorageError`: whether the same frame may go through later. */
  readonly retryable?: boolean;
}

interface Answer {
  /** The `ref` of the frame that is answered, where it had one. */
  readonly ref?: Ref;
}

/** The first frame: what is written from now on has a position above this one. */
export interface HelloFrame {
  readonly type: "hello";
  readonly position: number;
  readonly actor: Actor;
}

/** The subscription holds; events after `position` follow. */
export type SubscribedFrame = {
  readonly type: "subscribed";
  readonly position: number;
  /** Who is on the ticket now, the actor's own sockets included. */
  readonly present?: ReadonlyArray<Person>;
} & Target &
  Answer;

export type UnsubscribedFrame = { readonly type: "unsubscribed" } & Target & Answer;

/** Something happened; each event comes once per socket and in the order of positions of its ticket. */
export interface EventFrame {
  readonly type: "event";
  readonly event: Event;
  /** The message that the event is about, as it reads now. */
  readonly message?: Message;
  /** The ticket that was opened or changed, as it is now and as the actor may see it. Not with events of messages. */
  readonly ticket?: Ticket;
}

/** Somebody on a ticket types, came or went. Told once, never replayed. */
export interface LiveFrame extends Person {
  readonly type: "live";
  readonly ticketId: number;
  readonly state: LiveState;
}

/** Done; `message` is the one that was sent. */
export interface AckFrame extends Answer {
  readonly type: "ack";
  readonly message?: Message;
}

export interface PongFrame extends Answer {
  readonly type: "pong";
}

/** A refused frame; or, with a target, a subscription that has ended because its actor may not hear it any more. */
export type ErrorFrame = { readonly type: "error"; readonly error: FrameError } & Partial<Target> & Answer;

/** A subscription that has ended because the client read too slowly: subscribe again with this `after`. */
export type ResumeFrame = { readonly type: "resume"; readonly after: number } & Target;

/** Everything that a client may be sent. */
export type ServerFrame =
  | HelloFrame
  | SubscribedFrame
  | UnsubscribedFrame
  | EventFrame
  | LiveFrame
  | AckFrame
  | PongFrame
  | ErrorFrame
  | ResumeFrame;
