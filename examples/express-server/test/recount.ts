import { defaultStatuses, type Event, type Message, type Ticket, type TicketStats } from "@deskwright/core";
import { type Reference, send } from "./reference.ts";

/** A ticket as the API tells of it in three ways. */
export interface Told {
  readonly ticket: Ticket;
  readonly messages: ReadonlyArray<Message>;
  readonly history: ReadonlyArray<Event>;
}

const get = async (server: Reference, path: string) => {
  const { status, body } = await send(`${server.url}/support${path}`, { token: server.admin });
  if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`);
  return body;
};

/** Everything there is, read page by page. */
export const readAll = async (server: Reference): Promise<ReadonlyArray<Told>> => {
  const told: Array<Told> = [];
  for (let after = ""; ; ) {
    const page = await get(server, `/tickets?sort=id&limit=200${after && `&after=${after}`}`);
    for (const ticket of page.items as ReadonlyArray<Ticket>) {
      const [messages, history] = await Promise.all([
        get(server, `/tickets/${ticket.id}/messages?limit=1000`),
        get(server, `/tickets/${ticket.id}/history`),
      ]);
      told.push({ ticket, messages, history });
    }
    if (page.next === null) return told;
    after = page.next;
  }
};

/** The log as it is read by position, from its beginning. */
export const readLog = async (server: Reference): Promise<ReadonlyArray<Event>> => {
  const log: Array<Event> = [];
  for (let after = 0; ; ) {
    const { events, position } = await get(server, `/events?after=${after}&limit=500`);
    log.push(...events);
    if (position === after) return log;
    after = position;
  }
};

export const readStats = (server: Reference): Promise<TicketStats> => get(server, "/stats");

/** The statistics, counted from the tickets. */
export const recountedStats = (all: ReadonlyArray<Told>) => {
  const open = all.filter(({ ticket }) => !["resolved", "closed"].includes(ticket.status));
  const byStatus = Object.keys(defaultStatuses.statuses).map((status) => [
    status,
    all.filter(({ ticket }) => ticket.status === status).length,
  ]);
  const assignees = [...new Set(open.flatMap(({ ticket }) => ticket.assignee ?? []))].sort((a, b) => a - b);
  return {
    total: all.length,
    byStatus: Object.fromEntries(byStatus),
    unassigned: open.filter(({ ticket }) => ticket.assignee === null).length,
    openByAssignee: assignees.map((assignee) => ({
      assignee,
      count: open.filter(({ ticket }) => ticket.assignee === assignee).length,
    })),
  };
};

/** What a ticket's history says that it must be now: status, assignee, priority, what is unread, its messages. */
export const replayed = (history: ReadonlyArray<Event>) => {
  const sent = { customer: 0, agents: 0 };
  const read = { customer: 0, agents: 0 };
  const messages: Array<number> = [];
  const illegal: Array<string> = [];
  let [status, assignee, priority]: [string, number | null, string] = ["open", null, "normal"];
  const say = (side: "customer" | "agents", id: number | null) => {
    sent[side]++;
    read[side] = sent[side === "customer" ? "agents" : "customer"];
    if (id !== null) messages.push(id);
  };
  for (const event of history)
    switch (event.type) {
      case "TicketOpened":
      case "MessageReceived":
        say("customer", event.messageId);
        break;
      case "ReplyAdded":
        say("agents", event.messageId);
        break;
      case "TicketRead":
        read[event.side] = sent[event.side === "customer" ? "agents" : "customer"];
        break;
      case "StatusChanged": {
        const moves = defaultStatuses.statuses[status]?.moves ?? [];
        if (event.from !== status || !moves.includes(event.to)) illegal.push(`${event.from} to ${event.to}`);
        status = event.to;
        break;
      }
      case "TicketAssigned":
        assignee = event.to;
        break;
      case "PriorityChanged":
        priority = event.to;
        break;
    }
  const unread = { customer: sent.agents - read.customer, agents: sent.customer - read.agents };
  return { status, assignee, priority, unread, messages, illegal };
};
