import type { Helpdesk } from "@deskwright/core";
import { Router } from "express";
import { answersOf } from "./answers.ts";
import { callerOf, deskOf } from "./caller.ts";
import { conversation, type SideOn } from "./conversation.ts";
import { bodyOf } from "./input.ts";

/** What users ask about their own tickets. An admin may ask the same of every ticket. */
export const userSide = (desk: Helpdesk): Router => {
  const router = Router();
  const answers = answersOf(desk, false);

  /** On a ticket of their own an admin is its user. */
  const sideOn: SideOn = async (res, ticketId) => {
    const caller = callerOf(res);
    const side = deskOf(desk, caller);
    if (!caller.isAdmin) return side;
    const [{ requester }, { user }] = await Promise.all([side.tickets.get(ticketId), side.actor()]);
    return requester === user ? deskOf(desk, { ...caller, isAdmin: false }) : side;
  };

  router.post("/", async (req, res) => {
    const { subject, message } = bodyOf<"subject" | "message">(req);
    const user = deskOf(desk, { ...callerOf(res), isAdmin: false });
    res.status(201).json(await answers.ticket(await user.tickets.open({ subject, text: message })));
  });

  router.get("/", async (req, res) => {
    res.json(await answers.page(deskOf(desk, callerOf(res)), req.query));
  });

  router.use(conversation(desk, sideOn, false));
  return router;
};
