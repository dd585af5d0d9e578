import type { IncomingMessage } from "node:http";
import type { Actor, ActorRef, Desk } from "@deskwright/core";
import type { ClientFrame } from "./ClientFrame.ts";
import type { EventFrame, ServerFrame } from "./ServerFrame.ts";

/**
 * One socket, as a protocol sees it: the same object for as long as it is open.
 *
 * @since 0.1.0
 */
export interface LiveContext {
  /** The request that asked for the socket. */
  readonly request: IncomingMessage;
  /** What the path's parameters stand for. */
  readonly params: Readonly<Record<string, string>>;
  /** Whose socket it is; null until it has logged in. */
  readonly actor: Actor | null;
  /** The helpdesk as that actor. Fails with `NotAllowed` until the socket has logged in. */
  readonly desk: Desk;
  /** What is written from now on has a position above this one. */
  readonly position: number;
  /** The tickets it is subscribed to. */
  readonly tickets: ReadonlySet<number>;
  /** Lets a socket in that came without an actor; then come the option `subscribe` and `hello`. */
  readonly login: (who: ActorRef) => Promise<void>;
  /** Does what our own client would ask for with this frame, and answers through the protocol's `send`. */
  readonly take: (frame: ClientFrame) => Promise<void>;
  /** Sends a text of the host's. */
  readonly send: (text: string) => void;
  /** Closes the socket; nothing more is received or sent. `reason` has at most 123 bytes. */
  readonly close: (code: number, reason: string) => void;
}

/**
 * Frames of a host's own in place of ours. Buffers, pings, limits and resuming stay with the library: a socket that
 * was too slow is caught up by itself where `send` makes nothing of the `resume` frame.
 *
 * @since 0.1.0
 */
export interface LiveProtocol {
  /**
   * Where present, a request without an actor is let in, and its first frames must lead to `context.login`; a socket
   * that has not done so by the deadline is closed with 1008. Whether that login still counts later is the protocol's
   * to watch, and to end with `context.close`: `actor` is asked again only for those whom it let in.
   */
  readonly login?: { readonly deadlineMs: number };
  /** The first texts for a socket whose actor is known, sent before anything that it hears. */
  readonly hello?: (context: LiveContext) => ReadonlyArray<string> | Promise<ReadonlyArray<string>>;
  /**
   * Does what a text from the client asks for, one text after another. An answered frame is taken as if our own
   * client had sent it; whatever is thrown goes to `send` as an `error` frame.
   */
  readonly receive: (
    text: string,
    context: LiveContext,
  ) => ClientFrame | null | undefined | Promise<ClientFrame | null | undefined>;
  /**
   * A frame in the host's words; null to send nothing. Called once for each distinct frame, however many sockets
   * hear it.
   */
  readonly send: (frame: ServerFrame) => string | null;
  /**
   * An event in the host's words where they take a look at something, such as the host's own names of people; null to
   * send nothing. `send` by default. An outage of the storage is waited out.
   */
  readonly event?: (frame: EventFrame) => Promise<string | null>;
  /** Whether this one socket is to be sent a frame that it hears; every frame by default. */
  readonly wants?: (frame: ServerFrame, context: LiveContext) => boolean;
}
