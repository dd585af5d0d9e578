import * as Layer from "effect/Layer";
import { afterEach } from "vitest";
import { type CreateHelpdeskOptions, createHelpdesk, type Helpdesk } from "../src/index.ts";
import { makeMemoryStorage } from "../src/memory/MemoryStorage.ts";
import { Storage } from "../src/Storage.ts";

const running: Array<Helpdesk> = [];

/** A helpdesk that is closed when the test ends. */
export const start = async (options: CreateHelpdeskOptions = {}): Promise<Helpdesk> => {
  const desk = await createHelpdesk(options);
  running.push(desk);
  return desk;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((desk) => desk.close()));
});

/** A storage that outlives the helpdesks on it, as a database does. */
export const shared = (): Layer.Layer<Storage> => Layer.succeed(Storage, makeMemoryStorage());

/** What a promise must reject with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`Expected a rejection, and got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

/** Waits until something is so, and fails where that does not come about in time. */
export const until = async (isSo: () => boolean | Promise<boolean>, seconds = 4): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("It did not come to that in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export const printer = { subject: "Printer on fire", text: "It burns." };
export const ada = { role: "customer", user: { externalId: "ada" } } as const;
export const bob = { role: "customer", user: { externalId: "bob" } } as const;
export const grace = { role: "agent", user: { externalId: "grace" } } as const;
