import type { Helpdesk } from "@deskwright/core";
import { expect, test } from "vitest";
import type { LiveProtocol } from "../src/index.ts";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

test("an event is put into words with what the host looks up for it, in order", async () => {
  const looked: { desk?: Helpdesk } = {};
  const protocol: LiveProtocol = {
    receive: () => null,
    send: () => null,
    event: async ({ message }) => {
      if (message === undefined) return null;
      if (message.text === "nonsense") throw new Error("no words for this one");
      const author = await looked.desk?.users.get(message.author ?? 0);
      return `${author?.externalId}: ${message.text}`;
    },
  };
  const { desk, url } = await openOffice({
    path: "/ws/:id",
    subscribe: ({ id }) => [{ ticketId: Number(id) }],
    protocol,
  });
  looked.desk = desk;
  const [ann, bob] = [desk.as(personOf("customer:ann")), desk.as(personOf("agent:bob"))];
  const ticket = await ann.tickets.open({ subject: "Printer", text: "It burns" });
  const client = await Client.connect(url("customer:ann", `/ws/${ticket.id}`));
  await bob.messages.reply(ticket.id, { text: "Step away" });
  await bob.messages.reply(ticket.id, { text: "nonsense" });
  await ann.messages.reply(ticket.id, { text: "I did" });
  await client.until(() => client.texts.length === 2);
  expect(client.texts).toEqual(["bob: Step away", "ann: I did"]);
});
