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
    const goesOn = open && level === depth && content !== "-- ";
    // The line that announces a signature ends with a blank, and is whole.
    open = content.endsWith(" ") && content !== "-- " && content.trim() !== "";
    depth = level;
    const said = open && deletesSpace ? content.slice(0, -1) : content;
    if (goesOn) out[out.length - 1] += said;
    else out.push(marks + said);
  }
  return out.join("\n");
};
