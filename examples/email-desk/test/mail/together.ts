import { expect, test } from "vitest";
import { eventually } from "../../../../packages/email/test/processes.ts";
import type { Desk } from "../desk.ts";
import type { Post } from "./post.ts";
import { asking } from "./story.ts";

/** Two processes on one database and one mailbox, as behind a load balancer. */
export const together = (one: Desk, other: Desk, post: Post): void => {
  const { ticketWith, tickets } = asking(one);

  test("two processes read each mail once, and a task of either is done once all is read", async () => {
    const people = Array.from({ length: 8 }, () => post.customer());
    for (const [n, person] of people.entries()) {
      await post.write(person, { subject: `Shared ${n}`, text: `For both ${n}` });
      const { task_id } = (await (n % 2 ? one : other).post("/emails/async")).body;
      const { result } = await eventually("the task ends", async () => {
        const { body } = await (n % 2 ? other : one).get(`/emails/async/${task_id}`);
        return body.status === "SUCCESS" && body;
      });
      expect(result.map(({ message }: { message: string }) => message)).toEqual([`For both ${n}`]);
    }
    const subjects = (await tickets()).map(({ subject }) => subject).filter((subject) => /^Shared/.test(subject));
    expect(subjects.sort()).toEqual(people.map((_, n) => `Shared ${n}`));
    for (const { address } of people) await post.letters(address, 1);
    expect(people.map(({ address }) => post.lettersTo(address).length)).toEqual(people.map(() => 1));
  });

  test("what one process was told goes out, whichever of them sends it, once", async () => {
    const anna = post.customer();
    await post.write(anna, { subject: "Both", text: "Who answers" });
    const ticket = await ticketWith("Who answers");
    const operator_id = await one.operator();
    const said = Array.from({ length: 10 }, (_, n) => `Answer ${n}.`);
    const answers = said.map((message, n) =>
      (n % 2 ? one : other).post(`/tickets/${ticket.id}/reply`, { operator_id, message }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(said.map(() => 201));
    const letters = await post.letters(anna.address, 11);
    expect(said.map((text) => letters.filter((letter) => letter.text.includes(text)).length)).toEqual(
      said.map(() => 1),
    );
    expect(letters).toHaveLength(11);
  });
};
