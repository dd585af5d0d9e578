import { decodeWords } from "../parse/words.ts";

/** The fields of a part that is written like a header, group by group, with names in lower case. */
export type Fields = ReadonlyMap<string, string>;

/** Reads a part such as `message/delivery-status`: groups of fields with empty lines between. */
export const readFields = (text: string): ReadonlyArray<Fields> =>
  text
    .replaceAll("\r\n", "\n")
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
    .slice(0, 500)
    .flatMap((group) => {
      const fields = new Map<string, string>();
      for (const line of group.replace(/\n[ \t]+/g, " ").split("\n")) {
        const [, name = "", value = ""] = line.match(/^\s*([A-Za-z][\w-]{1,60})\s*:(.*)$/s) ?? [];
        if (name !== "" && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), decodeWords(value.trim()));
      }
      return fields.size === 0 ? [] : [fields];
    });

/** The value behind the kind that some fields begin with, such as `rfc822; name@example.com`. */
export const withoutKind = (value: string): string => value.replace(/^\s*[\w-]{1,30}\s*;\s*/, "").trim();
