import { fields } from "./words.ts";

// The header that Outlook and others put above what they quote: `From:`, `Sent:`, `To:`, `Subject:`, in any order.

type Field = keyof typeof fields;

const patterns = (Object.keys(fields) as ReadonlyArray<Field>).map(
  (field) => [field, new RegExp(`^(?:${fields[field]})\\s*(?:\\*\\s*)?[:：]\\s*(?:\\*\\s*)?(.*)$`, "iu")] as const,
);

const address = /[^\s@<>"]{1,80}@[^\s@<>"]{2,200}/;
const date = /\d{4}|\d{1,2}[:.]\d{2}/;

interface Found {
  readonly field: Field;
  readonly value: string;
}

const fieldsOf = (line: string): ReadonlyArray<Found> => {
  const text = line.replaceAll("\u00a0", " ").replace(/[\u200e\u200f]/g, "");
  if (text.length > 2000 || !/[:：]/.test(text)) return [];
  const said = text.replace(/^[\s>*_|]+/, "");
  return patterns.flatMap(([field, pattern]) => {
    const value = said.match(pattern)?.[1];
    return value === undefined ? [] : [{ field, value }];
  });
};

/** The rest of a field that did not fit into its line. */
const continues = (line: string): boolean =>
  /^\s+\S/.test(line) || address.test(line) || /^\s*[<[(]|[;>]\s*$/.test(line);

const isHeader = (found: ReadonlyArray<Found>): boolean => {
  const kinds = new Set(found.map(({ field }) => field));
  const has = (field: Field) => kinds.has(field);
  const text = found.map(({ value }) => value).join("\n");
  const when = found.some(({ field, value }) => (field === "sent" || field === "date") && date.test(value));
  const who = address.test(text);
  if (has("from") && has("subject") && (has("to") || has("sent") || has("date"))) return true;
  if (has("from") && has("sent") && has("to")) return true;
  if (has("from") && has("to") && when && who) return true;
  if (has("from") && when && who) return true;
  if (has("sent") && has("to") && has("subject")) return true;
  return has("date") && has("to") && when && who;
};

/** How many lines from `at` are the header of a quoted mail; 0 where they are none. */
export const headerBlock = (lines: ReadonlyArray<string>, at: number): number => {
  if (fieldsOf(lines[at] ?? "").length === 0) return 0;
  const found: Array<Found> = [];
  let end = at;
  for (let next = at, blanks = 0, other = 0; next < lines.length && next - at < 40; next++) {
    const line = lines[next] ?? "";
    const here = fieldsOf(line);
    const fresh = here.filter(({ field }) => !found.some((each) => each.field === field));
    if (line.replace(/^[\s>]+/, "") === "") {
      blanks++;
      if (blanks > 1) break;
      continue;
    }
    if (fresh.length > 0) {
      found.push(...fresh.slice(0, 1));
      [end, blanks, other] = [next + 1, 0, 0];
      continue;
    }
    other++;
    if (other > 6 || blanks > 0 || !continues(line)) {
      // A long subject goes on in the next line without any sign of it.
      const after = fieldsOf(lines[next + 1] ?? "").filter(({ field }) => !found.some((each) => each.field === field));
      if (blanks > 0 || after.length === 0 || other > 6) break;
    }
  }
  return isHeader(found) ? end - at : 0;
};
