import { describe } from "vitest";
import type { Desk } from "../desk.ts";
import { firstUser } from "./firstUser.ts";
import { shape } from "./shape.ts";
import { tickets } from "./tickets.ts";
import { users } from "./users.ts";

/** Every line of the system's document that needs no mail, over the wire. */
export const everything = (desk: Desk): void => {
  firstUser(desk);
  users(desk);
  describe("with users", () => tickets(desk));
  shape(desk);
};
