import { describe, expect, test } from "vitest";
import { recipientsOf, referencesOf } from "../../src/smtp/message.ts";

const people = (...addresses: ReadonlyArray<string>) => addresses.map((address) => ({ address, name: null }));
const own = new Set(["support@example.com", "sales@example.com"]);

describe("whom a mail goes to", () => {
  test("is never us, under whatever address", () => {
    const to = people("anna@customer.example", "Support+t1.abc@example.com");
    const copies = people("SALES@example.com", "bob@customer.example");
    const { to: first, copies: second, refused } = recipientsOf({ to, copies }, own);
    expect([first, second]).toEqual([people("anna@customer.example"), people("bob@customer.example")]);
    expect(refused).toEqual([]);
  });

  test("is nobody twice", () => {
    const both = { to: people("anna@customer.example"), copies: people("anna@customer.example") };
    expect(recipientsOf(both, own).copies).toEqual([]);
  });

  test("leaves out what is no address, and says so", () => {
    const to = people("anna@customer.example", "bob");
    const { to: good, refused } = recipientsOf({ to, copies: [] }, own);
    expect(good).toEqual(people("anna@customer.example"));
    expect(refused).toEqual([{ address: "bob", reason: "is no address that mail can be sent to", mayPass: false }]);
  });
});

describe("the references of a mail", () => {
  test("are its thread, each once, in the form of a header", () => {
    expect(referencesOf(["<a@x>", "b@x", " <a@x> "])).toEqual(["<a@x>", "<b@x>"]);
  });

  test("leave out what could not stand in a header", () => {
    expect(referencesOf(["<a@x>\r\nBcc: evil@x", "", "telegram 12:34", "<b@x>"])).toEqual(["<b@x>"]);
  });

  test("of a long thread are its first and its last twenty", () => {
    const thread = Array.from({ length: 100 }, (_, at) => `<${at}@x>`);
    const references = referencesOf(thread);
    expect(references).toHaveLength(21);
    expect([references[0], references[1], references[20]]).toEqual(["<0@x>", "<80@x>", "<99@x>"]);
  });
});
