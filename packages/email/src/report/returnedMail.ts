import { readAddresses } from "../parse/addresses.ts";
import { decodeText } from "../parse/charset.ts";
import { type Headers, headerOf, readHeaders } from "../parse/headers.ts";
import type { Mail } from "../parse/Mail.ts";
import { leavesOf, type Part } from "../parse/part.ts";
import { messageIds, references } from "../parse/references.ts";

/** What a report gives back of the mail that it is about. */
export interface ReturnedMail {
  /** Its references, the likeliest first. */
  readonly refs: ReadonlyArray<string>;
  readonly to: ReadonlyArray<string>;
}

const idNames = ["x-microsoft-original-message-id", "x-original-message-id", "message-id", "original-message-id"];

const idsOf = (headers: Headers): ReadonlyArray<string> => [
  ...idNames.flatMap((name) => messageIds(headerOf(headers, name) ?? "")),
  // Ours is among the references too, for those who replace a Message-ID.
  ...references(headers),
];

const isMail = (part: Part): boolean =>
  /^message\/(?:rfc822|global|partial|rfc822-headers|global-headers)$|^text\/(?:rfc822-headers|rfc822)/.test(part.type);

/** The names of the fields may stand behind quotes, and the value in the next line. */
const idInText =
  /^[ \t>|*]*(?:"?(?:x-(?:microsoft-)?original-|original-|x-)?message[-_ ]?id(?:entifier)?"?)\s*[:=]\s*(?:"\s*)?(<[^<>]{3,500}>|[^\s<>@"]{1,200}@[^\s<>"]{1,200})/gim;
const toInText = /^[ \t>|]*(?:to|x-failed-recipients|original-recipient|for)\s*:\s*(.{3,500})$/gim;

const textOf = (part: Part): string => decodeText(part.content, part.parameters.get("charset"));

/** Finds the mail that a report is about, however it is given back. */
export const returnedMail = ({ root, headers, body }: Mail): ReturnedMail => {
  const leaves = leavesOf(root);
  const blocks = [
    ...leaves.filter(isMail).map((part) => readHeaders(part.content).headers),
    // A header that lost its own part's empty line.
    ...leaves.filter((part) => part !== root).map((part) => part.headers),
  ];
  const texts = [body.text, ...leaves.filter((part) => /^(?:text|message)\//.test(part.type)).map(textOf)];
  const inText = texts.flatMap((text) =>
    [...text.slice(0, 300_000).matchAll(idInText)].flatMap(([, id = ""]) => messageIds(id)),
  );
  const all = [...blocks.slice(0, 20).flatMap(idsOf), ...inText, ...references(headers)];
  const to = blocks.flatMap((block) => readAddresses(headerOf(block, "to"))).map(({ address }) => address);
  const toText = [...body.text.slice(0, 100_000).matchAll(toInText)].flatMap(([, value = ""]) => readAddresses(value));
  return {
    refs: [...new Set(all)].slice(0, 50),
    to: [...new Set(to.length > 0 ? to : toText.map(({ address }) => address))],
  };
};
