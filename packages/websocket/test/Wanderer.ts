import type { Target } from "../src/index.ts";
import { Client } from "./Client.ts";

/** A client that loses its line again and again, and goes on each time at another server from where it was. */
export class Wanderer {
  readonly said: Array<string> = [];
  drops = 0;
  readonly #urls: ReadonlyArray<string>;
  readonly #target: Target;
  readonly #random: () => number;
  #position: number | undefined;

  constructor(urls: ReadonlyArray<string>, target: Target, random: () => number) {
    this.#urls = urls;
    this.#target = target;
    this.#random = random;
  }

  /** Listens until it has heard so many messages; `onReady` is called when it first can miss none. */
  async listen(count: number, onReady: () => void): Promise<void> {
    while (this.said.length < count) {
      const url = this.#urls[Math.floor(this.#random() * this.#urls.length)] as string;
      const client = await Client.connect(url);
      const after = this.#position;
      client.send({ type: "subscribe", ...this.#target, ...(after !== undefined && { after }) });
      await client.until(() => client.of("subscribed").length === 1);
      this.#position ??= client.of("subscribed")[0]?.position;
      onReady();
      const patience = 1 + Math.floor(this.#random() * 30);
      const left = count - this.said.length;
      await client.until(() => client.said.length >= Math.min(left, patience));
      // What came after its patience ended is lost with the line, as it is with a phone in a tunnel.
      for (const { event, message } of client.of("event").slice(0, patience)) {
        this.#position = event.position;
        if (message) this.said.push(message.text);
      }
      client.socket.terminate();
      this.drops++;
    }
  }
}

/** Sends wanderers off to hear so many messages each; resolves when none can miss one any more. */
export const sendOff = async (wanderers: ReadonlyArray<Wanderer>, count: number) => {
  const begun = wanderers.map(() => Promise.withResolvers<void>());
  const home = Promise.all(wanderers.map((wanderer, index) => wanderer.listen(count, () => begun[index]?.resolve())));
  await Promise.race([home, Promise.all(begun.map(({ promise }) => promise))]);
  return { home };
};

/** Numbers between 0 and 1 that are the same in each run. */
export const dice = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
};
