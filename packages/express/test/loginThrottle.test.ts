import { describe, expect, test } from "vitest";
import { networkOf } from "../src/login/network.ts";
import { Throttle } from "../src/login/Throttle.ts";
import { Turns } from "../src/login/Turns.ts";

const throttleAt = (limit: number) => {
  const clock = { at: 0 };
  return { clock, throttle: new Throttle({ limit, windowMs: 1000, now: () => clock.at }) };
};

describe("a throttle", () => {
  test("lets something happen so often in any window, not in every calendar one", () => {
    const { clock, throttle } = throttleAt(3);
    const happened: Array<number> = [];
    for (clock.at = 0; clock.at < 5000; clock.at += 100) if (throttle.take("key") === 0) happened.push(clock.at);
    expect(happened.slice(0, 6)).toEqual([0, 100, 200, 1000, 1100, 1200]);
    const inWindows = happened.map((start) => happened.filter((at) => at >= start && at < start + 1000).length);
    expect(Math.max(...inWindows)).toBe(3);
  });

  test("tells how long to wait, after which it is let happen", () => {
    const { clock, throttle } = throttleAt(2);
    throttle.take("key");
    clock.at = 300;
    throttle.take("key");
    clock.at = 400;
    expect(throttle.take("key")).toBe(600);
    clock.at = 1000;
    expect(throttle.take("key")).toBe(0);
    expect(throttle.take("key")).toBe(300);
  });

  test("counts each key alone, and forgets one that is to be forgotten", () => {
    const { throttle } = throttleAt(1);
    expect([throttle.take("a"), throttle.take("b"), throttle.take("a")]).toEqual([0, 0, 1000]);
    throttle.forget("a");
    expect([throttle.take("a"), throttle.take("b")]).toEqual([0, 1000]);
  });

  test("does not count what is given back", () => {
    const { throttle } = throttleAt(2);
    for (let time = 0; time < 10; time++) {
      expect(throttle.take("key")).toBe(0);
      throttle.giveBack("key");
    }
    throttle.giveBack("key");
    expect([throttle.take("key"), throttle.take("key"), throttle.take("key")]).toEqual([0, 0, 1000]);
  });

  test("remembers 10,000 keys, those that were used last, shut ones that are tried again among them", () => {
    const { throttle } = throttleAt(1);
    throttle.take("forgotten");
    throttle.take("tried");
    for (let key = 0; key < 9_998; key++) throttle.take(`key ${key}`);
    expect(throttle.take("tried")).toBe(1000);
    throttle.take("one more");
    expect(throttle.take("tried")).toBe(1000);
    expect(throttle.take("key 9997")).toBe(1000);
    expect(throttle.take("forgotten")).toBe(0);
  });
});

test("work of one key happens one at a time and in order, after work that failed too, and other keys' meanwhile", async () => {
  const turns = new Turns();
  const log: Array<string> = [];
  const slow = Promise.withResolvers<void>();
  const first = turns.run("a", async () => {
    log.push("first begins");
    await slow.promise;
    log.push("first ends");
    throw new Error("first failed");
  });
  const second = turns.run("a", async () => {
    log.push("second");
    return 2;
  });
  const third = turns.run("a", async () => {
    log.push("third");
    return 3;
  });
  expect(await turns.run("b", async () => log.push("other"))).toBe(2);
  slow.resolve();
  await expect(first).rejects.toThrow("first failed");
  expect(await Promise.all([second, third])).toEqual([2, 3]);
  expect(log).toEqual(["first begins", "other", "first ends", "second", "third"]);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["1::", "1:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["64:ff9b:1:2::192.0.2.1", "64:ff9b:1:2"],
  ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4"],
  ["192.0.2.1:5678", ""],
  ["unknown", ""],
  ["", ""],
  [undefined, ""],
])("the client at %j is the network %j", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
