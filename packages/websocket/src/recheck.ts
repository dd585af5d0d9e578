import type { Actor } from "@deskwright/core";
import { nameOf } from "./Audience.ts";
import { isOutage, report } from "./Parcel.ts";
import { frameErrorOf, statusOf } from "./refusal.ts";

/** So many sockets are asked about at a time: the host's store has other things to do. */
const atATime = 20;

/** Somebody whose login may have ended since they came. */
export interface Checked {
  readonly check: () => Promise<void>;
}

/** Checks all of them, each once at a time: one that the host takes long to answer for is not asked about again. */
export const makeRechecks = (): ((all: Iterable<Checked>) => void) => {
  const underway = new Set<Checked>();
  return (all) => {
    const waiting = [...all].filter((one) => !underway.has(one));
    for (const one of waiting) underway.add(one);
    const next = waiting.values();
    const work = async () => {
      for (const one of next) {
        await one.check();
        underway.delete(one);
      }
    };
    for (let worker = 0; worker < Math.min(atATime, waiting.length); worker++) void work();
  };
};

/** Why an actor may not stay; null where they may, and where that can't be known right now. */
export const reasonToLeave = async (actor: Actor, ask: () => Promise<Actor | null>): Promise<string | null> => {
  try {
    const now = await ask();
    if (now === null) return "The login no longer counts";
    const isSame = now.tenant === actor.tenant && nameOf(now) === nameOf(actor);
    return isSame ? null : "The login stands for another user or role by now";
  } catch (error) {
    const status = statusOf(error);
    if (status < 500 && status !== 429) return frameErrorOf(error).detail;
    if (status >= 500 && !isOutage(error)) report("A socket's actor could not be asked for again", error);
    return null;
  }
};
