import { type Desk, type Helpdesk, type Message, NotFound, type Ticket, type User } from "@deskwright/core";
import { Router } from "express";
import { callerOf, findUser } from "./caller.ts";
import { bodyOf, idOf, invalid, oneOf, Refusal } from "./input.ts";
import { statusNames } from "./policies.ts";
import { messageBody, type Named, sendData, ticketBody } from "./wire.ts";
import { words } from "./words.ts";

const sorts = { created_at_asc: "createdAt", created_at_desc: "-createdAt" } as const;

/** Tickets, and what is said on them. */
export const tickets = (desk: Helpdesk): Router => {
  const router = Router();

  /** A ticket, or a refusal in the words that a call has for one that is not there. */
  const find = async (id: number, status: number, detail: string): Promise<Ticket> => {
    try {
      return await desk.tickets.get(id);
    } catch (error) {
      throw error instanceof NotFound ? new Refusal(status, detail) : error;
    }
  };

  const demandUser = async (given: unknown) => {
    if (!Number.isSafeInteger(given)) throw invalid("operator_id", "Expected a user's number, or null for nobody");
    if (!(await findUser(desk, given as number))) throw new Refusal(400, words.noUser(given as number));
  };

  const named = async (ids: ReadonlyArray<number | null>): Promise<Named> => {
    const wanted = [...new Set(ids)].filter((id) => id !== null);
    const users = new Map<number, User>();
    for (let from = 0; from < wanted.length; from += pageSize)
      for (const user of await desk.users.list({ ids: wanted.slice(from, from + pageSize) })) users.set(user.id, user);
    return (id) => users.get(id) as User;
  };

  /** What a ticket began with is its description, and not one of its messages. */
  const descriptionOf = async ({ id }: Ticket) =>
    (await desk.messages.list(id, { limit: 1, notes: false }))[0]?.text ?? "";

  const shown = async (some: ReadonlyArray<Ticket>) => {
    const people = await named(some.flatMap(({ requester, assignee }) => [requester, assignee]));
    return Promise.all(some.map(async (ticket) => ticketBody(ticket, await descriptionOf(ticket), people)));
  };

  const shownOne = async (ticket: Ticket) => (await shown([ticket]))[0];

  router.post("/tickets", async (req, res) => {
    const { subject, description } = bodyOf<"subject" | "description">(req);
    const user = desk.as({ role: "customer", user: (await callerOf(desk, res)).id });
    const ticket = await user.tickets.open({ subject, text: description, channel: "email" });
    sendData(res, 201, await shownOne(ticket), words.ticketCreated);
  });

  router.get("/tickets", async (req, res) => {
    const { status, sort_by = "created_at_desc" } = req.query;
    const sort = sorts[oneOf("sort_by", sort_by, ["created_at_asc", "created_at_desc"])];
    const filter = status === undefined ? {} : { status: oneOf("status", status, statusNames) };
    const all: Array<Ticket> = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await desk.tickets.list({ ...filter, sort, limit: pageSize, ...(after && { after }) });
      all.push(...page.items);
      after = page.next;
    }
    sendData(res, 200, await shown(all), words.ticketsListed);
  });

  router.get("/tickets/:ticket_id", async (req, res) => {
    const ticket = await find(idOf(req, "ticket_id"), 404, "Ticket not found");
    sendData(res, 200, await shownOne(ticket), words.ticketFound);
  });

  router.patch("/tickets/:ticket_id", async (req, res) => {
    const id = idOf(req, "ticket_id");
    const { status, operator_id: assignee } = bodyOf<"status" | "operator_id">(req);
    await find(id, 400, words.noTicket(id));
    const caller = desk.as({ role: "admin", user: (await callerOf(desk, res)).id });
    if (assignee !== undefined && assignee !== null) await demandUser(assignee);
    const ticket = await caller.tickets.update(id, {
      ...(status !== undefined && { status: oneOf("status", status, statusNames) }),
      ...(assignee !== undefined && { assignee }),
    });
    sendData(res, 200, await shownOne(ticket), words.ticketUpdated);
  });

  router.post("/tickets/:ticket_id/messages", async (req, res) => {
    const id = idOf(req, "ticket_id");
    const { requester } = await find(id, 400, words.noTicketToAnswer(id));
    const caller = await callerOf(desk, res);
    // Whoever it is not about answers it.
    const side = desk.as({ role: caller.id === requester ? "customer" : "agent", user: caller.id });
    const message = await side.messages.reply(id, { text: bodyOf<"text">(req).text, channel: "email" });
    sendData(
      res,
      201,
      messageBody(message, () => caller),
      words.messageCreated,
    );
  });

  router.get("/tickets/:ticket_id/messages", async (req, res) => {
    const { id } = await find(idOf(req, "ticket_id"), 404, "Ticket not found");
    const [, ...said] = await messagesOf(desk, id);
    const people = await named(said.map(({ author }) => author));
    sendData(
      res,
      200,
      said.map((message) => messageBody(message, people)),
      words.messagesListed,
    );
  });

  return router;
};

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
