/** Lets work of the same key happen one at a time, in the order it came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  async run<A>(key: string, work: () => Promise<A>): Promise<A> {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const before = this.#last.get(key);
    this.#last.set(key, done);
    await before;
    try {
      return await work();
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key);
      finish();
    }
  }
}
