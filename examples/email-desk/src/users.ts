import type { Helpdesk } from "@deskwright/core";
import { Router } from "express";
import { bodyOf, oneOf, textFrom } from "./input.ts";
import { userBody } from "./wire.ts";

/** Those who ask and those who answer. */
export const users = (desk: Helpdesk): Router => {
  const router = Router();

  router.post("/users", async (req, res) => {
    const { name, email, role } = bodyOf<"name" | "email" | "role">(req);
    const user = await desk.users.create({
      name: textFrom("name", name),
      email: textFrom("email", email),
      role: oneOf("role", role, ["user", "operator"]) === "operator" ? "agent" : "customer",
    });
    res.status(201).json(userBody(user));
  });

  return router;
};
