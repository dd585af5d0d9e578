import type { ReadMessage } from "../channel/Reading.ts";
import { clean } from "../clean.ts";
import type { File } from "../file/File.ts";
import { subjectFrom } from "./subject.ts";

const mostText = 2_000_000;

/** Remarks are for everybody who reads the ticket. */
export const textOf = ({ text, remarks }: ReadMessage): string => {
  const all = [text.trim(), ...remarks.map((remark) => `[${remark}]`)].filter((part) => part !== "").join("\n\n");
  return (clean(all || "(no text)") as string).slice(0, mostText);
};

export const subjectOf = ({ subject }: ReadMessage, text: string): string =>
  ([...(clean(subject) as string).replace(/\s+/g, " ").trim()].slice(0, 500).join("") || subjectFrom(text)).trim() ||
  "(no subject)";

/** Inline pictures are named by the files they became. */
export const withFiles = (
  html: string,
  files: ReadonlyArray<{ readonly file: Pick<File, "id">; readonly inlineAs: string | null }>,
): string => {
  const ids = new Map(files.flatMap(({ file, inlineAs }) => (inlineAs === null ? [] : [[inlineAs, file.id] as const])));
  return (clean(html) as string).replace(/cid:[^"'\s>]+/g, (all) => {
    const id = ids.get(all);
    return id === undefined ? all : `attachment:${id}`;
  });
};

export const mediaType = (given: string): string =>
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(given) && given.length <= 255 ? given : "application/octet-stream";
