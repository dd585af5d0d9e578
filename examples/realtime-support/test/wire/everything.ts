import type { Support } from "../support.ts";
import { adminSide } from "./adminSide.ts";
import { refusals } from "./refusals.ts";
import { sockets } from "./sockets.ts";
import { tickets } from "./tickets.ts";
import { uploads } from "./uploads.ts";

/** Every line of the system's document, over the wire. */
export const everything = (support: Support): void => {
  tickets(support);
  adminSide(support);
  refusals(support);
  uploads(support);
  sockets(support);
};
