/** Bytes that are kept at most, and for how long: a process that takes no jobs itself must not hold them for ever. */
const mostBytes = 20_000_000;
const mostMs = 60_000;

/** What this process accepted a moment ago, so that understanding it need not read it back from the disk. */
export class Recent {
  readonly #items = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();
  #size = 0;

  /** Keeps bytes under a key, where there is room. */
  add(key: string, bytes: Uint8Array, now: number): void {
    for (const [old, { at }] of this.#items) {
      if (at > now - mostMs) break;
      this.take(old);
    }
    if (this.#size + bytes.byteLength > mostBytes) return;
    this.#size += bytes.byteLength;
    this.#items.set(key, { bytes, at: now });
  }

  /** Lets go of what is kept under a key, and answers it; null where nothing is. */
  take(key: string): Uint8Array | null {
    const item = this.#items.get(key);
    if (item === undefined) return null;
    this.#items.delete(key);
    this.#size -= item.bytes.byteLength;
    return item.bytes;
  }
}
