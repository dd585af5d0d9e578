import type { IncomingMessage } from "node:http";
import type { ActorRef } from "@deskwright/core";
import type { Subscription } from "./ClientFrame.ts";
import type { LiveProtocol } from "./LiveProtocol.ts";

/**
 * What the parameters of a path stand for; null for a path that is not ours.
 *
 * @since 0.1.0
 */
export type PathMatcher = (pathname: string) => Readonly<Record<string, string>> | null;

/**
 * Which upgrades are ours, who asks, and how much a socket may use.
 *
 * @since 0.1.0
 */
export interface LiveOptions {
  /** The path, with parameters as in `/ws/ticket/:id`, or a function. Every other upgrade is left to the host. */
  readonly path: string | PathMatcher;
  /**
   * Who asks. null refuses the handshake with 401, and so does an error `Unauthorized`; `NotFound` with 404,
   * `NotAllowed` with 403, a storage that is away with 503. Asked again at each ping and when the user has changed: an
   * answer that refuses or names somebody else closes the socket with 1008, a failure of any other kind leaves it open.
   */
  readonly actor: (
    request: IncomingMessage,
    params: Readonly<Record<string, string>>,
  ) => ActorRef | null | undefined | Promise<ActorRef | null | undefined>;
  /**
   * What a socket hears from the start, by its path; nothing by default. What its actor may not hear refuses the
   * handshake, with 404 where they may not even know of it; after a login by frame it closes the socket with 1008.
   */
  readonly subscribe?: (
    params: Readonly<Record<string, string>>,
    request: IncomingMessage,
  ) => ReadonlyArray<Subscription>;
  /** Frames of the host's own; ours by default. */
  readonly protocol?: LiveProtocol;
  /** The largest frame a client may send, in bytes; a larger one closes the socket with 1009. 262,144 by default. */
  readonly maxPayload?: number;
  /** How much may wait for one slow reader, in bytes, before what it hears is dropped. 1,048,576 by default. */
  readonly maxBuffered?: number;
  /** Subscriptions of one socket; 100 by default. */
  readonly maxSubscriptions?: number;
  /** Sockets of one actor in this process; one more is refused with 403. No limit by default. */
  readonly maxSocketsPerActor?: number;
  /** How many frames a socket may send: so many at once, and so many a second; others wait. 200 and 50 by default. */
  readonly rate?: { readonly burst: number; readonly perSecond: number };
  /**
   * How often sockets are pinged and their actors asked for again, in milliseconds; one that gave no answer to the last
   * ping is cut. 30,000 by default.
   */
  readonly pingMs?: number;
  /** How long `close` waits for clients to say goodbye before it cuts them, in milliseconds; 5,000 by default. */
  readonly closeMs?: number;
  /**
   * How often it is told again who is on which ticket, in milliseconds: those of a process that died are gone after
   * 2.5 times as long. Nobody is shown with 0; 15,000 by default.
   */
  readonly presenceMs?: number;
}

/** The options that say how much, with their defaults. */
export const limitsOf = ({
  maxPayload = 262_144,
  maxBuffered = 1_048_576,
  maxSubscriptions = 100,
  maxSocketsPerActor = Number.POSITIVE_INFINITY,
  rate = { burst: 200, perSecond: 50 },
  pingMs = 30_000,
  closeMs = 5_000,
  presenceMs = 15_000,
}: LiveOptions) => ({
  maxPayload,
  maxBuffered,
  maxSubscriptions,
  maxSocketsPerActor,
  rate,
  pingMs,
  closeMs,
  presenceMs,
});
