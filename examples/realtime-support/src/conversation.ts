import type { Desk, Helpdesk } from "@deskwright/core";
import { type Request, type Response, Router } from "express";
import { answersOf } from "./answers.ts";
import { filesFrom } from "./attachments.ts";
import { bodyOf, idOf } from "./input.ts";

/** Who asks about a ticket: the helpdesk as they may use it there. */
export type SideOn = (res: Response, ticketId: number) => Desk | Promise<Desk>;

/** The calls about one ticket that users and admins have in common. */
export const conversation = (desk: Helpdesk, sideOn: SideOn, toAdmins: boolean): Router => {
  const router = Router();
  const answers = answersOf(desk, toAdmins);

  const asked = async (req: Request, res: Response) => {
    const id = idOf(req, "ticket_id");
    return { id, side: await sideOn(res, id) };
  };

  router.get("/:ticket_id", async (req, res) => {
    const { id, side } = await asked(req, res);
    res.json(await answers.ticketWithMessages(side, id));
  });

  router.post("/:ticket_id/messages", async (req, res) => {
    const { id, side } = await asked(req, res);
    const { message, attachments } = bodyOf<"message" | "attachments">(req);
    // Asked first, so that nobody learns from a refusal of the input which tickets there are.
    await side.tickets.get(id);
    const files = await filesFrom(side, attachments);
    res.status(201).json(await answers.message(await side.messages.reply(id, { text: message, files })));
  });

  router.post("/:ticket_id/read", async (req, res) => {
    const { id, side } = await asked(req, res);
    await side.tickets.markRead(id);
    res.json({ success: true, message: "Тикет отмечен как прочитанный" });
  });

  return router;
};
