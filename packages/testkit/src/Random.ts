import * as Effect from "effect/Effect";
import { Seed } from "./Case.ts";

/** Random choices that come again with the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Begins with the seed of the running test. */
  static readonly make = Effect.map(Seed, (seed) => new Random(seed));

  /** From 0 up to, not including, 1: the generator "mulberry32". */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 up to, not including, `end`. */
  int(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<A>(from: ReadonlyArray<A>): A {
    return from[this.int(from.length)] as A;
  }

  /** Some of them, in their order; maybe none, maybe all. */
  some<A>(from: ReadonlyArray<A>): ReadonlyArray<A> {
    return from.filter(() => this.chance(0.5));
  }
}
