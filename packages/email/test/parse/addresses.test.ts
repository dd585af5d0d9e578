import { describe, expect, test } from "vitest";
import { readAddresses } from "../../src/parse/addresses.ts";

const shown = (header: string) =>
  readAddresses(header).map(({ address, name }) => (name === null ? address : `${name} <${address}>`));

describe("addresses", () => {
  test.each([
    ["ann@example.com", ["ann@example.com"]],
    ["<Ann@Example.COM>", ["ann@example.com"]],
    ["Ann Lee <ann@example.com>", ["Ann Lee <ann@example.com>"]],
    ['"Lee, Ann" <ann@example.com>, bob@example.com', ["Lee, Ann <ann@example.com>", "bob@example.com"]],
    ["Ann Lee (ann@example.com)", ["Ann Lee <ann@example.com>"]],
    ["ann@example.com (Ann Lee)", ["Ann Lee <ann@example.com>"]],
    ["Ann Lee [mailto:ann@example.com]", ["Ann Lee <ann@example.com>"]],
    ["mailto:ann@example.com", ["ann@example.com"]],
    ["'Ann Lee' <ann@example.com>", ["Ann Lee <ann@example.com>"]],
    ["ann@example.com <ann@example.com>", ["ann@example.com"]],
    ["=?utf-8?B?0JDQvdC90LA=?= <anna@example.com>", ["Анна <anna@example.com>"]],
    ['"=?utf-8?B?0JDQvdC90LA=?=" <anna@example.com>', ["Анна <anna@example.com>"]],
    ["=?utf-8?Q?Lee=2C_Ann?= <ann@example.com>", ["Lee, Ann <ann@example.com>"]],
    ["=?utf-8?Q?evil=40bad.example=3E=2C?= <ann@example.com>", ["evil@bad.example>, <ann@example.com>"]],
    ["=?utf-8?Q?a=22b?= <ann@example.com>", ['a"b <ann@example.com>']],
    ['"mallory@bad.example" <ann@example.com>', ["mallory@bad.example <ann@example.com>"]],
    ["Friends: ann@example.com, Bob <bob@example.com>;", ["ann@example.com", "Bob <bob@example.com>"]],
    ["undisclosed-recipients:;", []],
    ["Анна <anna@почта.рф>", ["Анна <anna@почта.рф>"]],
    ["ann@example.com; bob@example.com", ["ann@example.com", "bob@example.com"]],
    ["ann@example.com,, bob@example.com,", ["ann@example.com", "bob@example.com"]],
    ["Ann <ann@example.com", ["Ann <ann@example.com>"]],
    ["<@relay.example:ann@example.com>", ["ann@example.com"]],
    ["ann@example.com, ANN@example.com", ["ann@example.com"]],
    ["<>", []],
    ["", []],
    ["just a name", []],
    ["a@b@c", []],
  ])("of %j are %j", (header, expected) => {
    expect(shown(header)).toEqual(expected);
  });

  test("are read to the end, however many and long they are", () => {
    for (const long of ["a", "(", "<", '"', "[", "=?", "a@", ",", "\\", ";:"])
      expect(readAddresses(`${long.repeat(50_000)}@example.com`).length).toBeLessThan(2);
    expect(shown(Array.from({ length: 2000 }, (_, at) => `N <n${at}@example.com>`).join(", "))).toHaveLength(2000);
  });
});
