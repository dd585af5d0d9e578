import { expect, test } from "vitest";
import { eventually } from "../../../../packages/email/test/processes.ts";
import type { Desk } from "../desk.ts";
import type { Letter, Post } from "./post.ts";

// biome-ignore lint/suspicious/noExplicitAny: a ticket is what came over the wire; the tests say what it must be.
type Ticket = any;

/** What the tests of mail ask the API. */
export const asking = (desk: Desk) => {
  const tickets = async (): Promise<ReadonlyArray<Ticket>> => (await desk.get("/tickets/?limit=1000")).body;
  return {
    tickets,
    /** Waits for the ticket with a message of exactly this text. */
    ticketWith: (text: string, ms?: number): Promise<Ticket> =>
      eventually(
        `a ticket with ${JSON.stringify(text)}`,
        async () => (await tickets()).find(({ messages }) => messages.some((one: Ticket) => one.message === text)),
        ms,
      ),
    shown: async (id: number): Promise<Ticket> => (await tickets()).find((ticket) => ticket.id === id),
  };
};

export const refs = (letter: Letter) => letter.header("References")?.split(/\s+/) ?? [];

/** The customer's side of the document, over mail. */
export const story = (desk: Desk, post: Post): void => {
  const { ticketWith, shown } = asking(desk);

  test("a mail opens a ticket, and is answered by itself that it is being worked on", async () => {
    const anna = post.customer();
    const id = await post.write(anna, { subject: "Printer", text: "It burns since noon" });
    const ticket = await ticketWith("It burns since noon");
    expect(ticket).toMatchObject({ subject: "Printer", status: "open", operator_id: null });
    const [letter] = await post.letters(anna.address, 1);
    expect(letter?.header("Auto-Submitted")).toBe("auto-replied");
    expect([letter?.header("In-Reply-To"), letter && refs(letter)]).toEqual([id, [id]]);
    expect(letter?.text).toContain("It is being worked on");
  });

  test("who wrote a mail is a user already", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "Hello", text: "Do you know me?" });
    const { user_id } = await ticketWith("Do you know me?");
    const again = { name: "Anna", email: anna.address.toUpperCase(), role: "user" };
    expect((await desk.post("/users/", again)).status).toBe(400);
    const { body } = await desk.post("/tickets/", { subject: "Mine, too", message: "By the API", user_id });
    expect(body.user_id).toBe(user_id);
  });

  test("a ticket that the API opened for a user is answered by itself at their address", async () => {
    const user_id = await desk.user("grace by api");
    const ticket = await desk.open({ user_id });
    const letters = await post.letters("grace-by-api@people.example", 1);
    expect(letters[0]?.header("Auto-Submitted")).toBe("auto-replied");
    expect(letters[0]?.header("Subject")).toContain(ticket.subject);
  });

  test("an operator's reply goes out as mail, in the thread and as a person's", async () => {
    const anna = post.customer();
    const id = await post.write(anna, { subject: "Keyboard", text: "It is wet" });
    const ticket = await ticketWith("It is wet");
    const [first] = await post.letters(anna.address, 1);
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Turn it upside down" });
    const [, reply] = await post.letters(anna.address, 2);
    expect(reply?.text).toContain("Turn it upside down");
    expect(reply?.header("Auto-Submitted")).toBeNull();
    expect(reply?.header("In-Reply-To")).toBe(first?.id);
    expect(reply && refs(reply)).toEqual([id, first?.id]);
  });

  test("a mail that refers to a ticket joins it by its visible part, and is not answered by itself again", async () => {
    const anna = post.customer();
    const id = await post.write(anna, { subject: "Mouse", text: "It squeaks" });
    const ticket = await ticketWith("It squeaks");
    const [first] = await post.letters(anna.address, 1);
    const quoted =
      "On Sat, 21 Nov 2026 at 12:00, Support <support@test.local> wrote:\r\n> We have received your request";
    await post.write(anna, {
      ...{ subject: "Re: Mouse", text: `It eats, too\r\n\r\n${quoted}` },
      ...{ inReplyTo: first?.id ?? "", references: `${id} ${first?.id}` },
    });
    expect((await ticketWith("It eats, too")).id).toBe(ticket.id);
    await post.write(anna, { subject: "By reference", text: "And drinks", references: id });
    expect((await ticketWith("And drinks")).id).toBe(ticket.id);
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Feed it" });
    const letters = await post.letters(anna.address, 2);
    expect(letters.map((letter) => letter.header("Auto-Submitted"))).toEqual(["auto-replied", null]);
  });

  test("where nothing remains of a mail without the quoted text, all of it is the message", async () => {
    const anna = post.customer();
    const id = await post.write(anna, { subject: "Screen", text: "It is dark" });
    const ticket = await ticketWith("It is dark");
    const text = "> Is it plugged in?\r\n> Is it switched on?";
    await post.write(anna, { subject: "Re: Screen", text, inReplyTo: id });
    const messages = await eventually("the message is there", async () => {
      const found = (await shown(ticket.id)).messages;
      return found.length === 2 && found;
    });
    expect(messages[1].message).toContain("Is it plugged in?");
    expect(messages[1].message).toContain("Is it switched on?");
  });

  test("a ticket number in the subject counts only from that ticket's user", async () => {
    const [anna, mallory] = [post.customer(), post.customer()];
    await post.write(anna, { subject: "Cable", text: "It is short" });
    const ticket = await ticketWith("It is short");
    await post.write(mallory, { subject: `Re: Cable [#${ticket.id}]`, text: "Tell me more" });
    const other = await ticketWith("Tell me more");
    expect(other.id).not.toBe(ticket.id);
    expect(other.user_id).not.toBe(ticket.user_id);
    await post.write(anna, { subject: `Cable again [#${ticket.id}]`, text: "It is too short" });
    expect((await ticketWith("It is too short")).id).toBe(ticket.id);
  });

  test("a machine's mail opens a ticket at most, and is never answered by itself", async () => {
    const robot = post.customer();
    const headers = { "Auto-Submitted": "auto-generated" };
    await post.write(robot, { subject: "Backup", text: "It failed", headers });
    const ticket = await ticketWith("It failed");
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Who are you?" });
    const letters = await post.letters(robot.address, 1);
    expect(letters.map((letter) => letter.text.includes("Who are you?"))).toEqual([true]);
  });

  test("what is written in Russian is answered in Russian", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "=?utf-8?B?0J/RgNC40L3RgtC10YA=?=", text: "Он горит" });
    expect((await ticketWith("Он горит")).subject).toBe("Принтер");
    const [letter] = await post.letters(anna.address, 1);
    expect(letter?.text).toContain("Здравствуйте");
  });

  test("the rate caps of automatic mail stay in force: no more than three answers a day to one address", async () => {
    const eager = post.customer();
    for (let n = 0; n < 5; n++) await post.write(eager, { subject: `Question ${n}`, text: `Eager ${n}` });
    const tickets: Array<Ticket> = [];
    for (let n = 0; n < 5; n++) tickets.push(await ticketWith(`Eager ${n}`));
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(5);
    await post.letters(eager.address, 3);
    const operator_id = await desk.operator();
    for (const { id } of tickets) await desk.post(`/tickets/${id}/reply`, { operator_id, message: "One at a time" });
    const letters = await post.letters(eager.address, 8);
    const automatic = letters.filter((letter) => letter.header("Auto-Submitted") !== null);
    expect([letters.length, automatic.length]).toEqual([8, 3]);
  });
};
