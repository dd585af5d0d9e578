import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createHelpdesk } from "@deskwright/core";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { attachLive } from "../src/index.ts";
import { Client } from "./Client.ts";
import { personOf } from "./office.ts";

/** A host's server with pages of its own, which closes with the test. */
const openHost = async () => {
  const desk = await createHelpdesk();
  const server = createServer((request, response) => response.end(`the host's ${request.method} ${request.url}`));
  const attach = (path: string) => attachLive(server, desk, { path, actor: () => personOf("agent:bob") });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await desk.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, attach, url: (path: string) => `ws://127.0.0.1:${port}${path}` };
};

const asking = (port: number, path: string, protocol: string): Socket => {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const head = [
    `GET ${path} HTTP/1.1`,
    "Host: x",
    `Connection: Upgrade${protocol === "h2c" ? ", HTTP2-Settings" : ""}`,
    `Upgrade: ${protocol}`,
    ...(protocol === "h2c" ? ["HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"] : []),
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  return socket;
};

/** What a request that nobody takes is answered: Node before 24.9 can't serve it as any other. */
const served = "shouldUpgradeCallback" in createServer() ? "the host's GET" : "404 Not Found";

/** As the Node of before 24.9 does: it asks nobody which requests are to be upgraded. */
const asOlderNode = (server: Server) => Object.assign(server, { shouldUpgradeCallback: () => true });

test.each(["h2c", "websocket"])(
  "a request to go on as %s is the host's to answer where nobody takes it",
  async (kind) => {
    const { port, attach, url } = await openHost();
    attach("/live");
    const socket = asking(port, "/health", kind);
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toContain(served);
    socket.destroy();
    await (await Client.connect(url("/live"))).close();
  },
);

test.each(["h2c", "websocket"])("a request to go on as %s is answered 404 where Node upgrades all", async (kind) => {
  const { server, port, attach, url } = await openHost();
  attach("/live");
  asOlderNode(server);
  const answer = await text(asking(port, "/health", kind));
  expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect(answer).toContain('"code":"NotFound"');
  await (await Client.connect(url("/live"))).close();
});

test.each(["/other", "/live"])("a connection for %s that is reset ends nothing but itself", async (path) => {
  const { server, port, attach, url } = await openHost();
  attach("/live");
  // The host looks after its own path alone.
  server.on("upgrade", () => {});
  const upgraded = once(server, "upgrade");
  const socket = asking(port, path, "websocket");
  const [, connection] = (await upgraded) as [unknown, Socket];
  const gone = new Promise((resolve) => connection.once("close", resolve));
  socket.resetAndDestroy();
  await gone;
  await (await Client.connect(url("/live"))).close();
});

test("a connection that is reset where Node upgrades all and nobody else listens ends nothing but itself", async () => {
  const { server, port, attach, url } = await openHost();
  attach("/live");
  asOlderNode(server);
  const accepted = once(server, "connection");
  const socket = asking(port, "/other", "websocket");
  const [connection] = (await accepted) as [Socket];
  const gone = new Promise((resolve) => connection.once("close", resolve));
  socket.resetAndDestroy();
  await gone;
  await (await Client.connect(url("/live"))).close();
});

test.each(["before", "after"])("handlers that the host adds %s go on working", async (when) => {
  const { server, attach, url } = await openHost();
  const hosts = new WebSocketServer({ noServer: true });
  const addHosts = () =>
    server.on("upgrade", (request, socket, head) => {
      if (request.url === "/host") hosts.handleUpgrade(request, socket, head, (ws) => ws.send("the host's"));
    });
  if (when === "before") addHosts();
  const live = attach("/live");
  if (when === "after") addHosts();
  for (const isAttached of [true, false]) {
    const host = await Client.connect(url("/host"));
    await host.until(() => host.texts.includes("the host's"));
    await host.close();
    if (isAttached) await (await Client.connect(url("/live"))).close();
    await live.close();
  }
});

test("two on one server have a path each, and all is as before once both are closed", async () => {
  const { server, port, attach, url } = await openHost();
  const before = "shouldUpgradeCallback" in server ? server.shouldUpgradeCallback : undefined;
  const [one, two] = [attach("/one"), attach("/two")];
  const answered = async () => {
    const socket = asking(port, "/other", "h2c");
    const [data] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return data.toString();
  };
  expect(await answered()).toContain(served);
  for (const path of ["/one", "/two"]) await (await Client.connect(url(path))).close();
  await one.close();
  await (await Client.connect(url("/two"))).close();
  expect(await answered()).toContain(served);
  await two.close();
  expect(server.listenerCount("upgrade")).toBe(0);
  expect("shouldUpgradeCallback" in server ? server.shouldUpgradeCallback : undefined).toBe(before);
  expect(await answered()).toContain("the host's GET");
});
