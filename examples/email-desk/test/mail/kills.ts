import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually } from "../../../../packages/email/test/processes.ts";
import type { Desk } from "../desk.ts";
import type { Post } from "./post.ts";
import { asking } from "./story.ts";

const count = 30;
/** So often the process is killed, at least half as often. */
const most = 4;

/** Runs work on each number up to `count`, one after the other. */
const inTurn = async (work: (n: number) => Promise<void>) => {
  for (let n = 0; n < count; n++) await work(n);
};

/** The process is killed again and again while mail comes in and the API is written to. */
export const kills = (desk: Desk, post: Post): void => {
  test("a process that is killed at any moment loses nothing, and nothing is answered twice because of it", async () => {
    const { tickets } = asking(desk);
    const operator_id = await desk.operator();
    const users = await Promise.all(Array.from({ length: 10 }, (_, n) => desk.user(`api ${n}`)));
    const customers = Array.from({ length: count }, () => post.customer());
    const opened: Array<number> = [];
    let isOver = false;
    let killed = 0;

    /** Tries until there is an answer; each try says something of its own. */
    const said: Array<string> = [];
    const say = async (n: number) => {
      for (let attempt = 0; ; attempt++) {
        const message = `api ${n} try ${attempt}.`;
        const user_id = users[n % 10];
        const ticket_id = opened[n % 10];
        const call = () => {
          if (n < 10) return desk.post("/tickets/", { subject: `Api ${n} try ${attempt}.`, message, user_id });
          if (n < 20) return desk.post(`/tickets/${ticket_id}/reply`, { operator_id, message });
          return desk.post("/messages/", { user_id, ticket_id, message });
        };
        const answer = await call().catch(() => null);
        if (answer !== null) {
          // What the process says of it says more than the status.
          expect(answer.status, desk.output()).toBe(201);
          if (n < 10) opened.push(answer.body.id);
          said.push(message);
          return;
        }
        await pause(50);
      }
    };

    const killing = async () => {
      while (!isOver && killed < most) {
        await pause(20 + Math.random() * 900);
        await desk.kill();
        killed += 1;
        await desk.restart();
      }
    };
    const writing = inTurn(async (n) => {
      const one = customers[n] as (typeof customers)[number];
      await post.write(one, { subject: `Mail ${n}.`, text: `mail ${n}.` });
      await pause(60);
    });
    const calling = inTurn(async (n) => {
      await say(n);
      await pause(60);
    });
    const killer = killing();
    await Promise.all([writing, calling]);
    isOver = true;
    await killer;
    expect(killed).toBeGreaterThanOrEqual(most / 2);

    // What a killed process had taken is somebody's again when its lease is over, a quarter of a minute later.
    const times = (all: ReadonlyArray<string>, text: string) => all.filter((one) => one === text).length;
    const texts = await eventually("everything is there", async () => {
      const found = (await tickets()).flatMap(({ messages }) =>
        messages.map(({ message }: { message: string }) => message),
      );
      return customers.every((_, n) => found.includes(`mail ${n}.`)) && found;
    });
    for (const text of [...customers.map((_, n) => `mail ${n}.`), ...said])
      expect([text, times(texts, text)]).toEqual([text, 1]);
    expect(new Set(texts).size).toBe(texts.length);

    /** The different mails about something; one that went out twice has the same Message-ID, by which it is known. */
    const mailsWith = (address: string, isMeant: (letter: ReturnType<Post["lettersTo"]>[number]) => boolean) =>
      new Set(
        post
          .lettersTo(address)
          .filter(isMeant)
          .map(({ id }) => id),
      ).size;
    const replies = said.filter((text) => /^api 1\d /.test(text));
    const goneOut = () => [
      ...customers.map(({ address }, n) =>
        mailsWith(address, (letter) => `${letter.header("Subject")}`.includes(`Mail ${n}.`)),
      ),
      ...said
        .slice(0, 10)
        .map((text, n) =>
          mailsWith(
            `api-${n}@people.example`,
            (letter) =>
              `${letter.header("Subject")}`.includes(`A${text.slice(1)}`) && letter.header("Auto-Submitted") !== null,
          ),
        ),
      ...replies.map((text, n) => mailsWith(`api-${n}@people.example`, (letter) => letter.text.includes(text))),
    ];
    await eventually("everything is answered", () => goneOut().every((mails) => mails > 0));
    expect(goneOut()).toEqual(goneOut().map(() => 1));
  });
};
