import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Actor,
  Conflict,
  type CreateHelpdeskOptions,
  createHelpdesk,
  defaultStatuses,
  type Event,
  type Helpdesk,
  InvalidInput,
  InvalidTransition,
  NotAllowed,
  NotFound,
  type Policies,
  type Ticket,
} from "../src/index.ts";
import { ada, grace, printer, rejection, shared, start } from "./desks.ts";

describe("settings", () => {
  const { statuses, ...machine } = defaultStatuses;
  const bad: ReadonlyArray<readonly [options: unknown, ...fields: ReadonlyArray<string>]> = [
    [{ storage: "postgres://localhost" }, "storage"],
    [{ files: {} }, "files"],
    [{ authorize: true }, "authorize"],
    [{ channels: {} }, "channels"],
    [{ channels: [{ name: "x" }] }, "channels.0"],
    [
      { statuses: {} },
      "statuses.initial",
      "statuses.reopened",
      "statuses.statuses",
      "statuses.customerReplied",
      "statuses.agentReplied",
    ],
    [{ statuses: { ...defaultStatuses, initial: "new" } }, "statuses.initial"],
    [{ statuses: { ...defaultStatuses, agentReplied: { open: "gone" } } }, "statuses.agentReplied.open"],
    [
      { statuses: { ...machine, statuses: { ...statuses, open: { category: "open", moves: ["x"] } } } },
      "statuses.statuses.open.moves",
      "statuses.agentReplied.open",
    ],
    [
      { statuses: { ...defaultStatuses, guards: [{ to: ["open"], requires: ["assigne"] }] } },
      "statuses.guards.0.requires.0",
    ],
    [{ statuses: { ...defaultStatuses, colour: "red" } }, "statuses.colour"],
    [{ policies: { followUp: { type: "never" } } }, "policies.followUp.type"],
    [{ policies: { withoutThread: "sometimes" } }, "policies.withoutThread"],
    [{ policies: { assigneeMustBeAgent: "yes", other: 1 } }, "policies.assigneeMustBeAgent", "policies.other"],
    [{ queues: "billing" }, "queues"],
    [{ queues: [{ key: "a", name: " " }] }, "queues.0.name"],
    [
      {
        categories: [
          { key: "a", name: "A" },
          { key: "a", name: "B" },
        ],
      },
      "categories.1.key",
    ],
    [{ priorities: [] }, "defaultPriority"],
    [{ priorities: [{ key: "p1" }] }, "priorities.0.name"],
    [{ defaultPriority: "asap" }, "defaultPriority"],
    [{ run: { workers: -1 } }, "run.workers"],
    [{ run: { workers: 1.5 } }, "run.workers"],
    [{ run: { workres: 1 } }, "run.workres"],
    [{ run: null }, "run"],
    [{ jobs: { greet: "hello" } }, "jobs.greet"],
    [{ storrage: 1 }, "storrage"],
  ];
  it("are refused with words that say what is right", async () => {
    const wrong = { files: "./files", policies: { followUp: "reopen" } };
    const { issues } = (await rejection(createHelpdesk(wrong as unknown as CreateHelpdeskOptions))) as InvalidInput;
    expect(issues.map(({ message }) => message).join("\n")).toContain('{ type: "reopen" }');
    const files = await rejection(createHelpdesk({ files: "./files" } as unknown as CreateHelpdeskOptions));
    expect((files as InvalidInput).issues).toEqual([
      { path: ["files"], message: "Expected what a package for it makes, such as localFiles(directory)" },
    ]);
  });

  it.each(bad)("%o are refused by name", async (options, ...fields) => {
    const error = await rejection(createHelpdesk(options as CreateHelpdeskOptions));
    expect(error).toBeInstanceOf(InvalidInput);
    const paths = (error as InvalidInput).issues.map(({ path }) => path.join("."));
    expect([...new Set(paths)].sort()).toEqual([...fields].sort());
  });

  it("that are left undefined are the usual ones", async () => {
    const desk = await start({ policies: { followUp: undefined }, queues: undefined } as never);
    const { id } = await desk.as(ada).tickets.open(printer);
    expect((await desk.tickets.get(id)).priority).toBe("normal");
  });

  it("begin each tenant's lists, in their order, once", async () => {
    const storage = shared();
    const queues = ["Support", "Billing"].map((name) => ({ key: name.toLowerCase(), name }));
    for (let time = 0; time < 2; time++) {
      const desk = await start({ storage, queues, priorities: [{ key: "p1", name: "First" }] });
      expect((await desk.queues.list()).map(({ key }) => key)).toEqual(["support", "billing"]);
      expect((await desk.as({ role: "system", tenant: "b" }).queues.list()).map(({ rank }) => rank)).toEqual([0, 1]);
      expect((await desk.as(ada).tickets.open(printer)).priority).toBe("p1");
    }
  });
});

