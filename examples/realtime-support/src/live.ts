import type { IncomingMessage, Server } from "node:http";
import { type Helpdesk, NotFound } from "@deskwright/core";
import { bearerToken } from "@deskwright/express/login";
import { attachLive } from "@deskwright/websocket";
import { answersOf } from "./answers.ts";
import { actorOf, type Caller, demandAdmin } from "./caller.ts";

const ticketPath = /^\/api\/v1\/support\/ws\/ticket\/(?<ticket>[1-9]\d{0,14})\/?$/;
const adminPath = /^\/api\/v1\/support\/ws\/(?<admin>admin)\/?$/;

/** The WebSockets: one path for each ticket, where its messages are heard, and one for admins and new tickets. */
export const attachSockets = (
  server: Server,
  desk: Helpdesk,
  readCaller: (token: string | null) => Promise<Caller>,
) => {
  const toAdmins = answersOf(desk, true);
  const callers = new WeakMap<IncomingMessage, Caller>();

  return attachLive(server, desk, {
    // Every path is taken, so that one that leads nowhere is refused in words, too.
    path: (pathname) => ({ ...(pathname.match(ticketPath) ?? pathname.match(adminPath))?.groups }),

    actor: async (request: IncomingMessage, { ticket, admin }) => {
      const caller = await readCaller(bearerToken(request, { query: "token" }));
      callers.set(request, caller);
      if (ticket === undefined && admin === undefined) throw new NotFound({ kind: "page", id: request.url ?? "" });
      if (admin !== undefined) demandAdmin(caller);
      return actorOf(caller);
    },

    subscribe: ({ ticket }) => (ticket === undefined ? [{ inbox: true }] : [{ ticketId: Number(ticket) }]),

    protocol: {
      hello: ({ request, params: { ticket } }) => {
        const caller = callers.get(request);
        if (ticket === undefined || caller === undefined) return [];
        const user = { user_id: caller.id, is_admin: caller.isAdmin };
        return [JSON.stringify({ type: "connection", status: "connected", ticket_id: Number(ticket), ...user })];
      },

      receive: (text) => (text === "ping" || text === '"ping"' ? { type: "ping" } : null),

      send: ({ type }) => (type === "pong" ? JSON.stringify({ type }) : null),

      event: async ({ event, message, ticket }) => {
        if (event.type === "TicketOpened" && ticket !== undefined)
          return JSON.stringify({ type: "new_ticket", ticket: await toAdmins.ticket(ticket) });
        if ((event.type === "MessageReceived" || event.type === "ReplyAdded") && message !== undefined)
          return JSON.stringify({ type: "new_message", message: await toAdmins.message(message) });
        return null;
      },

      // Admins hear of everything, and are told of new tickets alone.
      wants: (frame, { params }) =>
        frame.type !== "event" || (params["ticket"] === undefined) === (frame.event.type === "TicketOpened"),
    },
  });
};
