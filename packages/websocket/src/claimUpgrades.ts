import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { NoUpgrade, refuse } from "./refusal.ts";

/** Serves a request for a socket. */
type Serve = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What serves a request for a socket; null for one that is not ours. */
type Claim = (request: IncomingMessage) => Serve | null;

/** Since 24.9 Node asks which requests are to be upgraded; its types know that as an option alone. */
type Asking = Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean };

interface Claims {
  readonly all: Set<Claim>;
  readonly end: () => void;
}

const claimsOf = new WeakMap<Server, Claims>();

/**
 * Takes the requests for sockets that a claim is for, and leaves all others to the host's own handlers. Where there are
 * none, the others are served as any request is, or answered 404 where Node can't do that. Answers how to let go.
 */
export const claimUpgrades = (server: Server, claim: Claim): (() => void) => {
  const { all, end } = claimsOf.get(server) ?? begin(server);
  all.add(claim);
  return () => {
    if (all.delete(claim) && all.size === 0) end();
  };
};

/** One handler for all claims on a server, so that it is known when nobody else handles upgrades. */
const begin = (server: Asking): Claims => {
  const all = new Set<Claim>();
  const servedBy = (request: IncomingMessage): Serve | null => {
    for (const claim of all) {
      const serve = claim(request);
      if (serve !== null) return serve;
    }
    return null;
  };
  const areAlone = () => all.size > 0 && server.listenerCount("upgrade") === 1;

  const onUpgrade: Serve = (request, socket, head) => {
    // First of all: a connection that breaks off while nobody looks after it would end the process.
    socket.on("error", () => socket.destroy());
    const serve = servedBy(request);
    if (serve !== null) serve(request, socket, head);
    else if (areAlone()) refuse(socket, new NoUpgrade());
  };
  const before = server.shouldUpgradeCallback;
  const shouldUpgrade = (request: IncomingMessage): boolean =>
    servedBy(request) !== null || (!areAlone() && before?.call(server, request) !== false);

  server.on("upgrade", onUpgrade);
  if (before !== undefined) server.shouldUpgradeCallback = shouldUpgrade;
  const end = () => {
    server.off("upgrade", onUpgrade);
    // One that the host has put around ours since goes on asking it.
    if (before !== undefined && server.shouldUpgradeCallback === shouldUpgrade) server.shouldUpgradeCallback = before;
    claimsOf.delete(server);
  };
  const claims = { all, end };
  claimsOf.set(server, claims);
  return claims;
};
