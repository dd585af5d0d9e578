import { afterAll, describe } from "vitest";
import { startSupport } from "./support.ts";
import { everything } from "./wire/everything.ts";

const support = await startSupport();
afterAll(() => support.end());

describe("on the embedded database", () => everything(support));
