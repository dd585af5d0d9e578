// `node fanoutServer.ts ours|limit`: sends as many messages as asked to every socket at /live.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHelpdesk } from "@deskwright/core";
import { attachLive } from "@deskwright/websocket";
import { WebSocketServer } from "ws";

const text = "Step away from the printer, please. ".repeat(5);
const server = createServer();

/** The limit sends the bytes that ours sends, from memory, to every socket in turn. */
const limit = () => {
  const message = { id: 1, ticketId: 1, version: 1, note: false, author: 2, role: "agent", text, html: null };
  const rest = {
    attachments: [],
    channel: "web",
    createdAt: new Date(),
    editedAt: null,
    fullText: null,
    deletedAt: null,
  };
  const head = { position: 100, tenant: "default", version: 1, at: new Date(), actor: { role: "agent", user: 2 } };
  const event = { ...head, type: "ReplyAdded", ticketId: 1, requester: 1, messageId: 1 };
  const frame = Buffer.from(JSON.stringify({ type: "event", event, message: { ...message, ...rest } }));
  const sockets = new WebSocketServer({ server, path: "/live", perMessageDeflate: false });
  return async () => {
    for (const socket of sockets.clients) socket.send(frame, { binary: false });
  };
};

const ours = async () => {
  const desk = await createHelpdesk({ run: { workers: 0 } });
  const customer = { role: "customer", user: { externalId: "c-1" } } as const;
  const ticket = await desk.as(customer).tickets.open({ subject: "Printer on fire", text: "It burns." });
  attachLive(server, desk, {
    path: "/live",
    actor: () => customer,
    subscribe: () => [{ ticketId: ticket.id }],
    presenceMs: 0,
  });
  const agent = desk.as({ role: "agent", user: { externalId: "a-1" } });
  return async () => {
    await agent.messages.reply(ticket.id, { text });
  };
};

const send = process.argv[2] === "ours" ? await ours() : limit();
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", async (message: { readonly send: number } | "stop") => {
  if (message === "stop") process.exit(0);
  const before = process.cpuUsage();
  for (let n = 0; n < message.send; n++) await send();
  // What was written in this turn of the loop leaves before the answer does.
  setImmediate(() => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() / 1e6 });
  });
});
