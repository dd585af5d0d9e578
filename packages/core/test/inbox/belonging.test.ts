import { expect, test } from "vitest";
import { belongingOf, type Candidate } from "../../src/inbox/belonging.ts";

const candidate = (ticketId: number, sign: Candidate["sign"], isParticipant: boolean, isOpen = true): Candidate => ({
  ticketId,
  sign,
  isParticipant,
  isOpen,
});

test.each([
  ["nothing", [], null],
  ["a proof, of who takes part", [candidate(1, "proof", true)], [1, "participant"]],
  ["a proof in a stranger's hands", [candidate(1, "proof", false)], [1, "stranger"]],
  ["a proof in a stranger's hands, of a closed ticket", [candidate(1, "proof", false, false)], null],
  ["a reference, of who takes part", [candidate(1, "reference", true)], [1, "participant"]],
  ["a reference that a stranger knows", [candidate(1, "reference", false)], null],
  ["a number, of who takes part", [candidate(1, "claim", true)], [1, "participant"]],
  ["a number that a stranger guessed", [candidate(1, "claim", false)], null],
  [
    "a forged reference before a ticket of theirs",
    [candidate(1, "reference", false), candidate(2, "claim", true)],
    [2, "participant"],
  ],
  ["two tickets of theirs", [candidate(1, "reference", true), candidate(2, "claim", true)], [1, "participant"]],
] as const)("a mail with %s belongs to the right ticket", (_, candidates, expected) => {
  const belonging = belongingOf(candidates);
  expect(belonging && [belonging.ticketId, belonging.as]).toEqual(expected);
});
