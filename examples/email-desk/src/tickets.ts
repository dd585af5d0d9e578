import { type Desk, type Helpdesk, InvalidTransition, type Message, type Ticket } from "@deskwright/core";
import { type Request, Router } from "express";
import { bodyOf, idFrom, numberFrom, oneOf, refusal } from "./input.ts";
import { statusNames } from "./policies.ts";
import { messageBody, ticketBody } from "./wire.ts";

const sorts = { created_at: "createdAt", "-created_at": "-createdAt" } as const;

/** Tickets, and what is said on them. */
export const tickets = (desk: Helpdesk): Router => {
  const router = Router();

  const shown = async (ticket: Ticket) => ticketBody(ticket, await messagesOf(desk, ticket.id));

  /** An operator as they may use the helpdesk. */
  const operatorOf = async (given: unknown): Promise<Desk> => {
    const id = idFrom("operator_id", given);
    const [user] = await desk.users.list({ ids: [id] });
    if (user === undefined || user.role === "customer") throw refusal("operator_id", `User ${id} is no operator`);
    return desk.as({ role: "agent", user: id });
  };

  const customerOf = (given: unknown): Desk => desk.as({ role: "customer", user: idFrom("user_id", given) });

  /** Nothing of a closed ticket changes, not even to what it is. */
  const demandUnclosed = async (id: number, to: string) => {
    const { status: from } = await desk.tickets.get(id);
    if (from === "closed") throw new InvalidTransition({ ticketId: id, from, to, allowed: [], missing: [] });
  };

  const move = async (id: number, to: string) => {
    await demandUnclosed(id, to);
    return shown(await desk.tickets.setStatus(id, to));
  };

  router.post("/tickets", async (req, res) => {
    const { subject, message, user_id } = bodyOf<"subject" | "message" | "user_id">(req);
    const user = customerOf(user_id);
    res.status(201).json(await shown(await user.tickets.open({ subject, text: message, channel: "email" })));
  });

  router.get("/tickets", async (req, res) => {
    const { status, sort = "-created_at", skip = "0", limit = "100" } = req.query;
    const { items } = await desk.tickets.list({
      ...(status !== undefined && { status: oneOf("status", status, statusNames) }),
      sort: sorts[oneOf("sort", sort, ["created_at", "-created_at"])],
      offset: numberFrom(skip) as number,
      limit: numberFrom(limit) as number,
    });
    res.json(await Promise.all(items.map(shown)));
  });

  router.patch("/tickets/:ticket_id", async (req, res) => {
    const { status } = bodyOf<"status">(req);
    res.json(await move(ticketIdOf(req), oneOf("status", status, statusNames)));
  });

  router.patch("/tickets/:ticket_id/assign", async (req, res) => {
    const id = ticketIdOf(req);
    await demandUnclosed(id, "in_progress");
    const operator = await operatorOf(bodyOf<"operator_id">(req).operator_id);
    const { user: assignee } = await operator.actor();
    res.json(await shown(await operator.tickets.update(id, { assignee, status: "in_progress" })));
  });

  router.post("/tickets/:ticket_id/reply", async (req, res) => {
    const id = ticketIdOf(req);
    const { operator_id, message } = bodyOf<"operator_id" | "message">(req);
    await desk.tickets.get(id);
    const operator = await operatorOf(operator_id);
    res.status(201).json(messageBody(await operator.messages.reply(id, { text: message })));
  });

  router.patch("/tickets/:ticket_id/close", async (req, res) => {
    res.json(await move(ticketIdOf(req), "closed"));
  });

  router.post("/messages", async (req, res) => {
    const { user_id, ticket_id, message } = bodyOf<"user_id" | "ticket_id" | "message">(req);
    const said = { text: message, channel: "email" };
    const answer = await customerOf(user_id).messages.reply(idFrom("ticket_id", ticket_id), said);
    res.status(201).json(messageBody(answer));
  });

  return router;
};

const ticketIdOf = (req: Request) => idFrom("ticket_id", req.params["ticket_id"]);

const pageSize = 1000;

/** All that was said on a ticket, oldest first. */
const messagesOf = async (desk: Desk, ticketId: number): Promise<ReadonlyArray<Message>> => {
  const messages: Array<Message> = [];
  for (let page: ReadonlyArray<Message>, after = 0; ; after = page.at(-1)?.id ?? 0) {
    page = await desk.messages.list(ticketId, { after, limit: pageSize, notes: false });
    messages.push(...page);
    if (page.length < pageSize) return messages;
  }
};
