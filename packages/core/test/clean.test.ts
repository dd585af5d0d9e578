import { describe, expect, it } from "vitest";
import { clean, isTooDeep } from "../src/clean.ts";
import { forEachSeed } from "./Dice.ts";

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe("clean", () => {
  it("makes every string well-formed and free of NUL, and changes nothing else of it", () => {
    forEachSeed(500, (dice) => {
      const text = dice.text(dice.int(0, 30));
      expect(clean(text)).toBe(text.toWellFormed().replaceAll("\0", "\uFFFD"));
    });
  });

  it("reaches keys and values at any depth", () => {
    expect(clean({ "a\0": [{ b: "\uD800" }, "c\0"] })).toEqual({ "a\uFFFD": [{ b: "\uFFFD" }, "c\uFFFD"] });
  });

  it("reaches objects of a class, and those without a prototype", () => {
    class Form {
      text = "a\0";
    }
    const bare = Object.assign(Object.create(null), { text: "b\0" });
    expect(clean([new Form(), bare])).toEqual([{ text: "a\uFFFD" }, { text: "b\uFFFD" }]);
  });

  it("leaves out fields that are undefined, and keeps null", () => {
    expect(clean({ a: undefined, b: null, c: [undefined] })).toStrictEqual({ b: null, c: [undefined] });
  });

  it("keeps what is no text and has no fields as it is", () => {
    const kept = [1, true, null, 10n, new Date(0), new Map([["a", "\0"]]), new Uint8Array(2), Number.NaN];
    for (const value of kept) expect(clean(value)).toBe(value);
  });

  it("makes a field named __proto__ a field like any other", () => {
    const cleaned = clean(JSON.parse('{ "__proto__": { "admin": true }, "constructor": "x" }')) as object;
    expect(Object.keys(cleaned)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(cleaned)).toBe(Object.prototype);
    expect((cleaned as { admin?: boolean }).admin).toBeUndefined();
  });

  it("is done after one time", () => {
    forEachSeed(100, (dice) => {
      const once = clean({ [dice.text(5)]: dice.many(3, () => dice.text(8)) });
      expect(clean(once)).toEqual(once);
    });
  });
});

describe("too deep", () => {
  it.each([0, 1, 50, 100])("%i levels are not", (depth) => {
    expect(isTooDeep(nested(depth))).toBe(false);
  });

  it.each([101, 5_000])("%i levels are", (depth) => {
    expect(isTooDeep(nested(depth))).toBe(true);
  });

  it("is what contains itself", () => {
    const round: { self?: unknown } = {};
    round.self = { again: round };
    expect(isTooDeep(round)).toBe(true);
  });
});
