import { expect, test } from "vitest";
import type { Link } from "../../../../packages/postgres/test/Link.ts";
import type { Desk } from "../desk.ts";
import type { Post } from "./post.ts";
import { asking } from "./story.ts";

/** The database goes away and comes back. */
export const outage = (desk: Desk, post: Post, link: Link): void => {
  const { ticketWith, tickets } = asking(desk);

  test("while the database is away nothing is accepted, and what came in meanwhile is taken up once it is back", async () => {
    const people = Array.from({ length: 9 }, () => post.customer());
    const [first, second, third] = [people.slice(0, 3), people.slice(3, 6), people.slice(6)];
    const operator_id = await desk.operator();
    const ticket = await desk.open();
    const write = async (some: typeof people) => {
      for (const one of some)
        await post.write(one, { subject: `Outage ${one.name}`, text: `In the dark, ${one.name}` });
    };
    await write(first);
    const said = desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Just before" });
    await link.cut();
    await write(second);
    expect((await desk.post(`/tickets/${ticket.id}/reply`, { operator_id, message: "Meanwhile" })).status).toBe(503);
    expect((await desk.get("/tickets/")).status).toBe(503);
    await link.open();
    await write(third);
    for (const { name } of people) await ticketWith(`In the dark, ${name}`);
    for (const { address } of people) await post.letters(address, 1);
    expect(people.map(({ address }) => new Set(post.lettersTo(address).map(({ id }) => id)).size)).toEqual(
      people.map(() => 1),
    );
    const all = (await tickets()).flatMap(({ messages }) =>
      messages.map(({ message }: { message: string }) => message),
    );
    const dark = all.filter((text: string) => text.startsWith("In the dark"));
    expect(dark.sort()).toEqual(people.map(({ name }) => `In the dark, ${name}`).sort());
    const { status } = await said;
    expect([201, 503]).toContain(status);
    expect(all.filter((text: string) => text === "Meanwhile")).toEqual([]);
    if (status === 201) expect(all.filter((text: string) => text === "Just before")).toHaveLength(1);
  });
};
