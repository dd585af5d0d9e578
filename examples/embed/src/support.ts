import { createHelpdesk } from "@deskwright/core";
import { helpdesk } from "@deskwright/express";
import type { Express } from "express";
import { personOf } from "./shop.ts";

/** All that the shop adds: its own people and its own login, under `/support`. */
export const addSupport = async (app: Express) => {
  const desk = await createHelpdesk();
  app.use(
    "/support",
    helpdesk(desk, {
      actor: (req) => {
        const person = personOf(req);
        if (person === undefined) return null;
        const { id, name, email, worksHere } = person;
        return { role: worksHere ? "agent" : "customer", user: { externalId: id, name, email } };
      },
    }),
  );
  return desk;
};
