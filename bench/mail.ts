// node bench/mail.ts <folder> [--show]: see README.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBody } from "../packages/email/src/parse/body.ts";
import { htmlToText } from "../packages/email/src/parse/htmlText.ts";
import { readPart } from "../packages/email/src/parse/part.ts";
import { readMail } from "../packages/email/src/readMail.ts";
import { visibleReply } from "../packages/email/src/visible/visibleReply.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const folder = positionals[0] ?? ".";

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly isMet: boolean;
}

const rows: Array<Row> = [];
const cases = <Case>(file: string): ReadonlyArray<Case> =>
  existsSync(join(folder, file))
    ? readFileSync(join(folder, file), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Case)
    : [];
const show = (id: string, ...what: ReadonlyArray<unknown>) => {
  if (values.show) console.log(`----- ${id}\n`, ...what);
};

interface ReplyCase {
  readonly id: string;
  readonly kind: "text" | "eml" | "html";
  readonly raw: string;
  readonly expect: { readonly reply: string };
  readonly compare?: "text" | "nows";
}

const textOf = ({ kind, raw }: ReplyCase): string => {
  const bytes = readFileSync(join(folder, raw));
  if (kind === "eml") return readBody(readPart(bytes)).text;
  return kind === "html" ? htmlToText(bytes.toString("utf8")) : bytes.toString("utf8");
};

const replies = cases<ReplyCase>("reply.jsonl");
let [exact, losing] = [0, 0];
for (const each of replies) {
  const { visible } = visibleReply(textOf(each));
  const squeezed = (text: string) =>
    each.compare === "nows" ? text.replace(/\s+/g, "") : text.replaceAll("\r\n", "\n").trim();
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
  const shown = new Set(words(visible));
  const isLost = words(each.expect.reply).some((word) => !shown.has(word));
  if (squeezed(visible) === squeezed(each.expect.reply)) exact++;
  else show(`${each.id}${isLost ? " LOST" : ""}`, visible, "\n-- expected\n", each.expect.reply);
  if (isLost) losing++;
}
if (replies.length > 0) {
  const [wanted, allowed] = [Math.ceil((120 / 148) * replies.length), 2];
  rows.push({
    what: "visible reply, exact",
    figure: `${exact} of ${replies.length}`,
    goal: `≥ ${wanted}`,
    isMet: exact >= wanted,
  });
  rows.push({ what: "visible reply, text lost", figure: `${losing}`, goal: `≤ ${allowed}`, isMet: losing <= allowed });
}

const own = { addresses: ["support@helpdesk.example"], domain: "helpdesk.example" };
const read = (raw: Uint8Array) =>
  readMail({ tenant: "default", secret: "secret", raw, about: null, receivedAt: new Date(0) }, own);
const percent = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

interface BounceCase {
  readonly id: string;
  readonly raw: string;
  readonly expect: {
    readonly kind: "bounce" | "auto-reply" | "feedback" | "delivered" | "normal";
    readonly recipients?: ReadonlyArray<{ readonly dsn: string; readonly reason: string; readonly hard: boolean }>;
  };
}

