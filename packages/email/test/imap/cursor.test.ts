import { describe, expect, test } from "vitest";
import { cursorOf, keyOf, nextOf, readUpTo } from "../../src/imap/cursor.ts";

describe("the cursor of an account", () => {
  test("begins every folder at the first UID", () => {
    expect(nextOf(cursorOf(null), "INBOX", 7)).toBe(1);
  });

  test("goes on behind what was read, in each folder for itself", () => {
    const cursor = readUpTo(readUpTo({}, "INBOX", 7, 41), "Sales", 9, 3);
    expect(nextOf(cursor, "INBOX", 7)).toBe(42);
    expect(nextOf(cursor, "Sales", 9)).toBe(4);
  });

  test("begins a folder again whose UIDs mean other mails now", () => {
    const cursor = readUpTo({}, "INBOX", 7, 41);
    expect(nextOf(cursor, "INBOX", 8)).toBe(1);
    expect(readUpTo(cursor, "INBOX", 8, 2)).toEqual({ INBOX: { uidValidity: 8, next: 3 } });
  });

  test("never goes back", () => {
    expect(readUpTo(readUpTo({}, "INBOX", 7, 41), "INBOX", 7, 5)).toEqual({ INBOX: { uidValidity: 7, next: 42 } });
  });

  test("survives being stored, and anything else that may stand in its place", () => {
    const cursor = readUpTo({}, "INBOX", 7, 41);
    expect(cursorOf(JSON.parse(JSON.stringify(cursor)))).toEqual(cursor);
    for (const nonsense of [undefined, 5, "INBOX", [1], { INBOX: 3 }, { INBOX: { uidValidity: "7", next: null } }])
      expect(cursorOf(nonsense)).toEqual({});
  });

  test("gives a mail a name that no other has", () => {
    expect(keyOf("INBOX", 1795217865, 42)).toBe("INBOX:1795217865:42");
  });
});
