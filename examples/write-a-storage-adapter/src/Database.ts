/** What a transaction may do. Documents are copied on their way in and out, as over a wire. */
export interface Transaction {
  get<A>(table: string, key: string): Promise<A | undefined>;
  /** `undefined` removes what is there. */
  put(table: string, key: string, document: unknown): Promise<void>;
  /** The documents that pass, in no order. */
  list<A>(table: string, passes: (document: A) => boolean): Promise<Array<A>>;
  /** The next numbers of a sequence, from 1. */
  next(sequence: string, count: number): Promise<ReadonlyArray<number>>;
}

/** Stands for the driver of your database, and keeps everything in memory. */
export class Database {
  readonly #tables = new Map<string, Map<string, unknown>>();
  readonly #listeners = new Set<(message: string) => void>();
  #last: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  /** Runs one after another. What was done in a transaction is undone when something is thrown in it. */
  transaction<A>(work: (tx: Transaction) => Promise<A>): Promise<A> {
    const turn = this.#last.then(async () => {
      if (!this.#isOpen) throw new Error("The connection is closed");
      const undo: Array<() => void> = [];
      return work(this.#begin(undo)).catch((error) => {
        for (const step of undo.reverse()) step();
        throw error;
      });
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  #begin(undo: Array<() => void>): Transaction {
    const table = <A>(name: string) => {
      const known = this.#tables.get(name) ?? new Map<string, unknown>();
      this.#tables.set(name, known);
      return known as Map<string, A>;
    };
    const set = (name: string, key: string, document: unknown) =>
      document === undefined ? table(name).delete(key) : table(name).set(key, document);
    return {
      get: async <A>(name: string, key: string) => structuredClone(table<A>(name).get(key)),
      put: async (name, key, document) => {
        const before = table(name).get(key);
        undo.push(() => set(name, key, before));
        set(name, key, structuredClone(document));
      },
      list: async <A>(name: string, passes: (document: A) => boolean) =>
        structuredClone([...table<A>(name).values()].filter(passes)),
      next: async (sequence, count) => {
        const last = table<number>("sequences").get(sequence) ?? 0;
        table("sequences").set(sequence, last + count);
        return Array.from({ length: count }, (_, n) => last + n + 1);
      },
    };
  }

  /** Tells every listener. */
  publish(message: string): Promise<void> {
    return this.transaction(async () => {
      for (const hear of this.#listeners) hear(message);
    });
  }

  subscribe(hear: (message: string) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }
}
