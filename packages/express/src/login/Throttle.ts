export interface ThrottleOptions {
  /** How often in any window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** How many keys are remembered: the one that was not used for longest is forgotten for a new one. */
const maxKeys = 10_000;

/** Lets something happen so often by key within a sliding window, in this process. */
export class Throttle {
  readonly #options: ThrottleOptions;
  /** When it happened by key, oldest first; the keys by their last use. */
  readonly #times = new Map<string, ReadonlyArray<number>>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Counts one and returns 0, or counts nothing and returns how long there is none to be had, in milliseconds. */
  take(key: string): number {
    const { limit, windowMs, now } = this.#options;
    const at = now();
    const times = (this.#times.get(key) ?? []).filter((time) => time + windowMs > at);
    const [oldest = at] = times;
    const isFree = times.length < limit;
    this.#keep(key, isFree ? [...times, at] : times);
    return isFree ? 0 : oldest + windowMs - at;
  }

  /** Takes back one that is not to count. */
  giveBack(key: string): void {
    const times = this.#times.get(key);
    if (times !== undefined) this.#keep(key, times.slice(0, -1));
  }

  forget(key: string): void {
    this.#times.delete(key);
  }

  #keep(key: string, times: ReadonlyArray<number>): void {
    this.#times.delete(key);
    if (times.length === 0) return;
    if (this.#times.size >= maxKeys) this.#times.delete(this.#times.keys().next().value as string);
    this.#times.set(key, times);
  }
}
