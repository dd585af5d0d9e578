// node bench/run.ts [rows …] [--seconds n] [--rounds n]: see README.md.
import { parseArgs } from "node:util";
import { postgres } from "../scripts/services.ts";
import { fanoutRows } from "./fanout.ts";
import { type HttpRow, httpRows } from "./http.ts";
import { ingestRows } from "./ingest.ts";
import type { Result, Round } from "./turns.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    mails: { type: "string" },
  },
});
const all = ["create", "message", "read", "list", "ingest", "fanout"] as const;
const wanted = positionals.length > 0 ? all.filter((row) => positionals.includes(row)) : all;
const unknown = positionals.filter((row) => !(all as ReadonlyArray<string>).includes(row));
if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(", ")}; there are ${all.join(", ")}.`);

const results: Array<Result> = [];
const overHttp = wanted.filter((row) => row !== "fanout" && row !== "ingest") as ReadonlyArray<HttpRow>;
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
if (overHttp.length > 0 || wanted.includes("ingest")) {
  const given = process.env["DATABASE_URL"];
  const server = given ? { url: given, stop: async () => {} } : await postgres({ durable: true });
  try {
    results.push(...(await httpRows({ url: server.url, seconds, rounds }, overHttp)));
    if (wanted.includes("ingest"))
      results.push(...(await ingestRows({ url: server.url, rounds, mails: values.mails })));
  } finally {
    await server.stop();
  }
}
if (wanted.includes("fanout")) results.push(...(await fanoutRows(rounds)));

const figures = ({ perSecond, p50, p99 }: Round) =>
  `${perSecond.toFixed(0)}/s p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms`;
console.log("| row | ratio | goal | ours | limit | memory of ours |\n|---|---|---|---|---|---|");
for (const { name, ratio, goal, ours, limit, rss } of results) {
  const memory = rss === undefined ? "" : `${rss.toFixed(0)} MB`;
  console.log(`| ${name} | ${ratio.toFixed(2)} | ${goal} | ${figures(ours)} | ${figures(limit)} | ${memory} |`);
}
const [small, large] = ["list 10,000", "list 1,000,000"].map((name) => results.find((row) => row.name === name));
if (small && large)
  console.log(
    `\nA page of 1,000,000 takes ${(large.ours.p50 / small.ours.p50).toFixed(2)} × a page of 10,000 (goal ≤ 1.3).`,
  );
process.exit(0);
