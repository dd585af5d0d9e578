import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { listen } from "./live.ts";
import { type Support, startSupport } from "./support.ts";

// Two processes on one database, as behind a load balancer.
let one: Support;
let other: Support;
beforeAll(async () => {
  const settings = { DATABASE_URL: await createDatabase(inject("databaseUrl")) };
  [one, other] = await Promise.all([startSupport(settings), startSupport(settings)]);
});
afterAll(() => Promise.all([one.end(), other.end()]));

test("what is said through one process is heard at the other, each message once and in order", async () => {
  const user = one.user();
  const admin = other.admin(user.id + 1_000_000);
  const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
  const theirs = await listen(one, `/ws/ticket/${ticket.id}`, user.token);
  const ours = await listen(other, `/ws/ticket/${ticket.id}`, admin.token);
  expect(await theirs.next()).toMatchObject({ type: "connection", is_admin: false });
  expect(await ours.next()).toMatchObject({ type: "connection", is_admin: true });
  const said: Array<unknown> = [];
  for (let turn = 0; turn < 10; turn++) {
    said.push((await user.post(`/${ticket.id}/messages`, { message: `question ${turn}` })).body);
    said.push((await admin.post(`/admin/tickets/${ticket.id}/messages`, { message: `answer ${turn}` })).body);
  }
  for (const socket of [theirs, ours]) {
    for (const message of said) expect(await socket.next()).toStrictEqual({ type: "new_message", message });
    socket.send("ping");
    expect(await socket.next()).toStrictEqual({ type: "pong" });
    socket.close();
  }
});

test("an admin at one process is told of a ticket that was opened at the other", async () => {
  const admin = one.admin();
  const socket = await listen(one, "/ws/admin", admin.token);
  const { body } = await other.user(2_000_000).post("/", { subject: "Printer", message: "It burns" });
  const frame = await socket.until(({ type }) => type === "new_ticket");
  expect(frame.ticket).toStrictEqual({ ...body, category: null, tags: [] });
  socket.close();
});

test("hundreds of messages at once through both processes are all there, each once, in the order of their ids", async () => {
  const [here, there] = [one.user(3_000_000), other.user(3_000_000)];
  const { body: ticket } = await here.post("/", { subject: "Printer", message: "0" });
  const answers = await Promise.all(
    Array.from({ length: 450 }, (_, n) => (n % 2 ? here : there).post(`/${ticket.id}/messages`, { message: `${n}` })),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  const { body } = await here.get(`/${ticket.id}`);
  const ids = body.messages.slice(1).map(({ id }: { id: number }) => id);
  expect(ids).toEqual(answers.map((answer) => answer.body.id).sort((a, b) => a - b));
});

test("when a process is killed the other goes on, and one that starts finds everything", async () => {
  const settings = { DATABASE_URL: await createDatabase(inject("databaseUrl")) };
  const [killed, left] = await Promise.all([startSupport(settings), startSupport(settings)]);
  const user = killed.user(5_000_000);
  const { body: ticket } = await user.post("/", { subject: "Printer", message: "It burns" });
  const socket = await listen(left, `/ws/ticket/${ticket.id}`, user.token);
  await socket.next();
  await killed.stop("SIGKILL");
  const { body: message } = await left.user(user.id).post(`/${ticket.id}/messages`, { message: "Still here" });
  expect(await socket.next()).toStrictEqual({ type: "new_message", message });
  const third = await startSupport(settings);
  expect((await third.user(user.id).get(`/${ticket.id}`)).body.messages).toHaveLength(2);
  await Promise.all([left.end(), third.end()]);
});
