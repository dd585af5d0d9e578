import { expect, it } from "vitest";
import { createHelpdesk } from "../../src/createHelpdesk.ts";

it("what a customer writes on a merged ticket goes where it goes on, if that is theirs", async () => {
  await using desk = await createHelpdesk();
  const ada = desk.as({ role: "customer", user: { externalId: "ada" } });
  const bob = desk.as({ role: "customer", user: { externalId: "bob" } });
  const [one, two] = [
    await ada.tickets.open({ subject: "One", text: "1" }),
    await ada.tickets.open({ subject: "Two", text: "2" }),
  ];
  const bobs = await bob.tickets.open({ subject: "Three", text: "3" });
  await expect(ada.tickets.merge(one.id, two.id)).rejects.toMatchObject({ _tag: "NotAllowed" });
  await desk.tickets.merge(two.id, one.id, { ifVersion: two.version });
  expect((await ada.messages.reply(two.id, { text: "More" })).ticketId).toBe(one.id);
  await desk.tickets.merge(bobs.id, one.id);
  const said = await bob.messages.reply(bobs.id, { text: "Mine" });
  expect(said.ticketId).not.toBe(one.id);
  await expect(desk.tickets.merge(one.id, 99)).rejects.toMatchObject({ _tag: "InvalidInput" });
});
