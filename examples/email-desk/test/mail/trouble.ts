import { expect, test } from "vitest";
import { eventually } from "../../../../packages/email/test/processes.ts";
import type { Desk } from "../desk.ts";
import type { Post } from "./post.ts";
import { asking } from "./story.ts";

/** What becomes of mail where servers are not well. */
export const trouble = (desk: Desk, post: Post): void => {
  const { ticketWith } = asking(desk);

  test("a temporary refusal is tried again after 1, 2, 4 … seconds, until the mail is out, once", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "Greylisted", text: "Wait for me" });
    const ticket = await ticketWith("Wait for me");
    await post.letters(anna.address, 1);
    const tries: Array<number> = [];
    post.server.faults = {
      recipient: (address) => {
        if (address !== anna.address) return undefined;
        tries.push(Date.now());
        return tries.length <= 2 ? { code: 450, text: "4.2.0 Try again later" } : undefined;
      },
    };
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "I did" });
    const letters = await post.letters(anna.address, 2);
    post.server.faults = {};
    expect(letters[1]?.text).toContain("I did");
    const [first = 0, second = 0, third = 0] = tries;
    expect(second - first).toBeGreaterThan(400);
    expect(second - first).toBeLessThan(3000);
    expect(third - second).toBeGreaterThan(900);
    expect(third - second).toBeLessThan(5000);
    expect(tries).toHaveLength(3);
  });

  test("a connection that is lost before the server has the mail is tried again", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "Cut off", text: "Can you hear me" });
    const ticket = await ticketWith("Can you hear me");
    await post.letters(anna.address, 1);
    let cuts = 0;
    post.server.faults = { sender: () => (++cuts <= 2 ? "drop" : undefined) };
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Loud and clear" });
    const letters = await post.letters(anna.address, 2);
    post.server.faults = {};
    expect(letters[1]?.text).toContain("Loud and clear");
    expect(cuts).toBeGreaterThan(2);
  });

  test("a connection that is lost in the middle of the mail is tried again", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "Broken off", text: "Are you there" });
    const ticket = await ticketWith("Are you there");
    await post.letters(anna.address, 1);
    let cuts = 0;
    post.server.faults = { content: () => (++cuts <= 1 ? "drop" : undefined) };
    const operator_id = await desk.operator();
    await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Here I am" });
    const letters = await post.letters(anna.address, 2);
    post.server.faults = {};
    expect(letters.map((letter) => letter.text.includes("Here I am"))).toEqual([false, true]);
    expect(cuts).toBe(2);
  });

  test("while the mailbox's server is away the API goes on, and what comes in later is read once it is back", async () => {
    const anna = post.customer();
    await post.server.dovecot.kill();
    expect((await desk.open({ subject: "Meanwhile" })).status).toBe("open");
    await post.server.dovecot.up();
    await post.write(anna, { subject: "Back", text: "You are back" });
    await ticketWith("You are back");
    expect(await post.letters(anna.address, 1)).toHaveLength(1);
  });

  test("sessions that are cut lose nothing and double nothing", async () => {
    const people = Array.from({ length: 6 }, () => post.customer());
    for (const [n, one] of people.entries()) {
      await post.write(one, { subject: `Cut ${n}`, text: `Cut session ${n}` });
      post.server.dovecot.kickSessions();
    }
    for (const [n, one] of people.entries()) {
      await ticketWith(`Cut session ${n}`);
      await post.letters(one.address, 1);
    }
    const { tickets } = asking(desk);
    const subjects = (await tickets()).map(({ subject }) => subject).filter((subject) => /^Cut \d/.test(subject));
    expect(subjects.sort()).toEqual(people.map((_, n) => `Cut ${n}`));
    expect(people.map(({ address }) => post.lettersTo(address).length)).toEqual(people.map(() => 1));
  });

  test("a reading task is a SUCCESS once all is read that lies in the mailbox, and its result are the messages read", async () => {
    const run = async () => {
      const { task_id } = (await desk.post("/emails/async")).body;
      return eventually("the task ends", async () => {
        const { body } = await desk.get(`/emails/async/${task_id}`);
        expect(["PENDING", "STARTED", "SUCCESS"]).toContain(body.status);
        return body.status === "SUCCESS" && body;
      });
    };
    await run();
    for (let round = 0; round < 3; round++) {
      const anna = post.customer();
      await post.write(anna, { subject: "Task", text: `Read me now ${round}` });
      const { result } = await run();
      const ticket = await ticketWith(`Read me now ${round}`);
      const [message] = ticket.messages;
      expect(result).toStrictEqual([{ ...message, ticket_id: ticket.id }]);
    }
    expect((await run()).result).toEqual([]);
  });

  test("a sending task sends a mail that belongs to no ticket, once, and tells how it went", async () => {
    const send = async (to: string) => {
      const mail = { subject: "Maintenance", to, message: "We are away on Sunday" };
      const { task_id } = (await desk.post("/emails/send_async/", mail)).body;
      return eventually("the task ends", async () => {
        const { body } = await desk.get(`/emails/async/${task_id}`);
        return ["SUCCESS", "FAILURE"].includes(body.status) && body;
      });
    };
    let tries = 0;
    post.server.faults = {
      recipient: (address) => {
        if (address.startsWith("refused")) return { code: 550, text: "5.1.1 No such user" };
        return address.startsWith("busy") && ++tries === 1 ? { code: 451, text: "4.3.0 Busy" } : undefined;
      },
    };
    const sent = await send("reader@people.example");
    expect([sent.status, Array.isArray(sent.result)]).toEqual(["SUCCESS", true]);
    expect((await send("busy@people.example")).status).toBe("SUCCESS");
    expect((await send("refused@people.example")).status).toBe("FAILURE");
    post.server.faults = {};
    for (const name of ["reader", "busy"]) {
      const letters = post.lettersTo(`${name}@people.example`);
      expect(letters.map((letter) => letter.header("Subject"))).toEqual(["Maintenance"]);
      expect(letters[0]?.text).toContain("We are away on Sunday");
    }
    expect(post.lettersTo("refused@people.example")).toEqual([]);
  });
};
