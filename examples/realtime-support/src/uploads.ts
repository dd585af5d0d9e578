import type { File, Helpdesk } from "@deskwright/core";
import { receiveFiles, sendFile } from "@deskwright/express";
import { Router } from "express";
import { urlOf } from "./attachments.ts";
import { callerOf, deskOf } from "./caller.ts";
import { idOf } from "./input.ts";

/** Files on their way to a message, and back to whoever may see its ticket. */
export const uploads = (desk: Helpdesk): Router => {
  const router = Router();

  router.post("/", async (req, res) => {
    const [file] = await receiveFiles(req, res, deskOf(desk, callerOf(res)), { field: "file", maxFiles: 1 });
    res.status(201).json({ url: urlOf(file as File) });
  });

  router.get("/:file_id", async (req, res) => {
    await sendFile(req, res, deskOf(desk, callerOf(res)), idOf(req, "file_id"));
  });

  return router;
};
