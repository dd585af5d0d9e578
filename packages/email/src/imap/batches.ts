/** A mail in a folder that was not read yet. */
export interface Waiting {
  readonly uid: number;
  /** What the server says it has; it need not be true. */
  readonly bytes: number;
}

export interface BatchLimits {
  readonly mails: number;
  readonly bytes: number;
  /** Of a bigger mail only the text is read, so that it counts for little. */
  readonly maxBytes: number;
}

const textOfOversize = 1_000_000;

/** What is read in one go each time, in the order of the UIDs; a single mail may be over the limit of bytes. */
export const batchesOf = (
  waiting: ReadonlyArray<Waiting>,
  limits: BatchLimits,
): ReadonlyArray<ReadonlyArray<Waiting>> => {
  const batches: Array<Array<Waiting>> = [];
  let bytes = 0;
  for (const mail of waiting) {
    const counts = mail.bytes > limits.maxBytes ? textOfOversize : mail.bytes;
    const last = batches.at(-1);
    if (last === undefined || last.length >= limits.mails || bytes + counts > limits.bytes) {
      batches.push([mail]);
      bytes = counts;
    } else {
      last.push(mail);
      bytes += counts;
    }
  }
  return batches;
};
