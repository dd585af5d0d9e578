/** A part of a mail, as the server describes it without the mail being read. */
export interface Structure {
  /** Such as `1.2`; missing where the mail is a single part. */
  readonly part?: string | undefined;
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly encoding?: string | undefined;
  readonly disposition?: string | undefined;
  readonly dispositionParameters?: Readonly<Record<string, string>> | undefined;
  readonly childNodes?: ReadonlyArray<Structure> | undefined;
}

const leavesOf = (structure: Structure): ReadonlyArray<Structure> =>
  structure.childNodes === undefined || structure.childNodes.length === 0
    ? [structure]
    : structure.childNodes.flatMap(leavesOf);

const isText = ({ type, disposition }: Structure) =>
  /^text\/(plain|html)$/i.test(type) && disposition?.toLowerCase() !== "attachment";

/** The parts somebody wrote, by which a mail can be understood without its attachments. */
export const textParts = (structure: Structure): ReadonlyArray<Structure> =>
  leavesOf(structure).filter(isText).slice(0, 6);

/** The names of what is left out when only the text is read. */
export const namesLeftOut = (structure: Structure): ReadonlyArray<string> =>
  leavesOf(structure)
    .filter((leaf) => !isText(leaf))
    .map(({ dispositionParameters, parameters, type }) =>
      (dispositionParameters?.["filename"] ?? parameters?.["name"] ?? type).slice(0, 200),
    )
    .slice(0, 20);

const line = (text: string) => text.replace(/[\r\n]+/g, " ");

const withoutStructure = (headers: string): string => {
  const kept: Array<string> = [];
  let isKept = true;
  for (const text of headers.split(/\r?\n/)) {
    if (text === "") continue;
    if (!/^[ \t]/.test(text)) isKept = !/^(content-type|content-transfer-encoding|mime-version)\s*:/i.test(text);
    if (isKept) kept.push(text);
  }
  return kept.join("\r\n");
};

const headerOf = ({ type, parameters = {}, encoding = "7bit" }: Structure): string => {
  const charset = parameters["charset"];
  const format = parameters["format"];
  const all = [
    line(type),
    ...(charset === undefined ? [] : [`charset="${line(charset).replaceAll('"', "")}"`]),
    ...(format === undefined ? [] : [`format=${line(format)}`]),
  ];
  return `Content-Type: ${all.join("; ")}\r\nContent-Transfer-Encoding: ${line(encoding)}\r\n\r\n`;
};

/** A mail of the same headers with the given parts alone; contents are as they were sent, still encoded. */
export const reducedMail = (
  headers: Uint8Array,
  parts: ReadonlyArray<{ readonly structure: Structure; readonly content: Uint8Array }>,
): Uint8Array => {
  // Latin-1 keeps every byte as it is.
  const texts = parts.map(({ structure, content }) => headerOf(structure) + Buffer.from(content).toString("latin1"));
  // Longer than any that stands in them.
  const taken = texts.flatMap((text) =>
    [...text.matchAll(/deskwright-reduced(-*)/g)].map(([, dashes = ""]) => dashes.length + 1),
  );
  const boundary = `deskwright-reduced${"-".repeat(taken.reduce((one, other) => Math.max(one, other), 0))}`;
  const isAlternative = new Set(parts.map(({ structure }) => structure.type.toLowerCase())).size === parts.length;
  const type = isAlternative ? "multipart/alternative" : "multipart/mixed";
  const top = `${withoutStructure(Buffer.from(headers).toString("latin1"))}\r\nMIME-Version: 1.0\r\n`;
  const all = texts.length === 0 ? ["Content-Type: text/plain\r\n\r\n"] : texts;
  const body = all.map((text) => `--${boundary}\r\n${text}\r\n`).join("");
  return Buffer.from(`${top}Content-Type: ${type}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`, "latin1");
};