describe("the await door", () => {
  it("rejects with the typed errors themselves", async () => {
    const desk = await start();
    const ticket = await desk.as(ada).tickets.open(printer);
    const cases: ReadonlyArray<readonly [Promise<unknown>, abstract new (...args: never) => Error, string]> = [
      [desk.tickets.get(99), NotFound, "There is no ticket 99."],
      [
        desk.tickets.open({ subject: "", text: "x", requester: 1 }),
        InvalidInput,
        "subject: Expected text that is not blank",
      ],
      [desk.as(ada).tickets.stats(), NotAllowed, "Not allowed: stats.read: the role customer may not."],
      [
        desk.tickets.update(ticket.id, { subject: "x" }, { ifVersion: 9 }),
        Conflict,
        "The ticket 1 was changed or taken meanwhile.",
      ],
      [
        desk.tickets.setStatus(ticket.id, "closed").then(() => desk.tickets.setStatus(ticket.id, "on_hold")),
        InvalidTransition,
        "Ticket 1 can't go from closed to on_hold; allowed from there: open.",
      ],
    ];
    for (const [promise, type, message] of cases) {
      const error = await rejection(promise);
      expect(error).toBeInstanceOf(type);
      expect(error).toBeInstanceOf(Error);
      expect((error as { _tag: string })._tag).toBe(type.name);
      expect((error as Error).message).toContain(message);
    }
  });

  it("rejects, and never throws, where a caller without types gives nonsense", async () => {
    const desk = await start();
    const nonsense: ReadonlyArray<unknown> = [undefined, null, 5, "x", [], {}];
    for (const group of [
      "tickets",
      "messages",
      "users",
      "passwords",
      "queues",
      "files",
      "jobs",
      "inbox",
      "live",
    ] as const)
      for (const [name, call] of Object.entries(
        desk[group] as unknown as Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>>,
      )) {
        if (name === "sweep") continue;
        for (const first of nonsense)
          for (const second of nonsense) {
            const promise = call(first, second, null);
            expect(promise, name).toBeInstanceOf(Promise);
            const error = await promise.then(
              () => null,
              (reason) => reason,
            );
            if (error !== null)
              expect([InvalidInput, NotFound], `${name}: ${error.stack}`).toContain(error.constructor);
          }
      }
  });

  it("is functions of promises alone, each service whole", async () => {
    const desk = await start();
    const groups = Object.entries(desk.as(ada)).filter(([, value]) => typeof value === "object");
    expect(groups.map(([name]) => name).sort()).toEqual([
      "categories",
      "deliveries",
      "files",
      "inbound",
      "inbox",
      "jobs",
      "live",
      "messages",
      "passwords",
      "priorities",
      "queues",
      "tickets",
      "users",
    ]);
    for (const [, calls] of groups) for (const call of Object.values(calls)) expect(call).toBeInstanceOf(Function);
  });

  it("has types that say what they are", () => {
    expectTypeOf<Helpdesk["tickets"]["get"]>().toEqualTypeOf<(id: number) => Promise<Ticket>>();
    expectTypeOf<Helpdesk["tickets"]["remove"]>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Helpdesk["actor"]>().toEqualTypeOf<() => Promise<Actor>>();
    expectTypeOf<Helpdesk["events"]>().returns.toEqualTypeOf<AsyncIterable<Event>>();
    expectTypeOf<CreateHelpdeskOptions["policies"]>().toEqualTypeOf<Partial<Policies> | undefined>();
    expectTypeOf<Ticket["id"]>().toEqualTypeOf<number>();
    expectTypeOf<Ticket["resolvedAt"]>().toEqualTypeOf<Date | null>();
    const handles = (desk: Helpdesk) =>
      desk.on("StatusChanged", (event, inner) => {
        expectTypeOf(event.from).toEqualTypeOf<string>();
        expectTypeOf(inner.tickets).toEqualTypeOf<Helpdesk["tickets"]>();
        // @ts-expect-error: a change of status has no message.
        return event.messageId;
      });
    // @ts-expect-error: a customer is somebody.
    const nobody = (desk: Helpdesk) => desk.as({ user: 1 });
    // @ts-expect-error: there is no such event.
    const never = (desk: Helpdesk) => desk.on("TicketExploded", () => {});
    expect([handles, nobody, never]).toHaveLength(3);
  });
});

