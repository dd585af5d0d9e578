import { type ActorRef, NotAllowed, StorageError } from "@deskwright/core";
import { expect, test } from "vitest";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

/** Sees so many more pings come, which are sent before the actor is asked for again. */
const pings = async (client: Client, count: number) => {
  let seen = 0;
  client.socket.on("ping", () => seen++);
  await client.until(() => seen >= count);
};

const unauthorized = Object.assign(new Error("The token has expired"), { name: "Unauthorized" });

test.each<[string, () => ActorRef | null, string]>([
  ["nobody", () => null, "The login no longer counts"],
  ["somebody else", () => personOf("agent:eve"), "The login stands for another user or role by now"],
  ["another role", () => personOf("customer:ann"), "The login stands for another user or role by now"],
  ["another tenant", () => personOf("agent:ann:acme"), "The login stands for another user or role by now"],
  [
    "a refusal",
    () => {
      throw unauthorized;
    },
    "The token has expired",
  ],
  [
    "no right any more",
    () => {
      throw new NotAllowed({ action: "connect", reason: "not on Sundays" });
    },
    "Not allowed: connect: not on Sundays.",
  ],
])("a socket whose request stands for %s by now is closed with 1008", async (_, later, reason) => {
  let actor: () => ActorRef | null = () => personOf("agent:ann");
  const { url } = await openOffice({ pingMs: 50, actor: () => actor() });
  const ann = await Client.connect(url(""));
  await pings(ann, 2);
  actor = later;
  const closed = await ann.closed;
  expect(closed).toEqual({ code: 1008, reason });
});

test.each([
  ["the storage is away", new StorageError({ reason: "no route", retryable: true })],
  ["the host's own store is away", new Error("connect ECONNREFUSED")],
])("a socket stays open while %s, and closes once it is known", async (_, outage) => {
  let actor: () => ActorRef | null = () => personOf("agent:ann");
  const { url } = await openOffice({ pingMs: 50, actor: () => actor() });
  const ann = await Client.connect(url(""));
  let asked = 0;
  actor = () => {
    asked++;
    throw outage;
  };
  await ann.until(() => asked >= 3);
  expect(await ann.ask({ type: "ping", ref: 1 })).toMatchObject({ type: "pong" });
  actor = () => null;
  expect((await ann.closed).code).toBe(1008);
});

test("a user who is made inactive is out at once, and nobody else is", async () => {
  const { desk, url } = await openOffice({
    actor: async (request): Promise<ActorRef | null> => {
      const id = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("as"));
      const [user] = await desk.users.list({ ids: [id] });
      return user?.active ? { role: user.role, user: id } : null;
    },
  });
  const [ann, bob] = [await desk.users.create({ role: "agent" }), await desk.users.create({ role: "agent" })];
  const clients = [await Client.connect(url(String(ann.id))), await Client.connect(url(String(bob.id)))] as const;
  await desk.users.update(bob.id, { name: "Bob" });
  await desk.users.update(ann.id, { active: false });
  expect((await clients[0].closed).code).toBe(1008);
  expect(await clients[1].ask({ type: "ping", ref: 1 })).toMatchObject({ type: "pong" });
  await desk.users.update(bob.id, { role: "customer" });
  expect((await clients[1].closed).code).toBe(1008);
});

test("a socket that logged in by a frame is the protocol's to close", async () => {
  const { url } = await openOffice({
    pingMs: 50,
    actor: () => null,
    protocol: {
      login: { deadlineMs: 60_000 },
      receive: async (text, context) => {
        if (context.actor === null) await context.login(personOf(text));
        return { type: "ping" };
      },
      send: ({ type }) => type,
    },
  });
  const ann = await Client.connect(url(""));
  ann.socket.send("agent:ann");
  await ann.until(() => ann.texts.includes("pong"));
  await pings(ann, 4);
  expect(ann.socket.readyState).toBe(ann.socket.OPEN);
});
