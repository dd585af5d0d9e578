import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ActorRef, type CreateHelpdeskOptions, createHelpdesk, type Helpdesk } from "@deskwright/core";
import { onTestFinished } from "vitest";
import { attachLive, type Live, type LiveOptions } from "../src/index.ts";

/** A helpdesk behind a server with sockets. */
export interface Office {
  readonly desk: Helpdesk;
  readonly server: Server;
  readonly live: Live;
  /** The address of the sockets for somebody: `customer:ann`, `agent:bob`, with a tenant behind a second colon. */
  readonly url: (who: string, path?: string) => string;
}

/** Whoever the query says. */
const actorOf = (request: IncomingMessage): ActorRef | null => {
  const as = new URL(request.url ?? "", "http://localhost").searchParams.get("as");
  return as === null ? null : personOf(as);
};

export const personOf = (name: string): ActorRef => {
  const [role, externalId, tenant] = name.split(":") as [ActorRef["role"], string, string?];
  return { role, user: { externalId }, ...(tenant !== undefined && { tenant }) };
};

/** Opens an office that closes with the test. */
export const openOffice = async (
  options: Partial<LiveOptions> = {},
  helpdesk: CreateHelpdeskOptions = {},
): Promise<Office> => {
  const desk = await createHelpdesk(helpdesk);
  const server = createServer((_, response) => response.writeHead(404).end());
  const live = attachLive(server, desk, { path: "/live", actor: actorOf, ...options });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    await live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await desk.close();
  });
  return { desk, server, live, url: (who, path = "/live") => `ws://127.0.0.1:${port}${path}?as=${who}` };
};
