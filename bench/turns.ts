/** What one round measured. */
export interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Two that are compared, after all rounds; times in milliseconds, memory in MB where it was measured. */
export interface Result {
  readonly name: string;
  readonly goal: string;
  readonly ratio: number;
  readonly ours: Round;
  readonly limit: Round;
  readonly rss?: number;
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const medianRound = (rounds: ReadonlyArray<Round>): Round => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
});

/** Lets the two take turns once both are warm, and takes the median of the ratios of neighbouring rounds. */
export const takeTurns = async (
  rounds: number,
  ours: () => Promise<Round>,
  limit: () => Promise<Round>,
  warmUps = 2,
): Promise<Pick<Result, "ratio" | "ours" | "limit">> => {
  for (let round = 0; round < warmUps; round++) {
    await limit();
    await ours();
  }
  const pairs: Array<readonly [Round, Round]> = [];
  for (let round = 0; round < rounds; round++)
    pairs.push(round % 2 === 0 ? [await ours(), await limit()] : swap([await limit(), await ours()]));
  return {
    ratio: median(pairs.map(([a, b]) => a.perSecond / b.perSecond)),
    ours: medianRound(pairs.map(([round]) => round)),
    limit: medianRound(pairs.map(([, round]) => round)),
  };
};

const swap = <A, B>([a, b]: readonly [A, B]): readonly [B, A] => [b, a];
