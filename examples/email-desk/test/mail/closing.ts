import { expect, test } from "vitest";
import type { Desk } from "../desk.ts";
import type { Post } from "./post.ts";
import { asking, refs } from "./story.ts";

/** The end of a ticket, over mail, and what comes after it. */
export const closing = (desk: Desk, post: Post): void => {
  const { ticketWith, shown } = asking(desk);

  test("when the ticket is closed, its user gets a mail that it is solved, marked as automatic and in the thread", async () => {
    const closings = [
      (id: number) => desk.patch(`/tickets/${id}/close`),
      (id: number) => desk.patch(`/tickets/${id}`, { status: "closed" }),
    ];
    for (const [n, close] of closings.entries()) {
      const anna = post.customer();
      const id = await post.write(anna, { subject: `Lamp ${n}`, text: `It flickers ${n}` });
      const ticket = await ticketWith(`It flickers ${n}`);
      const [first] = await post.letters(anna.address, 1);
      expect((await close(ticket.id)).status).toBe(200);
      const [, closing] = await post.letters(anna.address, 2);
      expect(closing?.text).toContain("solved");
      expect(closing?.header("Auto-Submitted")).toMatch(/^auto-/);
      expect(closing?.header("In-Reply-To")).toBe(first?.id);
      expect(closing && refs(closing)).toEqual([id, first?.id]);
    }
  });

  test("a new mail after closing opens a new ticket, whatever it refers to, and leaves the old one as it was", async () => {
    const anna = post.customer();
    const id = await post.write(anna, { subject: "Fan", text: "It is loud" });
    const old = await ticketWith("It is loud");
    const closed = (await desk.patch(`/tickets/${old.id}/close`)).body;
    await post.write(anna, { subject: "Fan, again", text: "Loud again", inReplyTo: id });
    await post.write(anna, { subject: `Once more [#${old.id}]`, text: "And again" });
    await post.write(anna, { subject: "Another thing", text: "The light" });
    const opened = [await ticketWith("Loud again"), await ticketWith("And again"), await ticketWith("The light")];
    expect(new Set([old.id, ...opened.map((ticket) => ticket.id)]).size).toBe(4);
    expect(opened.map(({ status, user_id }) => [status, user_id])).toEqual(opened.map(() => ["open", old.user_id]));
    expect(opened.map(({ subject }) => subject)).toEqual([
      "Fan, again",
      expect.stringContaining("Once more"),
      "Another thing",
    ]);
    expect(await shown(old.id)).toStrictEqual(closed);
  });
};
