import { decodeText } from "./charset.ts";
import { decodeBase64, decodeQuotedPrintable } from "./transfer.ts";

interface Word {
  readonly charset: string;
  readonly bytes: Uint8Array;
}

/** Ends where the next one begins, so that nothing is looked at twice. */
const word = /=\?([^?\s]{1,40})\?([bq])\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*)\?=/gi;

const wordOf = (charset: string, encoding: string, text: string): Word => ({
  charset: charset.split("*")[0] ?? charset,
  bytes:
    encoding.toLowerCase() === "b"
      ? decodeBase64(Buffer.from(text, "latin1"))
      : decodeQuotedPrintable(Buffer.from(text.replaceAll("_", " "), "latin1"), false),
});

/** Neighbours are joined before they are decoded: mailers cut characters, and Japanese escapes, in the middle. */
const textOf = (words: ReadonlyArray<Word>): string => {
  let text = "";
  for (let at = 0; at < words.length; ) {
    const charset = words[at]?.charset ?? "";
    let end = at;
    while (end < words.length && words[end]?.charset.toLowerCase() === charset.toLowerCase()) end++;
    text += decodeText(Buffer.concat(words.slice(at, end).map(({ bytes }) => bytes)), charset);
    at = end;
  }
  return text;
};

/** Decodes the encoded words of a header (RFC 2047); `wrap` sees what each run of them says. */
export const decodeWords = (value: string, wrap: (text: string) => string = (text) => text): string => {
  if (!value.includes("=?")) return value;
  let [result, words, end]: [string, Array<Word>, number] = ["", [], 0];
  const flush = () => {
    if (words.length > 0) result += wrap(textOf(words));
    words = [];
  };
  for (const found of value.matchAll(word)) {
    const between = value.slice(end, found.index);
    if (words.length === 0 || between.trim() !== "") {
      flush();
      result += between;
    }
    words.push(wordOf(found[1] ?? "", found[2] ?? "", found[3] ?? ""));
    end = found.index + found[0].length;
  }
  flush();
  return result + value.slice(end);
};