const bounces = cases<BounceCase>("bounce.jsonl");
/** A Message-ID below the header, in the bytes as they are. */
const returnsId = (raw: string) => /^[\s>|]*message-id:\s*<?[^\s<>]+@/im.test(raw.slice(raw.search(/\r?\n\r?\n/)));
const count = {
  reports: 0,
  found: 0,
  silent: 0,
  normal: 0,
  false: 0,
  returned: 0,
  refs: 0,
  hard: 0,
  agreed: 0,
  named: 0,
  away: 0,
  autoReplies: 0,
};
for (const { id, raw, expect } of bounces) {
  const bytes = readFileSync(join(folder, raw));
  const reading = await read(bytes);
  const isReport = ["bounce", "feedback", "delivered"].includes(expect.kind);
  if (expect.kind === "normal" || expect.kind === "auto-reply") {
    count.normal++;
    if (reading.type === "report") {
      count.false++;
      show(`${id} is ${expect.kind}, not a report`);
    }
  }
  if (expect.kind === "auto-reply") {
    count.autoReplies++;
    if (reading.type === "message" && reading.nature === "auto-reply") count.away++;
    else show(`${id} is not known as an automatic reply`, reading.type === "message" ? reading.nature : reading.type);
  }
  if (!isReport) continue;
  count.reports++;
  if (reading.type === "report") count.found++;
  else
    show(
      `${id} is not known as a report`,
      reading.type === "message" ? `${reading.subject}\n${reading.text.slice(0, 300)}` : reading.reason,
    );
  if (reading.type !== "message" || reading.silence !== null) count.silent++;
  if (returnsId(bytes.toString("latin1"))) {
    count.returned++;
    if (reading.type === "report" && reading.refs.length > 0) count.refs++;
    else show(`${id} has no reference`);
  }
  if (reading.type !== "report" || expect.kind !== "bounce") continue;
  if (reading.recipients.length > 0) count.named++;
  else show(`${id} names nobody`, reading.text.slice(0, 600));
  const hard = expect.recipients?.some((recipient) => recipient.hard) ?? false;
  const isBad = reading.recipients.some(({ isAddressBad }) => isAddressBad);
  count.hard++;
  if (hard === isBad) count.agreed++;
  else show(`${id} hard ${hard}`, expect.recipients, reading.recipients);
}
if (bounces.length > 0) {
  const row = (what: string, part: number, whole: number, goal: number) =>
    rows.push({ what, figure: percent(part, whole), goal: `≥ ${goal} %`, isMet: part >= (goal / 100) * whole });
  row("bounces and other reports found", count.found, count.reports, 98);
  rows.push({
    what: "other mail taken for one",
    figure: percent(count.false, count.normal),
    goal: "≤ 2 %, or 1",
    isMet: count.false <= Math.max(1, 0.02 * count.normal),
  });
  row("never answered automatically", count.silent, count.reports, 99);
  row("returned Message-ID found", count.refs, count.returned, 90);
  row("recipients named", count.named, count.hard, 90);
  row("bad addresses told from others", count.agreed, count.hard, 85);
  row("automatic replies known", count.away, count.autoReplies, 90);
}

const raws = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("raw-")) : [];
for (const name of raws) {
  let [fine, slow, all] = [0, 0, 0];
  for (const file of readdirSync(join(folder, name))) {
    const raw = readFileSync(join(folder, name, file));
    const text = raw.toString("latin1").trim();
    if (text === "") continue;
    all++;
    const before = performance.now();
    try {
      const reading = await read(raw);
      const says =
        reading.type === "report"
          ? reading.text
          : reading.type === "message"
            ? reading.text + reading.files.length
            : "";
      const isEmpty = text.search(/\r?\n[ \t]*\r?\n/) < 0;
      if ((says !== "0" && says !== "") || isEmpty) fine++;
      else show(`${name}/${file} says nothing`, raw.toString("latin1").slice(0, 1500));
      if (values.show)
        console.log(
          `${file}: ${reading.type === "message" ? `${reading.from.address} | ${reading.subject} | ${reading.text.slice(0, 80).replace(/\n/g, "/")} | ${reading.files.map((each) => each.name)} | ${reading.nature} ${reading.silence}` : `${reading.type} ${reading.type === "report" ? JSON.stringify(reading.recipients) : ""}`}`,
        );
    } catch (error) {
      show(`${name}/${file} throws`, error);
    }
    if (performance.now() - before > 1000) slow++;
  }
  rows.push({
    what: `${name}: read, with what it says`,
    figure: percent(fine, all),
    goal: "≥ 98 %",
    isMet: fine >= 0.98 * all,
  });
  rows.push({ what: `${name}: more than a second`, figure: `${slow}`, goal: "0", isMet: slow === 0 });
}

console.log("| what | figure | goal | met |\n|---|---|---|---|");
for (const { what, figure, goal, isMet } of rows)
  console.log(`| ${what} | ${figure} | ${goal} | ${isMet ? "yes" : "no"} |`);
