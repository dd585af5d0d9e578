import { type Helpdesk, InvalidInput } from "@deskwright/core";
import { Router } from "express";
import { findUser } from "./caller.ts";
import { bodyOf, idOf, invalid, Refusal, textFrom } from "./input.ts";
import { sendData, userBody } from "./wire.ts";
import { words } from "./words.ts";

/** People, who are all alike. */
export const users = (desk: Helpdesk): Router => {
  const router = Router();

  const create = async (email: string, name: string) => {
    try {
      return await desk.users.create({ email, name });
    } catch (error) {
      if (error instanceof InvalidInput && (await desk.users.find({ email }))) throw new Refusal(400, words.emailTaken);
      throw error;
    }
  };

  router.post("/users", async (req, res) => {
    const { email, username, password } = bodyOf<"email" | "username" | "password">(req);
    const secret = textFrom("password", password);
    // Asked before there is a user, or a refused password would leave one behind who has none.
    if (secret.length < 8 || secret.length > 1000) throw invalid("password", "Expected 8 to 1,000 characters");
    const user = await create(textFrom("email", email), textFrom("username", username));
    await desk.passwords.set(user.id, secret);
    sendData(res, 201, userBody(user), words.userCreated);
  });

  router.get("/users/:user_id", async (req, res) => {
    const user = await findUser(desk, idOf(req, "user_id"));
    if (user === undefined) throw new Refusal(404, "User not found");
    sendData(res, 200, userBody(user), words.userFound);
  });

  return router;
};
