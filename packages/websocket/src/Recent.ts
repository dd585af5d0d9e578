import type { Parcel } from "./Parcel.ts";

/** How long something that was read counts as news, in milliseconds. */
const freshFor = 1_000;
/** No more is kept, and nothing that is larger, in bytes. */
const maxKept = 100;
const maxSize = 65_536;

/** What was read a moment ago, so that a thousand clients who come back together make one read and not a thousand. */
export class Recent {
  readonly #kept = new Map<string, { readonly parcel: Promise<Parcel>; readonly until: number }>();

  get(key: string, read: () => Promise<Parcel>): Promise<Parcel> {
    const known = this.#kept.get(key);
    if (known && known.until > performance.now()) return known.parcel;
    const parcel = read();
    this.#kept.delete(key);
    this.#kept.set(key, { parcel, until: performance.now() + freshFor });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value as string);
    const forget = () => {
      if (this.#kept.get(key)?.parcel === parcel) this.#kept.delete(key);
    };
    parcel.then(({ bytes }) => {
      if (bytes !== null && bytes.length > maxSize) forget();
    }, forget);
    return parcel;
  }
}
