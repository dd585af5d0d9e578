import type { Outgoing, ReadMessage } from "@deskwright/core";
import { DeliveryError } from "@deskwright/core";
import { afterEach, describe, expect, it } from "vitest";
import { Accepted, type OpenChannel, readItem, secret } from "./channel/OpenChannel.ts";

const timeout = 30_000;

/**
 * Registers the whole contract of a channel as tests. Each test opens a channel of its own, with a new other side or
 * with one in which nothing is left of the tests before.
 */
export const channelContract = (name: string, open: () => Promise<OpenChannel>): void => {
  describe(name, () => {
    const opened: Array<() => Promise<unknown>> = [];
    afterEach(async () => {
      for (const close of opened.splice(0).reverse()) await close();
    });
    const start = async () => {
      const one = await open();
      opened.push(one.close);
      return one;
    };
    /** The first source, running. */
    const reading = (one: OpenChannel, accepted: Accepted) => {
      const [source] = one.channel.sources ?? [];
      if (source === undefined) throw new Error("The contract reads what is written: the channel needs a source");
      const stop = accepted.start(source);
      opened.push(stop);
      return stop;
    };
    const outgoing = (one: OpenChannel, fields: Partial<Outgoing> = {}): Outgoing => ({
      tenant: "default",
      secret,
      ref: one.channel.newRef({ tenant: "default", ticketId: 7, secret, token: "t1" }),
      to: [one.customer],
      copies: [],
      only: null,
      subject: "Printer on fire",
      text: "Use water. Воду!",
      html: null,
      files: [],
      ticketId: 7,
      thread: [],
      automatic: null,
      attempt: 1,
      ...fields,
    });

    it("gives each thing that goes out a reference of its own", { timeout }, async () => {
      const { channel } = await start();
      const refs = ["a", "b"].map((token) => channel.newRef({ tenant: "default", ticketId: 7, secret, token }));
      expect(new Set([...refs, channel.newRef({ tenant: "default", ticketId: null, secret, token: "a" })]).size).toBe(
        3,
      );
    });

    it("sends once, under the reference it was given", { timeout }, async () => {
      const one = await start();
      const out = outgoing(one);
      const sent = await one.channel.send(out);
      expect(sent.refused).toEqual([]);
      await expect.poll(one.received, { timeout: 10_000 }).toHaveLength(1);
      const [got] = await one.received();
      expect(got?.text).toContain("Use water. Воду!");
      expect([out.ref, sent.ref]).toContain(got?.ref);
    });

    it("accepts what somebody writes, and understands it", { timeout }, async () => {
      const one = await start();
      const accepted = new Accepted();
      reading(one, accepted);
      await one.write({ subject: "It burns", text: "The printer is on fire. Горит!" });
      await accepted.count(1);
      const read = await readItem(one, accepted.items[0] as never);
      expect(read).toMatchObject({ type: "message", nature: "person", silence: null });
      const { text, from } = read as ReadMessage;
      expect(text).toContain("The printer is on fire. Горит!");
      expect(from.address).toBe(one.customer.address);
      // The same bytes say the same, whenever they are read.
      expect(await readItem(one, accepted.items[0] as never)).toEqual(read);
    });

    it("knows what is answered", { timeout }, async () => {
      const one = await start();
      const accepted = new Accepted();
      reading(one, accepted);
      const out = outgoing(one);
      const { ref } = await one.channel.send(out);
      await one.write({ subject: "Re: Printer on fire", text: "It still burns.", answers: ref ?? out.ref });
      await accepted.count(1);
      const { thread, fingerprint } = (await readItem(one, accepted.items[0] as never)) as ReadMessage;
      expect(thread.refs).toContain(ref ?? out.ref);
      expect(fingerprint).not.toBe("");
    });

    it("goes on where it was left, and misses nothing that came meanwhile", { timeout }, async () => {
      const one = await start();
      const accepted = new Accepted();
      const stop = reading(one, accepted);
      await one.write({ subject: "1", text: "one" });
      await accepted.count(1);
      await stop();
      await one.write({ subject: "2", text: "two" });
      await one.write({ subject: "3", text: "three" });
      reading(one, accepted);
      await accepted.count(3);
      const texts = await Promise.all(
        accepted.items.map(async (item) => ((await readItem(one, item)) as ReadMessage).text),
      );
      expect(texts.map((text) => text.trim()).sort()).toEqual(["one", "three", "two"]);
      expect(new Set(accepted.items.map(({ key }) => key)).size).toBe(3);
    });

    it("ends when what it accepts is not taken, and brings it again the next time", { timeout }, async () => {
      const one = await start();
      const accepted = new Accepted();
      accepted.isLost = true;
      const [source] = one.channel.sources ?? [];
      await one.write({ subject: "1", text: "one" });
      const abort = new AbortController();
      opened.push(async () => abort.abort());
      const refused = source?.run(
        { cursor: null, accept: () => Promise.reject(new Error("The source is no longer ours")), report: () => {} },
        abort.signal,
      );
      await expect(refused).rejects.toThrow("no longer ours");
      accepted.isLost = false;
      reading(one, accepted);
      await accepted.count(1);
    });

    it("stops reading as soon as it is told to", { timeout }, async () => {
      const one = await start();
      const accepted = new Accepted();
      const stop = reading(one, accepted);
      await one.write({ subject: "1", text: "one" });
      await accepted.count(1);
      await stop();
      await one.write({ subject: "2", text: "two" });
      expect(accepted.items).toHaveLength(1);
    });

    it("tells whether a refusal may pass", { timeout }, async () => {
      const one = await start();
      const nobody = { address: `nobody-${"x".repeat(80)}@invalid.invalid`, name: null };
      const error = await one.channel.send(outgoing(one, { to: [nobody] })).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DeliveryError);
      expect((error as DeliveryError).outcome).not.toBe("unknown");
    });

    it("survives bytes that are nothing", { timeout }, async () => {
      const one = await start();
      for (const raw of [new Uint8Array(0), new Uint8Array(1000).fill(255), new TextEncoder().encode("{}\r\n\r\n\0")]) {
        const read = one.channel.read?.({ tenant: "default", secret, raw, about: null, receivedAt: new Date(0) });
        const result = await read?.catch((thrown: unknown) => thrown);
        expect(result instanceof Error || typeof (result as { type?: unknown })?.type === "string").toBe(true);
      }
    });
  });
};
