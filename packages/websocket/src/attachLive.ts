import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Event, type Helpdesk, StorageError } from "@deskwright/core";
import { WebSocketServer } from "ws";
import { claimUpgrades } from "./claimUpgrades.ts";
import { Door } from "./Door.ts";
import { Hub } from "./Hub.ts";
import { type LiveOptions, limitsOf } from "./LiveOptions.ts";
import { ownProtocol } from "./ownProtocol.ts";
import { report } from "./Parcel.ts";
import { Presence } from "./Presence.ts";
import { matcherOf, pathnameOf } from "./path.ts";
import { makeRechecks } from "./recheck.ts";
import { refuse, statusOf, Unauthorized } from "./refusal.ts";
import { Session } from "./Session.ts";

/**
 * The sockets of one helpdesk on one server.
 *
 * @since 0.1.0
 */
export interface Live {
  /** Takes no more sockets and closes those there are with 1001; cuts whoever does not say goodbye in time. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a helpdesk's live feed and chat to WebSocket clients on the host's own server. Upgrades of other paths are
 * left to the host. Ends with the helpdesk, or when it is closed.
 *
 * @since 0.1.0
 * @example
 * const live = attachLive(server, desk, { path: "/support/live", actor: (request) => personOf(request) })
 */
export const attachLive = (server: Server, desk: Helpdesk, options: LiveOptions): Live => {
  const limits = limitsOf(options);
  const protocol = options.protocol ?? ownProtocol;
  const match = matcherOf(options.path);
  const presence = new Presence(limits.presenceMs, (signal) => hub.signal(signal));
  const onEvent = (event: Event) => {
    // The user may have been made inactive, or something else: whoever they are by now is asked at once.
    if (event.type !== "UserChanged") return;
    for (const session of sessions)
      if (session.actor?.user === event.userId && session.actor.tenant === event.tenant) void session.check();
  };
  const hub = new Hub(desk, protocol, onEvent, async (signal) => presence.hear(signal));
  const door = new Door(desk, options.subscribe, limits.maxSocketsPerActor);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.maxPayload,
    perMessageDeflate: false,
  });
  const sessions = new Set<Session>();
  const recheck = makeRechecks();
  let closing: Promise<void> | null = null;

  const whoAsks = async (request: IncomingMessage, params: Params) => (await options.actor(request, params)) ?? null;

  const admit = async (request: IncomingMessage, params: Params) => {
    await hub.ready;
    const who = await whoAsks(request, params);
    if (who === null && protocol.login === undefined) throw new Unauthorized();
    return who === null ? null : await door.admit(who, params, request);
  };

  const ask = async (request: IncomingMessage, params: Params) => {
    const who = await whoAsks(request, params);
    return who && door.whoIs(who);
  };

  const serve = async (request: IncomingMessage, socket: Duplex, head: Buffer, params: Params) => {
    try {
      const guest = await admit(request, params);
      if (closing !== null) throw new StorageError({ reason: "the server goes away", retryable: true });
      let opened = false;
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        opened = true;
        const session = new Session({ hub, presence, door, protocol, limits, ask }, webSocket, socket, request, params);
        sessions.add(session);
        webSocket.once("close", () => sessions.delete(session));
        void session.open(guest);
      });
      if (!opened) guest?.leave();
    } catch (error) {
      if (statusOf(error) >= 500) report("A handshake was refused", error);
      refuse(socket, error);
    }
  };

  const pings = setInterval(() => {
    for (const session of sessions) session.ping();
    recheck(sessions);
  }, limits.pingMs).unref();

  const end = async () => {
    release();
    clearInterval(pings);
    const goodbyes = Promise.allSettled([...sessions].map((session) => session.end()));
    await Promise.race([goodbyes, sleep(limits.closeMs, undefined, { ref: false })]);
    for (const session of sessions) session.terminate();
    presence.stop();
    hub.stop();
  };
  const close = () => {
    closing ??= end();
    return closing;
  };

  const release = claimUpgrades(server, (request) => {
    const params = match(pathnameOf(request.url ?? ""));
    return params && ((_, socket, head) => void serve(request, socket, head, params));
  });
  void hub.ended.then(close);
  return { close };
};

type Params = Readonly<Record<string, string>>;
