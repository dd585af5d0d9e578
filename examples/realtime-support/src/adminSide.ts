import { type Helpdesk, InvalidInput, type TicketFilter } from "@deskwright/core";
import { Router } from "express";
import { answersOf, messagesOf } from "./answers.ts";
import { callerOf, demandAdmin, deskOf, isHostId } from "./caller.ts";
import { conversation } from "./conversation.ts";
import { bodyOf, idOf, numberFrom, refusal } from "./input.ts";

/** What only admins may ask. */
export const adminSide = (desk: Helpdesk): Router => {
  const router = Router();
  const answers = answersOf(desk, true);

  router.use((_req, res, next) => {
    demandAdmin(callerOf(res));
    next();
  });

  router.get("/tickets", async (req, res) => {
    const { assigned_to, user_id } = req.query;
    const filter: TicketFilter = {
      ...(assigned_to !== undefined && { assignee: await userOf(desk, "assigned_to", assigned_to) }),
      ...(user_id !== undefined && { requester: (await userOf(desk, "user_id", user_id)) ?? nobody }),
    };
    res.json(await answers.page(deskOf(desk, callerOf(res)), req.query, filter));
  });

  router.patch("/tickets/:ticket_id", async (req, res) => {
    const { status, priority, assigned_to, category, tags } = bodyOf<
      "status" | "priority" | "assigned_to" | "category" | "tags"
    >(req);
    const admin = deskOf(desk, callerOf(res));
    const id = idOf(req, "ticket_id");
    await admin.tickets.get(id);
    if (typeof category === "string") await demandCategory(desk, category);
    const assignee = assigned_to === undefined ? undefined : assigneeOf(assigned_to);
    const change = Object.entries({ status, priority, assignee, category, tags });
    const given = Object.fromEntries(change.filter(([, value]) => value !== undefined));
    res.json(await answers.ticket(await admin.tickets.update(id, given)));
  });

  router.get("/tickets/:ticket_id/notes", async (req, res) => {
    const said = await messagesOf(deskOf(desk, callerOf(res)), idOf(req, "ticket_id"), true);
    res.json(await answers.notes(said.filter(({ note }) => note)));
  });

  router.post("/tickets/:ticket_id/notes", async (req, res) => {
    const { text } = bodyOf<"text">(req);
    const note = await deskOf(desk, callerOf(res)).messages.note(idOf(req, "ticket_id"), { text });
    res.status(201).json((await answers.notes([note]))[0]);
  });

  router.get("/stats", async (_req, res) => {
    const { total, byStatus } = await deskOf(desk, callerOf(res)).tickets.stats();
    res.json({ total, ...byStatus });
  });

  router.use(
    "/tickets",
    conversation(desk, (res) => deskOf(desk, callerOf(res)), true),
  );
  return router;
};

/** The id of no user, for filters by people who were never here. */
const nobody = -1;

/** Our id of a user by the host's number; null for 0. */
const userOf = async (desk: Helpdesk, field: string, given: unknown): Promise<number | null> => {
  const number = numberFrom(given);
  if (number === 0) return null;
  if (!isHostId(number)) throw refusal([field], "Expected a user's number, or 0 for nobody");
  return (await desk.users.find({ externalId: String(number) }))?.id ?? nobody;
};

const assigneeOf = (given: unknown) => {
  if (given === null || given === 0) return null;
  if (!isHostId(given)) throw refusal(["assigned_to"], "Expected a user's number, or null for nobody");
  return { externalId: String(given) };
};

/** Categories are no list here: whatever an admin writes is one. */
const demandCategory = async (desk: Helpdesk, name: string) => {
  const known = await desk.categories.list();
  if (known.some(({ key }) => key === name)) return;
  try {
    await desk.categories.create({ key: name, name });
  } catch (error) {
    // Another request was faster, or the name is none: then the ticket refuses it.
    if (!(error instanceof InvalidInput)) throw error;
  }
};
