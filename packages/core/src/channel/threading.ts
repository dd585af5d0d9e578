import type { Correspondent } from "./Delivery.ts";
import type { Arrival, Thread } from "./Thread.ts";

/** References that are kept of a ticket: its first, and so many of the last. RFC 5322 wants the chain, not all of it. */
const lastRefs = 30;

const withRef = (refs: ReadonlyArray<string>, ref: string | null): ReadonlyArray<string> => {
  if (ref === null || refs.includes(ref)) return refs;
  const all = [...refs, ref];
  return all.length <= lastRefs ? all : [...all.slice(0, 1), ...all.slice(1 - lastRefs)];
};

const unique = (people: ReadonlyArray<Correspondent>, but: Correspondent): ReadonlyArray<Correspondent> =>
  people.filter(
    ({ address }, index) => address !== but.address && people.findIndex((other) => other.address === address) === index,
  );

/** The thread after something came in: answers go to who wrote last, where they take part in the ticket. */
export const threadAfterArrival = (before: Thread | null, arrival: Arrival): Thread => {
  const { channel, from, replyTo, copies, ref, silence, isParticipant } = arrival;
  if (before === null || (isParticipant && before.channel !== channel)) {
    const to = replyTo ?? from;
    return { channel, to, copies: unique(copies, to), refs: withRef([], ref), silence };
  }
  const refs = withRef(before.refs, ref);
  if (!isParticipant) return { ...before, refs };
  const isRequester = before.to.address === (replyTo ?? from).address;
  // Somebody else who takes part stays in copy, and the answers go on to whom they went.
  const joined = [...before.copies, ...copies, ...(isRequester ? [] : [from])];
  return { ...before, copies: unique(joined, before.to), refs, silence: isRequester ? silence : before.silence };
};

/** The thread after something of ours is on its way. */
export const threadAfterDelivery = (before: Thread, ref: string): Thread => ({
  ...before,
  refs: withRef(before.refs, ref),
});
