import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { type Event, InvalidInput, NotAllowed, StorageError } from "../src/index.ts";
import { ada, bob, grace, printer, rejection, shared, start, until } from "./desks.ts";

const types = (events: ReadonlyArray<Event>) => events.map(({ type }) => type);
/** So many events of an iteration. */
const take = async (events: AsyncIterable<Event>, count: number) => {
  const taken: Array<Event> = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
};

describe("iterating over events", () => {
  it("hears what is done from now on, and nothing of the past", async () => {
    const desk = await start();
    await desk.as(ada).tickets.open(printer);
    const iterator = desk.events()[Symbol.asyncIterator]();
    const next = iterator.next();
    await desk.as(ada).messages.reply(1, { text: "Hello?" });
    expect((await next).value).toMatchObject({ type: "MessageReceived", ticketId: 1, actor: { role: "customer" } });
    await iterator.return?.();
  });

  it("hears the past first where asked to, then goes on", async () => {
    const desk = await start();
    for (let number = 0; number < 3; number++) await desk.as(ada).tickets.open(printer);
    const all = take(desk.events({ after: 0 }), 5);
    await desk.as(ada).messages.reply(2, { text: "x" });
    expect(types(await all)).toEqual(["UserAdded", "TicketOpened", "TicketOpened", "TicketOpened", "MessageReceived"]);
    const [, second] = await take(desk.events({ after: 0 }), 2);
    expect(types(await take(desk.events({ after: second?.position ?? 0 }), 2))).toEqual([
      "TicketOpened",
      "TicketOpened",
    ]);
    expect(types(await take(desk.events({ after: 0, ticketId: 2 }), 2))).toEqual(["TicketOpened", "MessageReceived"]);
  });

  it("hears only what the actor may, of their tenant", async () => {
    const desk = await start();
    for (const who of [ada, bob]) await desk.as(who).tickets.open(printer);
    await desk.as(grace).messages.note(1, { text: "x" });
    await desk.as(grace).tickets.update(1, { tags: ["x"] });
    await desk.as({ ...grace, tenant: "other" }).tickets.open(printer);
    await desk.as(grace).messages.reply(1, { text: "x" });
    const heard = await take(desk.as(ada).events({ after: 0 }), 3);
    expect(types(heard)).toEqual(["TicketOpened", "ReplyAdded", "StatusChanged"]);
    expect((await desk.as(ada).eventPage({ after: 0 })).events).toEqual(heard);
    const everything = await take(desk.events({ after: 0, everyTenant: true }), 11);
    expect(new Set(everything.map(({ tenant }) => tenant))).toEqual(new Set(["default", "other"]));
    for (const who of [
      ada,
      grace,
      { role: "admin", user: { externalId: "root" } } as const,
      { role: "bot" } as const,
    ]) {
      const hears = desk.as(who).events({ everyTenant: true })[Symbol.asyncIterator]();
      expect(await rejection(hears.next())).toBeInstanceOf(NotAllowed);
    }
  });

  it.each([{ after: -1 }, { after: Number.NaN }, { after: "1" }, { ticketId: 1.5 }])("refuses %o", async (query) => {
    const desk = await start();
    const iterator = desk.events(query as never)[Symbol.asyncIterator]();
    expect(await rejection(iterator.next())).toBeInstanceOf(InvalidInput);
    expect((await iterator.next()).done).toBe(true);
  });

  it("ends by a signal, waiting or not, and lets go of the signal", async () => {
    const desk = await start();
    const stop = new AbortController();
    const waiting = desk.events({ signal: stop.signal })[Symbol.asyncIterator]();
    const next = waiting.next();
    const idle = desk.events({ signal: stop.signal })[Symbol.asyncIterator]();
    stop.abort();
    expect((await next).done).toBe(true);
    expect((await idle.next()).done).toBe(true);
    for await (const event of desk.events({ after: 0, signal: stop.signal })) expect(event).toBeUndefined();

    const { signal } = new AbortController();
    await desk.as(ada).tickets.open(printer);
    for (let time = 0; time < 20; time++) await take(desk.events({ after: 0, signal }), 1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends when the helpdesk is closed", async () => {
    const desk = await start();
    const next = desk.events()[Symbol.asyncIterator]().next();
    const signals = desk.liveSignals()[Symbol.asyncIterator]().next();
    await desk.close();
    expect((await next).done).toBe(true);
    expect((await signals).done).toBe(true);
  });

  it("gives each of many followers that begin anywhere every event once, while writers write", async () => {
    const desk = await start();
    await desk.as(ada).tickets.open(printer);
    const replies = 200;
    const last = replies + 2;
    const followers: Array<Promise<ReadonlyArray<number>>> = [];
    const follow = async (after: number) => {
      const positions: Array<number> = [];
      for await (const { position } of desk.events({ after })) {
        positions.push(position);
        if (position === last) break;
      }
      return positions;
    };
    await Promise.all(
      Array.from({ length: replies }, async (_, index) => {
        await desk.as(ada).messages.reply(1, { text: "x" });
        if (index % 10 === 0) followers.push(follow(index));
      }),
    );
    for (const [index, positions] of (await Promise.all(followers)).entries())
      expect(positions).toEqual(Array.from({ length: last - index * 10 }, (_, step) => index * 10 + step + 1));
  });
});

describe("a handler without a name", () => {
  it("is called for what is done after `on`, in order, as a rule of the event's tenant", async () => {
    const desk = await start();
    await desk.as(ada).tickets.open(printer);
    const heard: Array<string> = [];
    desk.on("TicketOpened", async (event, inner) => {
      const { role, tenant } = await inner.actor();
      heard.push(`${tenant} ${role} ${(await inner.tickets.get(event.ticketId)).subject}`);
    });
    for (const subject of ["one", "two"]) await desk.as(ada).tickets.open({ subject, text: "x" });
    await desk.as({ ...ada, tenant: "other" }).tickets.open({ subject: "three", text: "x" });
    await until(() => heard.length === 3);
    expect(heard).toEqual(["default rule one", "default rule two", "other rule three"]);
  });

  it("that fails is called for the next event all the same", async () => {
    const desk = await start();
    const heard: Array<number> = [];
    desk.on("TicketOpened", ({ ticketId }) => {
      heard.push(ticketId);
      if (ticketId % 2 === 1) throw new Error("A handler that fails, as this test wants");
    });
    for (let number = 0; number < 4; number++) await desk.as(ada).tickets.open(printer);
    await until(() => heard.length === 4);
    expect(heard).toEqual([1, 2, 3, 4]);
  });

  it("is called no more once it was stopped", async () => {
    const desk = await start();
    const heard = { stopped: 0, going: 0 };
    const stop = desk.on("TicketOpened", () => void heard.stopped++);
    desk.on("TicketOpened", () => void heard.going++);
    await desk.as(ada).tickets.open(printer);
    await until(() => heard.stopped === 1);
    await stop();
    await stop();
    await desk.as(ada).tickets.open(printer);
    await until(() => heard.going === 2);
    expect(heard.stopped).toBe(1);
  });

  it.each([
    [["TicketExploded", () => {}], "type"],
    [["TicketOpened"], "handler"],
    [["TicketOpened", { as: "x" }], "handler"],
    [["TicketOpened", { as: " " }, () => {}], "as"],
    [["TicketOpened", { once: true }, () => {}], "once"],
  ])("is refused at once where %o can't be meant", async (args, field) => {
    const desk = await start();
    const on = desk.on as (...args: ReadonlyArray<unknown>) => unknown;
    try {
      on(...args);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
      expect((error as InvalidInput).issues[0]?.path).toEqual([field]);
    }
  });
});

describe("a handler with a name", () => {
  it("is called for each event since the name was first used, across restarts", async () => {
    const storage = shared();
    const heard: Array<number> = [];
    const hear = { as: "pager" };
    const first = await start({ storage });
    await first.as(ada).tickets.open(printer);
    first.on("TicketOpened", hear, ({ ticketId }) => void heard.push(ticketId));
    await first.as(ada).tickets.open(printer);
    await until(() => heard.length === 1);
    await first.close();

    const silent = await start({ storage });
    for (let number = 0; number < 3; number++) await silent.as(ada).tickets.open(printer);
    await silent.close();

    const second = await start({ storage });
    second.on("TicketOpened", hear, ({ ticketId }) => void heard.push(ticketId));
    await second.as(ada).tickets.open(printer);
    await until(() => heard.length === 5);
    expect([...heard].sort()).toEqual([2, 3, 4, 5, 6]);
  });

  it("is called in one of the processes that use the name", async () => {
    const storage = shared();
    const heard: Array<number> = [];
    const desks = [await start({ storage }), await start({ storage }), await start({ storage })] as const;
    for (const desk of desks) desk.on("TicketOpened", { as: "pager" }, ({ ticketId }) => void heard.push(ticketId));
    for (let number = 0; number < 30; number++) await desks[number % 3]?.as(ada).tickets.open(printer);
    await until(() => heard.length >= 30);
    await Promise.all(desks.map((desk) => desk.close()));
    expect([...heard].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it("whose event fails is called again, and holds up no other event", async () => {
    const desk = await start();
    const heard: Array<number> = [];
    desk.on("TicketOpened", { as: "pager" }, ({ ticketId, at }) => {
      expect(at).toBeInstanceOf(Date);
      heard.push(ticketId);
      if (ticketId === 1 && heard.filter((id) => id === 1).length === 1) throw new Error("The first time");
    });
    for (let number = 0; number < 3; number++) await desk.as(ada).tickets.open(printer);
    await until(() => heard.length === 4);
    expect(heard.slice(0, 3).sort()).toEqual([1, 2, 3]);
    expect(heard[3]).toBe(1);
    await until(async () => (await desk.jobs.list({ state: "waiting" })).length === 0);
  });

  it("is called no more once it was stopped, and goes on where it was when it is used again", async () => {
    const desk = await start();
    const heard: Array<string> = [];
    const stop = desk.on("TicketOpened", { as: "pager" }, ({ ticketId }) => void heard.push(`first ${ticketId}`));
    await desk.as(ada).tickets.open(printer);
    await until(() => heard.length === 1);
    await stop();
    await desk.as(ada).tickets.open(printer);
    desk.on("TicketOpened", { as: "pager" }, ({ ticketId }) => void heard.push(`second ${ticketId}`));
    await until(() => heard.length === 2);
    expect(heard).toEqual(["first 1", "second 2"]);
  });
});

describe("closing", () => {
  it("may be asked for twice, at once or later, and refuses what comes after", async () => {
    const desk = await start();
    await desk.as(ada).tickets.open(printer);
    await Promise.all([desk.close(), desk.close(), desk[Symbol.asyncDispose]()]);
    await desk.close();
    for (const call of [() => desk.tickets.get(1), () => desk.as(ada).tickets.open(printer), () => desk.actor()])
      expect(await rejection(call())).toBeInstanceOf(StorageError);
  });

  it("comes with the end of a block", async () => {
    const storage = shared();
    let kept: Awaited<ReturnType<typeof start>>;
    {
      await using desk = await start({ storage });
      kept = desk;
    }
    expect(await rejection(kept.tickets.list())).toBeInstanceOf(StorageError);
  });

  it("waits for a job that ends soon, and takes no other", async () => {
    const storage = shared();
    const done: Array<unknown> = [];
    const begun = Promise.withResolvers<void>();
    const desk = await start({
      storage,
      run: { workers: 1 },
      jobs: {
        slow: async (payload, inner) => {
          begun.resolve();
          await new Promise((resolve) => setTimeout(resolve, 100));
          done.push([payload, (await inner.jobs.list()).length]);
          return "done";
        },
      },
    });
    const jobs = await Promise.all([1, 2].map((payload) => desk.jobs.add({ kind: "slow", payload })));
    await begun.promise;
    await desk.close();
    expect(done).toEqual([[1, 2]]);
    const later = await start({ storage });
    expect(await later.jobs.get(jobs[0]?.id ?? 0)).toMatchObject({ state: "finished", result: "done", attempts: 1 });
    expect(await later.jobs.get(jobs[1]?.id ?? 0)).toMatchObject({ state: "waiting", attempts: 0 });
  });

  it("gives a job back that takes too long, to be done elsewhere at once", async () => {
    const storage = shared();
    const begun = Promise.withResolvers<void>();
    const desk = await start({ storage, jobs: { stuck: () => new Promise<void>(() => begun.resolve()) } });
    const { id } = await desk.jobs.add({ kind: "stuck" });
    await begun.promise;
    await desk.close();
    const other = await start({ storage, jobs: { stuck: async () => "done elsewhere" } });
    await until(async () => (await other.jobs.get(id)).state === "finished");
    expect(await other.jobs.get(id)).toMatchObject({ result: "done elsewhere", attempts: 1 });
  }, 10_000);
});
