import type { ReadMessage } from "../channel/Reading.ts";

/** Of one message: people who get copies of answers, files, and characters, with room for remarks. */
const mostCopies = 40;
const mostFiles = 100;
const mostText = 1_990_000;

/** A message as large as one may be; what does not fit is in a file with all of it as it came. */
export const fitted = (
  { hasEmailAddresses = false }: { readonly hasEmailAddresses?: boolean },
  read: ReadMessage,
  raw: Uint8Array,
): ReadMessage => {
  const { files, copies, text, fullText, remarks } = read;
  const isTooMuch = files.length > mostFiles || Math.max(text.length, fullText?.length ?? 0) > mostText;
  const original = {
    ...(hasEmailAddresses
      ? { name: "original.eml", contentType: "message/rfc822" }
      : { name: "original", contentType: "application/octet-stream" }),
    content: raw,
    inlineAs: null,
  };
  const more = copies.length - mostCopies;
  return {
    ...read,
    text: text.slice(0, mostText),
    fullText: fullText?.slice(0, mostText) ?? null,
    copies: copies.slice(0, mostCopies),
    files: isTooMuch ? [...files.slice(0, mostFiles - 1), original] : files,
    remarks: [
      ...remarks,
      ...(isTooMuch ? [`It is larger than a message can be: all of it is in ${original.name}.`] : []),
      ...(more > 0 ? [`It went to ${more} more people, who get no copies of answers.`] : []),
    ],
  };
};
