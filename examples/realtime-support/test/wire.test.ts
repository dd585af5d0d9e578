import { afterAll, describe, vi } from "vitest";
import { startSupport } from "./support.ts";
import { everything } from "./wire/everything.ts";

// A process on the other side of a wire takes its time where the machine is busy.
vi.setConfig({ testTimeout: 30_000 });

const support = await startSupport();
afterAll(() => support.end());

describe("on the embedded database", () => everything(support));
