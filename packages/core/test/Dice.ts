/** Choices that look random and are the same in every run. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, not including, 1: the generator "mulberry32". */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `from` up to, not including, `end`. */
  int(from: number, end: number): number {
    return from + Math.floor(this.next() * (end - from));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<A>(from: ReadonlyArray<A>): A {
    return from[this.int(0, from.length)] as A;
  }

  /** Some of them, in their order; maybe none, maybe all. */
  some<A>(from: ReadonlyArray<A>): Array<A> {
    return from.filter(() => this.chance(0.5));
  }

  many<A>(count: number, make: () => A): Array<A> {
    return Array.from({ length: count }, make);
  }

  /** Text with all that breaks naive code: NUL, lone surrogates, letters of two units, marks, spaces. */
  text(length: number): string {
    const units = ["a", "Ж", " ", "\0", "\uD83D", "\uDE00", "😀", "\n", "\t", "/", "\\", ".", "\u202E", "é", "İ", "-"];
    return this.many(length, () => this.pick(units)).join("");
  }
}

/** Runs a check with so many different dice; a failure names the seed to come back to. */
export const forEachSeed = (seeds: number, check: (dice: Dice) => void) => {
  for (let seed = 1; seed <= seeds; seed++)
    try {
      check(new Dice(seed));
    } catch (error) {
      throw new Error(`With seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
};
