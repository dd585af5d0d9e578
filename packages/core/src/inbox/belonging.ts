/** A ticket that a message may belong to, and what speaks for it. */
export interface Candidate {
  readonly ticketId: number;
  /**
   * `proof`: it bears a signature or a reference that only who got our message knows. `reference`: of a message that
   * somebody else wrote, which others may know. `claim`: a number that anybody can write.
   */
  readonly sign: "proof" | "reference" | "claim";
  /** The ticket's requester, or somebody who is in copy. */
  readonly isParticipant: boolean;
  readonly isOpen: boolean;
}

/**
 * Where a message belongs: as part of the conversation (`join`), or as a stranger's word on it (`stranger`); null =
 * nowhere yet. Anybody can guess a number or forge a reference, and a wrong merge tells one customer's words to another,
 * so those count for participants only. A proof that got into other hands lets a stranger speak, never reopen.
 */
export const belongingOf = (
  candidates: ReadonlyArray<Candidate>,
): (Pick<Candidate, "ticketId" | "sign"> & { readonly as: "participant" | "stranger" }) | null => {
  for (const { ticketId, sign, isParticipant, isOpen } of candidates) {
    if (isParticipant) return { ticketId, sign, as: "participant" };
    if (sign === "proof" && isOpen) return { ticketId, sign, as: "stranger" };
  }
  return null;
};
