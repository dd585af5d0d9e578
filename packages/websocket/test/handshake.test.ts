import { createServer } from "node:http";
import { connect } from "node:net";
import { createHelpdesk, NotAllowed, StorageError } from "@deskwright/core";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { attachLive } from "../src/index.ts";
import { matcherOf } from "../src/path.ts";
import { Client } from "./Client.ts";
import { openOffice, personOf } from "./office.ts";

test("nobody is refused with 401", async () => {
  const { url } = await openOffice({ actor: () => null });
  const { status, type, body } = await Client.refused(url("customer:ann"));
  expect([status, type]).toEqual([401, "application/problem+json"]);
  expect(body).toMatchObject({ status: 401, title: "Unauthorized" });
});

test.each([
  [403, new NotAllowed({ action: "connect", reason: "not on Sundays" })],
  [503, new StorageError({ reason: "10.0.0.7 is down", retryable: true })],
  [500, new Error("secret")],
  [402, Object.assign(new Error("Pay first"), { status: 402 })],
  [401, Object.assign(new Error("The token has expired"), { name: "Unauthorized" })],
])("a handshake is refused with %i where the host's login says so", async (expected, error) => {
  const { url } = await openOffice({ actor: () => Promise.reject(error) });
  const { status, body } = await Client.refused(url("customer:ann"));
  expect(status).toBe(expected);
  expect(JSON.stringify(body)).not.toMatch(/secret|10\.0\.0\.7/);
});

test("a path may name the ticket, and somebody else's is refused with 404", async () => {
  const { url, desk } = await openOffice({
    path: "/ws/ticket/:id",
    subscribe: ({ id }) => [{ ticketId: Number(id) }],
  });
  const ticket = await desk.as(personOf("customer:ann")).tickets.open({ subject: "Printer", text: "It burns" });
  const ann = await Client.connect(url("customer:ann", `/ws/ticket/${ticket.id}`));
  await ann.until(() => ann.of("subscribed").length === 1);
  await desk.as(personOf("agent:bob")).messages.reply(ticket.id, { text: "Water!" });
  await ann.until(() => ann.said.includes("Water!"));
  const theirs = await Client.refused(url("customer:eve", `/ws/ticket/${ticket.id}`));
  const nobodys = await Client.refused(url("customer:eve", "/ws/ticket/77"));
  const nonsense = await Client.refused(url("customer:eve", "/ws/ticket/x"));
  expect([theirs.status, nobodys.status, nonsense.status]).toEqual([404, 404, 404]);
  expect(theirs.body.detail.replace(`ticket ${ticket.id}`, "ticket 77")).toBe(nobodys.body.detail);
});

test("an actor has no more sockets than they may, and gets the place back of one that is closed", async () => {
  const { url } = await openOffice({ maxSocketsPerActor: 2 });
  const first = await Client.connect(url("customer:ann"));
  await Client.connect(url("customer:ann"));
  expect((await Client.refused(url("customer:ann"))).status).toBe(403);
  await Client.connect(url("customer:ann:acme"));
  await first.close();
  await expect
    .poll(() =>
      Client.connect(url("customer:ann")).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  expect((await Client.refused(url("customer:ann"))).status).toBe(403);
});

test("upgrades of other paths are the host's own, before and after", async () => {
  const desk = await createHelpdesk();
  const server = createServer();
  const hosts = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (request.url === "/host") hosts.handleUpgrade(request, socket, head, (ws) => ws.send("the host's"));
  });
  const live = attachLive(server, desk, {
    path: "/live",
    actor: () => ({ role: "agent", user: { externalId: "bob" } }),
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await live.close();
    server.closeAllConnections();
    server.close();
    await desk.close();
  });
  const { port } = server.address() as { port: number };
  const host = await Client.connect(`ws://127.0.0.1:${port}/host`);
  await host.until(() => host.texts.includes("the host's"));
  const ours = await Client.connect(`ws://127.0.0.1:${port}/live`);
  await ours.until(() => ours.of("hello").length === 1);

  // Nobody answers a path that nobody knows; what is ours is answered meanwhile on another connection.
  const unknown = connect(port, "127.0.0.1");
  let heard = "";
  unknown.on("data", (data) => {
    heard += data;
  });
  unknown.write("GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await ours.ask({ type: "ping", ref: 1 });
  expect([heard, unknown.destroyed]).toEqual(["", false]);
  unknown.destroy();
  await live.close();
  const later = await Client.connect(`ws://127.0.0.1:${port}/host`);
  await later.until(() => later.texts.length === 1);
  await host.close();
  await later.close();
});

test("an upgrade that is no WebSocket is refused by its form", async () => {
  const { server } = await openOffice({ actor: () => ({ role: "agent", user: { externalId: "bob" } }) });
  const { port } = server.address() as { port: number };
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.write("GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test.each([
  ["/live", "/live", {}],
  ["/live", "/live/", null],
  ["/live", "/Live", null],
  ["/ws/ticket/:id", "/ws/ticket/42", { id: "42" }],
  ["/ws/ticket/:id", "/ws/ticket/", null],
  ["/ws/ticket/:id", "/ws/ticket/1/2", null],
  ["/ws/:room/:who", "/ws/a%2Fb/%C3%A9", { room: "a/b", who: "é" }],
  ["/ws/:room", "/ws/%E0%A4%A", null],
  ["/a.b", "/aXb", null],
])("the path %s has for %s the parameters %j", (path, pathname, params) => {
  expect(matcherOf(path)(pathname)).toEqual(params);
});

test("a function may say which path is ours", async () => {
  const { url } = await openOffice({ path: (pathname) => (pathname.startsWith("/any/") ? { rest: pathname } : null) });
  const client = await Client.connect(url("agent:bob", "/any/where"));
  await client.until(() => client.of("hello").length === 1);
});
