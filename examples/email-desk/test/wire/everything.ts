import type { Desk } from "../desk.ts";
import { refusals } from "./refusals.ts";
import { tasks } from "./tasks.ts";
import { tickets } from "./tickets.ts";
import { users } from "./users.ts";

/** Every line of the system's document that needs no mail, over the wire. */
export const everything = (desk: Desk): void => {
  users(desk);
  tickets(desk);
  refusals(desk);
  tasks(desk);
};
