import { expect, onTestFinished, test } from "vitest";
import { type ActorRef, type Authorize, createHelpdesk, type Desk } from "../src/index.ts";

const ann: ActorRef = { role: "customer", user: { externalId: "ann" } };
const colleague: ActorRef = { role: "customer", user: { externalId: "colleague" } };
const billing: ActorRef = { role: "agent", user: { externalId: "billing" } };

/** One ticket about bills and one of another queue, each with a reply and a note. */
const office = async (authorize?: Authorize) => {
  const desk = await createHelpdesk({
    queues: [
      { key: "billing", name: "Billing" },
      { key: "repair", name: "Repair" },
    ],
    ...(authorize && { authorize }),
  });
  onTestFinished(() => desk.close());
  const ids = [];
  for (const queue of ["billing", "repair"]) {
    const { id } = await desk.as(ann).tickets.open({ subject: queue, text: "Help", queue });
    await desk.messages.reply(id, { text: "Soon" });
    await desk.messages.note(id, { text: "or never" });
    ids.push(id);
  }
  return { desk, ids: ids as [number, number] };
};

const told = async (desk: Desk) => {
  const { events } = await desk.eventPage({ after: 0, limit: 1_000 });
  const paged = events.flatMap((event) => ("ticketId" in event ? [`${event.ticketId} ${event.type}`] : []));
  const heard: Array<string> = [];
  const last = events.at(-1)?.position;
  if (last !== undefined)
    for await (const event of desk.events({ after: 0 })) {
      if ("ticketId" in event) heard.push(`${event.ticketId} ${event.type}`);
      if (event.position === last) break;
    }
  expect(heard).toEqual(paged);
  return paged;
};

test("an agent hears of nothing that the host's rule hides from them", async () => {
  const { desk, ids } = await office((actor, action, { ticket }) =>
    actor.role === "agent" && action === "ticket.read" ? ticket?.queue === "billing" : undefined,
  );
  const agent = desk.as(billing);
  expect(await told(agent)).toEqual([`${ids[0]} TicketOpened`, `${ids[0]} ReplyAdded`, `${ids[0]} NoteAdded`]);
  const actor = await agent.actor();
  const about = (ticketId: number) => ({ tenant: "default", ticketId, requester: 1 });
  expect(await desk.mayHear(actor, about(ids[0]))).toBe(true);
  expect(await desk.mayHear(actor, about(ids[1]))).toBe(false);
});

test("a customer hears of a ticket that the host's rule shows them, and never of its notes", async () => {
  const { desk, ids } = await office((actor, action, { ticket }) =>
    actor.role === "customer" && action === "ticket.read" ? ticket?.queue === "repair" || undefined : undefined,
  );
  const theirs = [`${ids[1]} TicketOpened`, `${ids[1]} ReplyAdded`];
  expect(await told(desk.as(colleague))).toEqual(theirs);
  const history = await desk.as(colleague).tickets.history(ids[1]);
  expect(history.map(({ type }) => type)).toEqual(["TicketOpened", "ReplyAdded"]);
  expect((await told(desk.as(ann))).filter((event) => event.startsWith(`${ids[1]} `))).toEqual(theirs);
});

test("without a rule of the host's the answer is there at once", async () => {
  const { desk, ids } = await office();
  const about = { tenant: "default", ticketId: ids[0], requester: (await desk.as(ann).actor()).user as number };
  expect(desk.mayHear(await desk.as(ann).actor(), about)).toBe(true);
  expect(desk.mayHear(await desk.as(colleague).actor(), about)).toBe(false);
  expect(await told(desk.as(colleague))).toEqual([]);
});