describe("acting as somebody", () => {
  it("creates who is unknown on first use, once", async () => {
    const desk = await start();
    const actors = await Promise.all(Array.from({ length: 10 }, () => desk.as(ada).actor()));
    expect(new Set(actors.map(({ user }) => user)).size).toBe(1);
    expect(actors[0]).toMatchObject({ role: "customer", tenant: "default" });
    const agent = await desk.as({ ...grace, user: { ...grace.user, name: "Grace" } }).actor();
    expect(await desk.users.get(agent.user as number)).toMatchObject({
      role: "agent",
      name: "Grace",
      externalId: "grace",
    });
  });

  it("is of the tenant that is said, `default` without a word, and the bare helpdesk is the system", async () => {
    const desk = await start();
    expect(await desk.actor()).toEqual({ role: "system", user: null, tenant: "default" });
    expect(await desk.as({ role: "bot", tenant: "b" }).actor()).toEqual({ role: "bot", user: null, tenant: "b" });
  });

  const wrong: ReadonlyArray<readonly [who: unknown, field: string]> = [
    [{ role: "root", user: 1 }, "role"],
    [{ role: "constructor", user: 1 }, "role"],
    [{ user: 1 }, "role"],
    [{ role: "customer" }, "user"],
    [{ role: "agent", user: null }, "user"],
    [{ role: "admin", user: undefined }, "user"],
    [{ role: "customer", user: 12_345 }, "user"],
    [{ role: "customer", user: "1" }, "user"],
    [{ role: "customer", user: Number.NaN }, "user"],
    [{ role: "customer", user: { externalId: "" } }, "user.externalId"],
    [{ role: "system", tenant: "" }, "tenant"],
    [{ role: "system", tenant: "a\0" }, "tenant"],
    [{ role: "system", tenant: "x".repeat(201) }, "tenant"],
    [{ role: "system", tenant: 5 }, "tenant"],
  ];
  it.each(wrong)("as %o is refused by every call, naming %s", async (who, field) => {
    const desk = await start();
    const other = desk.as(who as never);
    const first = async () => {
      for await (const event of other.events({ after: 0 })) return event;
      return null;
    };
    for (const call of [() => other.actor(), () => other.tickets.list(), () => other.eventPage(), first]) {
      const error = await rejection(call());
      expect(error).toBeInstanceOf(InvalidInput);
      expect((error as InvalidInput).issues[0]?.path.join(".")).toMatch(new RegExp(`^${field}`));
    }
  });
});
