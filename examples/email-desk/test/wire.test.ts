import { afterAll, describe } from "vitest";
import { startDesk } from "./desk.ts";
import { everything } from "./wire/everything.ts";

const desk = await startDesk();
afterAll(() => desk.end());

describe("on the embedded database", () => everything(desk));
