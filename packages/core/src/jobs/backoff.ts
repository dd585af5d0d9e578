const second = 1_000;
const hour = 3_600_000;

/**
 * How long to wait after a failed try, in milliseconds: 1 s, 2 s, 4 s … up to an hour, less up to half of it by
 * chance, so that what failed together does not come back together. `chance` lies between 0 and 1.
 */
export const backoffMs = (attempt: number, chance: number): number =>
  Math.round(Math.min(hour, second * 2 ** Math.max(0, attempt - 1)) * (1 - chance / 2));
