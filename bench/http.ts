import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import autocannon from "autocannon";
import pg from "pg";
import { limitTables, seedLimit } from "./limit.ts";
import { dropOurs, openOurs, seedOurs } from "./ours.ts";
import { type Result, type Round, takeTurns } from "./turns.ts";

export interface Settings {
  readonly url: string;
  readonly seconds: number;
  readonly rounds: number;
}

/** Requests that are on their way at once. */
const connections = [16, 64] as const;
const text = "The printer burns. ".repeat(10);
const json = { "content-type": "application/json" };
const someTicket = () => 1 + Math.floor(Math.random() * 200);

const rows = {
  create: {
    goal: "≥ 0.6",
    requests: [
      { method: "POST", path: "/tickets", headers: json, body: JSON.stringify({ subject: "Printer on fire", text }) },
    ],
  },
  message: {
    goal: "≥ 0.6",
    requests: [
      {
        method: "POST",
        headers: json,
        body: JSON.stringify({ text }),
        setupRequest: (request) => ({ ...request, path: `/tickets/${someTicket()}/messages` }),
      },
    ],
  },
  read: {
    goal: "≥ 0.7",
    requests: [
      { method: "GET", setupRequest: (request) => ({ ...request, path: `/tickets/${someTicket()}` }) },
      { method: "GET", setupRequest: (request) => ({ ...request, path: `/tickets/${someTicket()}/messages` }) },
    ],
  },
  list: {
    goal: "≥ 0.7",
    requests: [{ method: "GET", path: "/tickets?limit=50", headers: { "x-role": "agent" } }],
  },
} satisfies Record<string, { goal: string; requests: ReadonlyArray<autocannon.Request> }>;
export type HttpRow = keyof typeof rows;

/** Both servers on fresh tables with so many tickets, for as long as `use` takes. */
const withServers = async <A>(
  { url }: Settings,
  tickets: number,
  messagesEach: number,
  use: (ours: Server, limit: Server) => Promise<A>,
): Promise<A> => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(dropOurs);
  await (await openOurs(url)).close();
  await client.query(seedOurs(tickets, messagesEach));
  await client.query(limitTables);
  await client.query(seedLimit(tickets, messagesEach));
  await client.query("checkpoint");
  const [ours, limit] = [await start("ours", url), await start("limit", url)];
  try {
    return await use(ours, limit);
  } finally {
    await Promise.all([ours.stop(), limit.stop()]);
    await client.query(`${dropOurs} drop schema if exists bare_bench cascade`);
    await client.end();
  }
};

interface Server {
  readonly url: string;
  readonly rss: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const start = async (which: "ours" | "limit", url: string): Promise<Server> => {
  const child = fork(join(import.meta.dirname, "server.ts"), [which], { env: { ...process.env, DATABASE_URL: url } });
  const { port } = await answer<{ port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    rss: async () => {
      child.send("memory");
      return (await answer<{ rss: number }>(child)).rss / 1e6;
    },
    stop: async () => {
      child.send("stop");
      await once(child, "exit");
    },
  };
};

const answer = async <A>(child: ChildProcess): Promise<A> => {
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("The server stopped"))),
  ]);
  return message;
};

const round = async (
  url: string,
  connections: number,
  seconds: number,
  requests: ReadonlyArray<autocannon.Request>,
): Promise<Round> => {
  const result = await autocannon({ url, connections, duration: seconds, requests: [...requests] });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} requests failed at ${url}`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
};

const measure = async (
  { rounds, seconds }: Settings,
  row: HttpRow,
  ours: Server,
  limit: Server,
  { name = row as string, atOnce = connections[0] as number } = {},
): Promise<Result> => {
  const { requests, goal } = rows[row];
  const turns = await takeTurns(
    rounds,
    () => round(ours.url, atOnce, seconds, requests),
    () => round(limit.url, atOnce, seconds, requests),
  );
  return { name, goal, ...turns, rss: await ours.rss() };
};

/** The rows over HTTP. */
export const httpRows = async (settings: Settings, wanted: ReadonlyArray<HttpRow>): Promise<ReadonlyArray<Result>> => {
  const results: Array<Result> = [];
  const small = wanted.filter((row) => row !== "list");
  if (small.length > 0)
    await withServers(settings, 10_000, 20, async (ours, limit) => {
      // Reads first: writes make the messages of a ticket more.
      if (small.includes("read")) results.push(await measure(settings, "read", ours, limit));
      for (const row of ["create", "message"] as const)
        for (const atOnce of small.includes(row) ? connections : [])
          results.push(await measure(settings, row, ours, limit, { name: `${row}, ${atOnce} at once`, atOnce }));
    });
  if (wanted.includes("list"))
    for (const tickets of [10_000, 1_000_000])
      await withServers(settings, tickets, 0, async (ours, limit) => {
        results.push(await measure(settings, "list", ours, limit, { name: `list ${tickets.toLocaleString("en")}` }));
      });
  return results;
};
