import { createHelpdesk } from "@deskwright/core";
import { helpdesk } from "@deskwright/express";
import express, { type Express } from "express";
import { personOf } from "./shop.ts";

/** All that is added: the shop's own people and its own login, under `/support`, and behind it the shop as it was. */
export const withSupport = async (shop: Express) => {
  const desk = await createHelpdesk();
  const support = helpdesk(desk, {
    actor: (req) => {
      const person = personOf(req);
      if (person === undefined) return null;
      const { id, name, email, worksHere } = person;
      // Accounts are made by the shop itself, for addresses it knows: what is written from one is its owner's, too.
      const user = { externalId: id, name, email, emailVerified: true };
      return { role: worksHere ? "agent" : "customer", user };
    },
  });
  // Before the shop's `express.json()`, which would refuse long messages and answer what is malformed in its own way.
  return { desk, app: express().use("/support", support).use(shop) };
};
