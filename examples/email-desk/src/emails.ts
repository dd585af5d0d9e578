import { randomUUID } from "node:crypto";
import { type Helpdesk, type Job, type Message, NotFound } from "@deskwright/core";
import { type Response, Router } from "express";
import { addressFrom, bodyOf, idFrom, textFrom } from "./input.ts";
import { type Mail, type Read, readMailbox, type Sending, sendMail } from "./tasks.ts";
import { messageBody, taskStatus } from "./wire.ts";

/** Mail that is read or sent in the background. */
export const emails = (desk: Helpdesk): Router => {
  const router = Router();

  const accepted = (res: Response, { id }: Job) => {
    res.status(202).json({ task_id: id });
  };

  router.post("/emails/async", async (_req, res) => {
    accepted(res, await desk.jobs.add({ kind: readMailbox }));
  });

  router.get("/emails/async/:task_id", async (req, res) => {
    const id = idFrom("task_id", req.params["task_id"]);
    const { kind, state, result } = await desk.jobs.get(id);
    if (kind === readMailbox) {
      const read = result as Read | null;
      const messages = read && (await Promise.all(read.messages.map((message) => desk.messages.get(message))));
      res.json({
        task_id: id,
        status: taskStatus[state],
        result: messages?.filter(isMail).map(messageBody) ?? null,
      });
    } else if (kind === sendMail) {
      const sending = result as Sending | null;
      const status = sending && "failed" in sending ? "FAILURE" : taskStatus[state];
      res.json({ task_id: id, status, result: sending && [sending] });
    } else throw new NotFound({ kind: "task", id });
  });

  router.post("/emails/send_async", async (req, res) => {
    const { subject, to, message } = bodyOf<"subject" | "to" | "message">(req);
    const payload: Mail = {
      token: randomUUID(),
      to: addressFrom("to", to),
      subject: textFrom("subject", subject),
      message: textFrom("message", message),
    };
    accepted(res, await desk.jobs.add({ kind: sendMail, payload, maxAttempts: 100 }));
  });

  return router;
};

/** What a report of the mail system came to is a note, and no mail that somebody wrote. */
const isMail = ({ note }: Message) => !note;
