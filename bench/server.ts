// One of the two servers as a process of its own: `node server.ts ours|limit`, with DATABASE_URL.
import type { AddressInfo } from "node:net";
import { limitApp } from "./limit.ts";
import { oursApp } from "./ours.ts";

const url = process.env["DATABASE_URL"] ?? "";
const { app, close } = process.argv[2] === "ours" ? await oursApp(url) : limitApp(url);
const server = app.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", async (message) => {
  if (message === "memory") process.send?.({ rss: process.memoryUsage.rss() });
  if (message === "stop") {
    server.closeAllConnections();
    await close();
    process.exit(0);
  }
});
