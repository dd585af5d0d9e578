const quotes = (line: string): number => line.match(/^>+/)?.[0].length ?? 0;

/** Joins the lines of a paragraph that its mailer broke (RFC 3676). */
export const unflow = (text: string, deletesSpace: boolean): string => {
  const out: Array<string> = [];
  let open = false;
  let depth = 0;
  for (const line of text.split(/\r?\n/)) {
    const level = quotes(line);
    const content = line.slice(level).replace(/^ /, "");
    const marks = level > 0 ? `${">".repeat(level)} ` : "";
    if (open && level === depth && content !== "-- ") out[out.length - 1] += content;
    else out.push(marks + content);
    // The line that announces a signature ends with a blank, and is whole.
    open = content.endsWith(" ") && content !== "-- " && content.trim() !== "";
    depth = level;
    if (open && deletesSpace) out[out.length - 1] = out.at(-1)?.slice(0, -1) ?? "";
  }
  return out.join("\n");
};
