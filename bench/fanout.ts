import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { WebSocket } from "ws";
import { median, type Result, type Round, takeTurns } from "./turns.ts";

/** Deliveries in one round, whatever the number of sockets. */
const deliveries = 50_000;

/** A server with so many clients, each subscribed and counting. */
const audience = async (which: "ours" | "limit", size: number) => {
  const child = fork(join(import.meta.dirname, "fanoutServer.ts"), [which]);
  const [{ port }] = await once(child, "message");
  let received = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let done = () => {};
  const sockets = Array.from({ length: size }, () => new WebSocket(`ws://127.0.0.1:${port}/live`));
  await Promise.all(
    sockets.map(async (socket) => {
      // Ours says hello and what it subscribed to; only events are counted.
      socket.on("message", (data: Buffer) => {
        if (data.includes('"type":"event"') && ++received === wanted) done();
      });
      await once(socket, which === "ours" ? "message" : "open");
    }),
  );

  const round = async (): Promise<Round> => {
    const messages = deliveries / size;
    received = 0;
    wanted = deliveries;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const start = performance.now();
    child.send({ send: messages });
    await Promise.all([all, once(child, "message")]);
    const seconds = (performance.now() - start) / 1000;
    // One message at a time, from its sending to its last receipt.
    const times: Array<number> = [];
    for (let n = 0; n < 50; n++) {
      received = 0;
      wanted = size;
      const one = new Promise<void>((resolve) => {
        done = resolve;
      });
      const sent = performance.now();
      child.send({ send: 1 });
      await one;
      times.push(performance.now() - sent);
    }
    return { perSecond: deliveries / seconds, p50: median(times), p99: times.sort((a, b) => a - b)[49] ?? 0 };
  };
  const stop = async () => {
    for (const socket of sockets) socket.terminate();
    child.send("stop");
    await once(child, "exit");
  };
  return { round, stop };
};

/** One message to many sockets. */
export const fanoutRows = async (rounds: number): Promise<ReadonlyArray<Result>> => {
  const results: Array<Result> = [];
  for (const size of [100, 1000]) {
    const ours = await audience("ours", size);
    const limit = await audience("limit", size);
    try {
      const turns = await takeTurns(rounds, ours.round, limit.round);
      results.push({ name: `fanout ${size.toLocaleString("en")}`, goal: "≥ 0.8", ...turns });
    } finally {
      await Promise.all([ours.stop(), limit.stop()]);
    }
  }
  return results;
};
